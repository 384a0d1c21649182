package org.resnet4j.cuda.driver;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.resnet4j.cuda.support.Emulator;

/** A JVM of its own, for what happens once per process. */
@SuppressWarnings("restricted")
public final class DriverFork {
  private DriverFork() {}

  /**
   * {@code status}: without the emulator. {@code loaded}: with it. {@code emulated}: with it, the
   * whole scenario. {@code allocation}: with it, the bytes that launches allocate. {@code
   * dereference}: with it, the host reads device memory. Prints its answer.
   */
  public static void main(String[] arguments) {
    String temporary = System.getProperty("java.io.tmpdir");
    if (!arguments[0].equals("status")) {
      System.load(arguments[1]);
    }
    if (arguments[0].equals("emulated")) {
      float result = Scenario.run();
      System.out.println("result " + result);
    }
    if (arguments[0].equals("allocation")) {
      try (GpuThread gpu = GpuThread.open(0)) {
        System.out.println(gpu.call(() -> allocatedByLaunches(gpu)));
      }
      return;
    }
    if (arguments[0].equals("dereference")) {
      try (GpuThread gpu = GpuThread.open(0)) {
        System.out.println(gpu.call(() -> firstByte(DeviceMemory.allocate(gpu, 1).address())));
      }
    }
    System.out.println(DriverNatives.status());
    if (!System.getProperty("java.io.tmpdir").equals(temporary)) {
      System.out.println("java.io.tmpdir has changed");
    }
  }

  private static byte firstByte(long address) {
    return MemorySegment.ofAddress(address).reinterpret(1).get(ValueLayout.JAVA_BYTE, 0);
  }

  /** Bytes of heap that a thousand launches take, once warm. */
  private static long allocatedByLaunches(GpuThread gpu) {
    try (Arena arena = Arena.ofConfined();
        DeviceMemory memory = DeviceMemory.allocate(gpu, 4);
        CudaModule module = CudaModule.load(gpu, Scenario.PTX);
        Stream stream = Stream.create(gpu)) {
      KernelFunction scale = module.function("fake_scale");
      LaunchShape shape = new LaunchShape(1, 1, 1, 1, 1, 1);
      KernelArguments arguments =
          KernelArguments.builder().address(memory.address()).float32(1).int32(1).build(arena);
      try (Graph graph = stream.capture(() -> scale.launch(stream, shape, arguments))) {
        long before = 0;
        for (int i = 0; i < 2000; i++) {
          if (i == 1000) {
            before = allocatedBytes();
          }
          scale.launch(stream, shape, arguments);
          graph.launch(stream);
          stream.synchronize();
        }
        return allocatedBytes() - before;
      }
    }
  }

  /** By reflection: the tests' module does not read {@code jdk.management}. */
  private static long allocatedBytes() {
    try {
      Object threads =
          Class.forName("java.lang.management.ManagementFactory")
              .getMethod("getThreadMXBean")
              .invoke(null);
      return (long)
          Class.forName("com.sun.management.ThreadMXBean")
              .getMethod("getCurrentThreadAllocatedBytes")
              .invoke(threads);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /** Standard output and error of {@code main}, after a normal exit. */
  static List<String> run(List<String> options, String mode) throws IOException {
    List<String> all = new ArrayList<>(options);
    all.add("--enable-native-access=ALL-UNNAMED");
    return run(all, classPath(), mode);
  }

  /** As {@link #run(List, String)}, with these options and this class path alone. */
  static List<String> run(List<String> options, String classPath, String mode) throws IOException {
    return run(options, classPath, mode, "");
  }

  /** As {@link #run(List, String)}, where the loader looks into a folder first. */
  static List<String> run(Path folder, String mode) throws IOException {
    List<String> options = List.of("--enable-native-access=ALL-UNNAMED");
    return run(options, classPath(), mode, folder.toString());
  }

  private static List<String> run(
      List<String> options, String classPath, String mode, String loaderPath) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, DriverFork.class.getName(), mode));
    command.add(Emulator.library("libcuda.so.1").toString());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LD_LIBRARY_PATH", loaderPath);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new AssertionError(output);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return output.lines().toList();
  }

  /** Of a JVM that runs what this one does. */
  public static String classPath() {
    return java.util.stream.Stream.of(
            System.getProperty("java.class.path"),
            System.getProperty("jdk.module.path"),
            "target/classes",
            "target/test-classes")
        .filter(path -> path != null && !path.isEmpty())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
