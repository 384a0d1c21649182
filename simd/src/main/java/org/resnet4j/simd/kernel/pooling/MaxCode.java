package org.resnet4j.simd.kernel.pooling;

import static org.resnet4j.simd.machinecode.Register.R10;
import static org.resnet4j.simd.machinecode.Register.R8;
import static org.resnet4j.simd.machinecode.Register.R9;
import static org.resnet4j.simd.machinecode.Register.RCX;
import static org.resnet4j.simd.machinecode.Register.RDI;
import static org.resnet4j.simd.machinecode.Register.RDX;
import static org.resnet4j.simd.machinecode.Register.RSI;

import java.util.List;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.machinecode.Address;
import org.resnet4j.simd.machinecode.Assembler;
import org.resnet4j.simd.machinecode.Code;
import org.resnet4j.simd.machinecode.Register;
import org.resnet4j.simd.machinecode.Vector;
import org.resnet4j.simd.machinecode.VectorLoop;
import org.resnet4j.simd.machinecode.VectorValues;

/**
 * Writes the machine code of {@link MachineMax} for vectors of 256 or 512 bits: a turn of the loop
 * is an output pixel. The instruction for a maximum gives its second operand where one is NaN, so
 * it is executed in both orders, and the bits of both together are a NaN if one is.
 */
final class MaxCode {
  private static final int PIXEL_BYTES = BlockedLayout.BLOCK * Float.BYTES;

  // Arguments, in bytes but for the count of outputs.
  private static final Register DATA = RDI;
  private static final Register FROM = RSI;
  private static final Register TO = RDX;
  private static final Register OUTPUTS = RCX;
  private static final Register NEXT = R8;
  private static final Register ROW = R9;

  private MaxCode() {}

  /** The code for windows of one extent. */
  static Code of(VectorWidth width, int columns, int rows) {
    VectorLoop loop = new VectorLoop(width.bits(), width.registers(), List.of(), R10);
    VectorValues values = loop.values();
    for (int lane = 0; lane < BlockedLayout.BLOCK; lane += width.lanes()) {
      int at = lane * Float.BYTES;
      int largest = load(loop, 0, at);
      for (int tap = 1; tap < columns * rows; tap++) {
        int value = load(loop, tap / columns, tap % columns * PIXEL_BYTES + at);
        largest = values.value((code, to, from) -> max(loop, code, to, from), largest, value);
      }
      values.use((code, _, from) -> code.vmovups(Address.of(TO, at), from.getFirst()), largest);
    }
    return loop.write(
        code -> {
          code.add(FROM, DATA);
          code.add(TO, DATA);
        },
        OUTPUTS,
        code -> {
          code.add(FROM, NEXT);
          code.add(TO, PIXEL_BYTES);
        });
  }

  private static int load(VectorLoop loop, int row, int at) {
    return loop.values()
        .value((code, to, _) ->
            code.vmovups(to, Address.of(loop.cursor().at(code, FROM, ROW, row), at)));
  }

  private static void max(VectorLoop loop, Assembler code, Vector to, List<Vector> from) {
    Vector other = loop.scratch();
    code.vmaxps(other, from.get(0), from.get(1));
    code.vmaxps(to, from.get(1), from.get(0));
    if (to.isWide()) {
      code.vpord(to, to, other);
    } else {
      code.vpor(to, to, other);
    }
  }
}
