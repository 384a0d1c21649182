package org.resnet4j.simd.machinecode;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.Consumer;

/**
 * What is asked of Linux: memory and who may do what with it, and the tiles. To load this class
 * needs native access.
 *
 * <p>Source: the manual pages mmap(2), mprotect(2), munmap(2), madvise(2), arch_prctl(2); for the
 * tiles the kernel's own arch/x86/xstate.rst.
 */
final class LinuxCalls {
  /** Bits of a protection. */
  static final int READ = 1;

  static final int WRITE = 2;
  static final int EXECUTE = 4;

  private static final int PRIVATE_ANONYMOUS = 0x22;
  private static final int ADVICE_HUGE_PAGES = 14;
  private static final long ARCH_PRCTL = 158;
  private static final long REQUEST_PERMISSION = 0x1023;
  private static final long TILE_DATA = 18;

  private static final MethodHandle MMAP =
      handle(
          "mmap",
          FunctionDescriptor.of(
              ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));

  private static final MethodHandle MPROTECT =
      handle("mprotect", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

  private static final MethodHandle MUNMAP =
      handle("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));

  /**
   * Gives pages back. It is made of the JDK's classes alone: what an arena runs at its end is held
   * by the JDK until then, and with a class of ours the loader that has the kernels, so that the
   * end would never come.
   */
  static final Consumer<MemorySegment> UNMAP = unmapping();

  private static final MethodHandle MADVISE =
      handle("madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

  /** Made when tiles are asked for: to link a call takes a hundredth of a second. */
  private static final class Syscall {
    private static final MethodHandle HANDLE =
        handle(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
  }

  private LinuxCalls() {}

  @SuppressWarnings("restricted")
  private static MethodHandle handle(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
  }

  @SuppressWarnings("unchecked") // an interface's class has no type parameters
  private static Consumer<MemorySegment> unmapping() {
    try {
      MethodHandle size =
          MethodHandles.publicLookup()
              .findVirtual(MemorySegment.class, "byteSize", MethodType.methodType(long.class));
      MethodHandle ofBoth = MethodHandles.filterArguments(MUNMAP, 1, size);
      MethodType ofOne = MethodType.methodType(int.class, MemorySegment.class);
      return MethodHandleProxies.asInterfaceInstance(
          Consumer.class,
          MethodHandles.dropReturn(MethodHandles.permuteArguments(ofBoth, ofOne, 0, 0)));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Maps pages of zeros that may be read and written.
   *
   * @param bytes a multiple of a page's
   * @throws OutOfMemoryError if the system gives none
   */
  @SuppressWarnings("restricted")
  static MemorySegment map(long bytes) {
    try {
      MemorySegment start =
          (MemorySegment)
              MMAP.invokeExact(MemorySegment.NULL, bytes, READ | WRITE, PRIVATE_ANONYMOUS, -1, 0L);
      if (start.address() == -1) {
        throw new OutOfMemoryError("the system maps no " + bytes + " bytes");
      }
      return start.reinterpret(bytes);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Says what may be done with pages; whether the system lets it. */
  static boolean protect(MemorySegment pages, int protection) {
    try {
      return (int) MPROTECT.invokeExact(pages, pages.byteSize(), protection) == 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Asks for large pages; the system may give none. */
  static void adviseHugePages(MemorySegment pages) {
    try {
      int _ = (int) MADVISE.invokeExact(pages, pages.byteSize(), ADVICE_HUGE_PAGES);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Asks that this process may use tiles; whether it may. */
  static boolean permitTiles() {
    try {
      return (long) Syscall.HANDLE.invokeExact(ARCH_PRCTL, REQUEST_PERMISSION, TILE_DATA) == 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Nothing checked is thrown by a call into C. */
  private static RuntimeException unexpected(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }
}
