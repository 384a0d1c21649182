package org.resnet4j.simd.machinecode;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Reads 8 bytes by machine code: the last ones of a piece of memory, or one too far. */
final class GuardProbe {
  private static final int SIZE = 100;

  private GuardProbe() {}

  @SuppressWarnings("restricted")
  public static void main(String[] args) throws Throwable {
    GuardedMemory.Pieces pieces = GuardedMemory.map(SIZE);
    long last = pieces.offsets().getFirst() + SIZE - Long.BYTES;
    Assembler code = new Assembler();
    code.mov(Register.RAX, Address.of(Register.RDI, 0));
    code.ret();
    MemorySegment function =
        ExecutableMemory.map(List.of(code.assemble()), Arena.global()).getFirst();
    MemorySegment at = pieces.pages().asSlice(args[0].equals("inside") ? last : last + 1);
    Linker.nativeLinker()
        .downcallHandle(function, FunctionDescriptor.ofVoid(ValueLayout.ADDRESS))
        .invokeWithArguments(at);
  }
}
