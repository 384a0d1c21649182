package org.resnet4j.cuda.driver;

import jcuda.driver.CUresult;

/** Turns the driver's return codes into exceptions; text is made only when there is one. */
final class Check {
  private Check() {}

  static void check(int code, String function) {
    if (code != CUresult.CUDA_SUCCESS) {
      throw failure(code, function, "");
    }
  }

  static void check(int code, String function, String name, long value) {
    if (code != CUresult.CUDA_SUCCESS) {
      throw failure(code, function, argument(name, value));
    }
  }

  static void check(
      int code, String function, String name1, long value1, String name2, long value2) {
    if (code != CUresult.CUDA_SUCCESS) {
      throw failure(code, function, argument(name1, value1) + ", " + argument(name2, value2));
    }
  }

  static String name(int code) {
    return CUresult.stringFor(code);
  }

  private static CudaException failure(int code, String function, String arguments) {
    return new CudaException(function, code, name(code), arguments, "");
  }

  /** Counts in decimal, addresses and handles as debuggers show them. */
  private static String argument(String name, long value) {
    boolean count = name.equals("bytes") || name.equals("ordinal") || name.equals("attribute");
    return name + " " + (count ? Long.toString(value) : "0x" + Long.toHexString(value));
  }
}
