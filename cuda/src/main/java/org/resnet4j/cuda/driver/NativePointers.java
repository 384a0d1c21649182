package org.resnet4j.cuda.driver;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jcuda.NativePointerObject;

/**
 * Reads and writes the address inside JCuda's handle objects. JCuda offers no public way from a
 * handle to its address and none at all from an address to a handle.
 */
final class NativePointers {
  private static final VarHandle ADDRESS = find();

  private NativePointers() {}

  static long get(NativePointerObject object) {
    return (long) ADDRESS.get(object);
  }

  static <T extends NativePointerObject> T set(T object, long address) {
    ADDRESS.set((NativePointerObject) object, address);
    return object;
  }

  private static VarHandle find() {
    try {
      return MethodHandles.privateLookupIn(NativePointerObject.class, MethodHandles.lookup())
          .findVarHandle(NativePointerObject.class, "nativePointer", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
