package org.resnet4j.cuda.driver;

/** What users can do about errors of the driver. Source: {@code CUresult}. Stateless. */
public final class DriverErrors {
  private DriverErrors() {}

  /** In one sentence without a full stop; for any code. */
  public static String remedy(int code) {
    return switch (code) {
      case 2 -> "free memory of the GPU: nvidia-smi lists the processes that hold it";
      case 34 -> "remove the CUDA toolkit's stubs folder from LD_LIBRARY_PATH";
      case 46 ->
          "another process holds the GPU exclusively: wait for it, or change the compute mode";
      case 100 ->
          "check that nvidia-smi lists a GPU and that CUDA_VISIBLE_DEVICES and the container let"
              + " this process see it";
      // The context is broken, and the process keeps it.
      case 700, 702, 714, 715, 716, 717, 718, 719 ->
          "start this process again: its GPU context is broken for good; if that comes back, run it"
              + " under compute-sanitizer and report what that says";
      case 802 -> "wait until nvidia-fabricmanager runs";
      case 803 -> "driver library and kernel module differ in version: restart the machine";
      default -> "check that nvidia-smi works, and look for NVRM messages in dmesg";
    };
  }
}
