package org.resnet4j.cuda.driver;

import java.lang.foreign.MemorySegment;

/**
 * The part of the CUDA driver API that this backend calls, free of any binding's types: handles and
 * device addresses are {@code long}, host memory is an off-heap {@link MemorySegment}. Methods are
 * named after the C functions; each throws {@link CudaException} with the C function's name if that
 * returns an error. An instance serves one thread at a time. Source: NVIDIA, CUDA Driver API.
 */
interface DriverApi {
  /** 1000 times the major version plus 10 times the minor: 12060 is CUDA 12.6. */
  int driverGetVersion();

  void init();

  int deviceGetCount();

  int deviceGet(int ordinal);

  String deviceGetName(int device);

  int deviceGetAttribute(int attribute, int device);

  long deviceTotalMem(int device);

  long devicePrimaryCtxRetain(int device);

  void devicePrimaryCtxRelease(int device);

  /** 0 leaves the calling thread without a context. */
  void ctxSetCurrent(long context);

  /** Of the current context's device. */
  long memGetFreeBytes();

  long memAlloc(long bytes);

  void memFree(long address);

  long memHostAlloc(long bytes);

  void memFreeHost(long hostAddress);

  void memcpyHtoD(long destination, MemorySegment source, long bytes);

  void memcpyDtoH(MemorySegment destination, long source, long bytes);

  void memcpyHtoDAsync(long destination, MemorySegment source, long bytes, long stream);

  void memcpyDtoHAsync(MemorySegment destination, long source, long bytes, long stream);

  void memcpyDtoDAsync(long destination, long source, long bytes, long stream);

  void memsetD8Async(long address, byte value, long bytes, long stream);

  /** Does not synchronise with the legacy default stream. */
  long streamCreateNonBlocking();

  void streamDestroy(long stream);

  void streamSynchronize(long stream);

  void streamWaitEvent(long stream, long event);

  /** Other threads' calls stay legal while this thread captures. */
  void streamBeginCaptureThreadLocal(long stream);

  long streamEndCapture(long stream);

  long graphInstantiate(long graph);

  void graphLaunch(long graphExec, long stream);

  void graphExecDestroy(long graphExec);

  void graphDestroy(long graph);

  long eventCreate();

  void eventRecord(long event, long stream);

  void eventSynchronize(long event);

  float eventElapsedTime(long start, long end);

  void eventDestroy(long event);

  /** PTX text; the driver compiles it. */
  long moduleLoadData(String ptx);

  void moduleUnload(long module);

  long moduleGetFunction(long module, String entry);

  /** {@code parameters} is C's {@code void *[]}: one pointer to each argument. */
  void launchKernel(
      long function, LaunchShape shape, int sharedBytes, long stream, MemorySegment parameters);
}
