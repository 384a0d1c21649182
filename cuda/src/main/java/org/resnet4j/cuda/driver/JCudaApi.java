package org.resnet4j.cuda.driver;

import static jcuda.driver.JCudaDriver.*;
import static org.resnet4j.cuda.driver.Check.check;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;

/**
 * The driver through JCuda. Calls that are made for every inference reuse the holders below instead
 * of allocating, which is why an instance serves one thread at a time. JCuda's exceptions stay off:
 * they carry neither code nor function.
 */
final class JCudaApi implements DriverApi {
  private static final int NAME_BYTES = 256;

  private final CUdeviceptr device1 = new CUdeviceptr();
  private final CUdeviceptr device2 = new CUdeviceptr();
  private final Pointer host = new Pointer();
  private final CUstream stream1 = new CUstream();
  private final CUevent event1 = new CUevent();
  private final CUevent event2 = new CUevent();
  private final CUfunction function1 = new CUfunction();
  private final CUgraphExec graphExec1 = new CUgraphExec();

  @Override
  public int driverGetVersion() {
    int[] version = new int[1];
    check(cuDriverGetVersion(version), "cuDriverGetVersion");
    return version[0];
  }

  @Override
  public void init() {
    check(cuInit(0), "cuInit");
  }

  @Override
  public int deviceGetCount() {
    int[] count = new int[1];
    check(cuDeviceGetCount(count), "cuDeviceGetCount");
    return count[0];
  }

  @Override
  public int deviceGet(int ordinal) {
    CUdevice device = new CUdevice();
    check(cuDeviceGet(device, ordinal), "cuDeviceGet", "ordinal", ordinal);
    return (int) NativePointers.get(device);
  }

  @Override
  public String deviceGetName(int device) {
    byte[] name = new byte[NAME_BYTES];
    check(cuDeviceGetName(name, NAME_BYTES, device(device)), "cuDeviceGetName");
    int length = 0;
    while (length < NAME_BYTES && name[length] != 0) {
      length++;
    }
    return new String(name, 0, length, StandardCharsets.UTF_8);
  }

  @Override
  public int deviceGetAttribute(int attribute, int device) {
    int[] value = new int[1];
    check(
        cuDeviceGetAttribute(value, attribute, device(device)),
        "cuDeviceGetAttribute",
        "attribute",
        attribute);
    return value[0];
  }

  @Override
  public long deviceTotalMem(int device) {
    long[] bytes = new long[1];
    check(cuDeviceTotalMem(bytes, device(device)), "cuDeviceTotalMem_v2");
    return bytes[0];
  }

  @Override
  public long devicePrimaryCtxRetain(int device) {
    CUcontext context = new CUcontext();
    check(cuDevicePrimaryCtxRetain(context, device(device)), "cuDevicePrimaryCtxRetain");
    return NativePointers.get(context);
  }

  @Override
  public void devicePrimaryCtxRelease(int device) {
    check(cuDevicePrimaryCtxRelease(device(device)), "cuDevicePrimaryCtxRelease_v2");
  }

  @Override
  public void ctxSetCurrent(long context) {
    check(cuCtxSetCurrent(NativePointers.set(new CUcontext(), context)), "cuCtxSetCurrent");
  }

  @Override
  public long memGetFreeBytes() {
    long[] free = new long[1];
    check(cuMemGetInfo(free, new long[1]), "cuMemGetInfo_v2");
    return free[0];
  }

  @Override
  public long memAlloc(long bytes) {
    check(cuMemAlloc(device(device1, 0), bytes), "cuMemAlloc_v2", "bytes", bytes);
    return NativePointers.get(device1);
  }

  @Override
  public void memFree(long address) {
    check(cuMemFree(device(device1, address)), "cuMemFree_v2", "address", address);
  }

  @Override
  public long memHostAlloc(long bytes) {
    // A holder of its own: JCuda hangs a buffer on it, which would stand for the address
    // afterwards.
    Pointer pointer = new Pointer();
    check(cuMemHostAlloc(pointer, bytes, 0), "cuMemHostAlloc", "bytes", bytes);
    return NativePointers.get(pointer);
  }

  @Override
  public void memFreeHost(long hostAddress) {
    check(
        cuMemFreeHost(NativePointers.set(new Pointer(), hostAddress)),
        "cuMemFreeHost",
        "address",
        hostAddress);
  }

  @Override
  public void memcpyHtoD(long destination, MemorySegment source, long bytes) {
    check(
        cuMemcpyHtoD(device(device1, destination), host(source), bytes),
        "cuMemcpyHtoD_v2",
        "destination",
        destination,
        "bytes",
        bytes);
  }

  @Override
  public void memcpyDtoH(MemorySegment destination, long source, long bytes) {
    check(
        cuMemcpyDtoH(host(destination), device(device1, source), bytes),
        "cuMemcpyDtoH_v2",
        "source",
        source,
        "bytes",
        bytes);
  }

  @Override
  public void memcpyHtoDAsync(long destination, MemorySegment source, long bytes, long stream) {
    check(
        cuMemcpyHtoDAsync(device(device1, destination), host(source), bytes, stream(stream)),
        "cuMemcpyHtoDAsync_v2",
        "destination",
        destination,
        "bytes",
        bytes);
  }

  @Override
  public void memcpyDtoHAsync(MemorySegment destination, long source, long bytes, long stream) {
    check(
        cuMemcpyDtoHAsync(host(destination), device(device1, source), bytes, stream(stream)),
        "cuMemcpyDtoHAsync_v2",
        "source",
        source,
        "bytes",
        bytes);
  }

  @Override
  public void memcpyDtoDAsync(long destination, long source, long bytes, long stream) {
    check(
        cuMemcpyDtoDAsync(
            device(device1, destination), device(device2, source), bytes, stream(stream)),
        "cuMemcpyDtoDAsync_v2",
        "destination",
        destination,
        "bytes",
        bytes);
  }

  @Override
  public void memsetD8Async(long address, byte value, long bytes, long stream) {
    check(
        cuMemsetD8Async(device(device1, address), value, bytes, stream(stream)),
        "cuMemsetD8Async",
        "address",
        address,
        "bytes",
        bytes);
  }

  @Override
  public long streamCreateNonBlocking() {
    CUstream stream = new CUstream();
    check(cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
    return NativePointers.get(stream);
  }

  @Override
  public void streamDestroy(long stream) {
    check(cuStreamDestroy(stream(stream)), "cuStreamDestroy_v2", "stream", stream);
  }

  @Override
  public void streamSynchronize(long stream) {
    check(cuStreamSynchronize(stream(stream)), "cuStreamSynchronize", "stream", stream);
  }

  @Override
  public void streamWaitEvent(long stream, long event) {
    check(
        cuStreamWaitEvent(stream(stream), event(event1, event), 0),
        "cuStreamWaitEvent",
        "stream",
        stream,
        "event",
        event);
  }

  @Override
  public void streamBeginCaptureThreadLocal(long stream) {
    int mode = CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL;
    check(cuStreamBeginCapture(stream(stream), mode), "cuStreamBeginCapture_v2", "stream", stream);
  }

  @Override
  public long streamEndCapture(long stream) {
    CUgraph graph = new CUgraph();
    check(cuStreamEndCapture(stream(stream), graph), "cuStreamEndCapture", "stream", stream);
    return NativePointers.get(graph);
  }

  @Override
  public long graphInstantiate(long graph) {
    CUgraphExec graphExec = new CUgraphExec();
    CUgraph template = NativePointers.set(new CUgraph(), graph);
    check(
        cuGraphInstantiate(graphExec, template, 0), "cuGraphInstantiateWithFlags", "graph", graph);
    return NativePointers.get(graphExec);
  }

  @Override
  public void graphLaunch(long graphExec, long stream) {
    check(
        cuGraphLaunch(NativePointers.set(graphExec1, graphExec), stream(stream)),
        "cuGraphLaunch",
        "graphExec",
        graphExec,
        "stream",
        stream);
  }

  @Override
  public void graphExecDestroy(long graphExec) {
    check(
        cuGraphExecDestroy(NativePointers.set(graphExec1, graphExec)),
        "cuGraphExecDestroy",
        "graphExec",
        graphExec);
  }

  @Override
  public void graphDestroy(long graph) {
    check(
        cuGraphDestroy(NativePointers.set(new CUgraph(), graph)), "cuGraphDestroy", "graph", graph);
  }

  @Override
  public long eventCreate() {
    CUevent event = new CUevent();
    check(cuEventCreate(event, 0), "cuEventCreate");
    return NativePointers.get(event);
  }

  @Override
  public void eventRecord(long event, long stream) {
    check(
        cuEventRecord(event(event1, event), stream(stream)),
        "cuEventRecord",
        "event",
        event,
        "stream",
        stream);
  }

  @Override
  public void eventSynchronize(long event) {
    check(cuEventSynchronize(event(event1, event)), "cuEventSynchronize", "event", event);
  }

  @Override
  public float eventElapsedTime(long start, long end) {
    float[] millis = new float[1];
    check(
        cuEventElapsedTime(millis, event(event1, start), event(event2, end)),
        "cuEventElapsedTime",
        "start",
        start,
        "end",
        end);
    return millis[0];
  }

  @Override
  public void eventDestroy(long event) {
    check(cuEventDestroy(event(event1, event)), "cuEventDestroy_v2", "event", event);
  }

  @Override
  public long moduleLoadData(String ptx) {
    byte[] text = ptx.getBytes(StandardCharsets.UTF_8);
    CUmodule module = new CUmodule();
    check(
        cuModuleLoadData(module, Arrays.copyOf(text, text.length + 1)),
        "cuModuleLoadData",
        "bytes",
        text.length);
    return NativePointers.get(module);
  }

  @Override
  public void moduleUnload(long module) {
    check(
        cuModuleUnload(NativePointers.set(new CUmodule(), module)),
        "cuModuleUnload",
        "module",
        module);
  }

  @Override
  public long moduleGetFunction(long module, String entry) {
    CUfunction function = new CUfunction();
    check(
        cuModuleGetFunction(function, NativePointers.set(new CUmodule(), module), entry),
        "cuModuleGetFunction",
        "entry " + entry + ", module",
        module);
    return NativePointers.get(function);
  }

  @Override
  public void launchKernel(
      long function, LaunchShape shape, int sharedBytes, long stream, MemorySegment parameters) {
    check(
        cuLaunchKernel(
            NativePointers.set(function1, function),
            shape.gridX(),
            shape.gridY(),
            shape.gridZ(),
            shape.blockX(),
            shape.blockY(),
            shape.blockZ(),
            sharedBytes,
            stream(stream),
            host(parameters),
            null),
        "cuLaunchKernel",
        "function",
        function,
        "stream",
        stream);
  }

  private static CUdevice device(int device) {
    return NativePointers.set(new CUdevice(), device);
  }

  private static CUdeviceptr device(CUdeviceptr holder, long address) {
    return NativePointers.set(holder, address);
  }

  private Pointer host(MemorySegment segment) {
    return NativePointers.set(host, segment.address());
  }

  private CUstream stream(long stream) {
    return NativePointers.set(stream1, stream);
  }

  private static CUevent event(CUevent holder, long event) {
    return NativePointers.set(holder, event);
  }
}
