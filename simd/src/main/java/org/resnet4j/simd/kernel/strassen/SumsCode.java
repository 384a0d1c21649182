package org.resnet4j.simd.kernel.strassen;

import static org.resnet4j.simd.machinecode.Frame.argument;
import static org.resnet4j.simd.machinecode.Register.R10;
import static org.resnet4j.simd.machinecode.Register.R11;
import static org.resnet4j.simd.machinecode.Register.R12;
import static org.resnet4j.simd.machinecode.Register.R8;
import static org.resnet4j.simd.machinecode.Register.R9;
import static org.resnet4j.simd.machinecode.Register.RAX;
import static org.resnet4j.simd.machinecode.Register.RBX;
import static org.resnet4j.simd.machinecode.Register.RCX;
import static org.resnet4j.simd.machinecode.Register.RDI;
import static org.resnet4j.simd.machinecode.Register.RDX;
import static org.resnet4j.simd.machinecode.Register.RSI;

import java.util.List;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.tile.FloorCode;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.machinecode.Address;
import org.resnet4j.simd.machinecode.Assembler;
import org.resnet4j.simd.machinecode.Code;
import org.resnet4j.simd.machinecode.Register;
import org.resnet4j.simd.machinecode.VectorLoop;
import org.resnet4j.simd.machinecode.VectorValues;

/**
 * Writes the machine code of {@link StrassenSums} for vectors of 256 or 512 bits: a turn of the
 * loop is a pixel. All numbers are bytes but the count of pixels.
 */
final class SumsCode {
  private static final int PIXEL_BYTES = BlockedLayout.BLOCK * Float.BYTES;

  /** Of the products, of which there are two or four; the same registers have the inputs. */
  private static final List<Register> TERMS = List.of(RSI, RDX, RCX, R8);

  // The operands' beside them.
  private static final Register X = RDI;
  private static final Register X_STEP = R9;
  private static final Register S = RBX;
  private static final Register S_STRIDE = RAX;

  // The sums'.
  private static final Register M = RDI;
  private static final Register BIAS = RDI; // when M has been added
  private static final Register PIXELS = R9;
  private static final Register FLOOR = RBX;
  private static final Register RESIDUAL = R11;
  private static final Register RESIDUAL_STEP = RAX;
  private static final Register Y = R12;

  private final VectorWidth width;
  private final VectorLoop loop;
  private final VectorValues values;

  private SumsCode(VectorWidth width) {
    this.width = width;
    this.loop = new VectorLoop(width.bits(), width.registers(), List.of(RBX, R12), R10);
    this.values = loop.values();
  }

  /**
   * {@link StrassenSums#operands}: x and four places in it, the step; on the stack pixels, s, its
   * place, its stride.
   */
  static Code operands(VectorWidth width) {
    return new SumsCode(width).operands();
  }

  /**
   * {@link StrassenSums#four} or {@link StrassenSums#two}: M and four places in it, pixels; on the
   * stack bias and its place, floor, residual, its place and step, y and its place.
   *
   * @param four instead of two terms, which are the first two places
   */
  static Code sums(VectorWidth width, boolean four) {
    return new SumsCode(width).sums(four);
  }

  private Code operands() {
    for (int lane = 0; lane < BlockedLayout.BLOCK; lane += width.lanes()) {
      int at = lane * Float.BYTES;
      int a11 = term(0, at);
      int a12 = term(1, at);
      int a21 = term(2, at);
      int a22 = term(3, at);
      storeOperand(0, at, sum(a11, a22));
      storeOperand(1, at, sum(a21, a22));
      storeOperand(2, at, a11);
      storeOperand(3, at, a22);
      storeOperand(4, at, sum(a11, a12));
      storeOperand(5, at, difference(a21, a11));
      storeOperand(6, at, difference(a12, a22));
    }
    return loop.write(
        code -> {
          TERMS.forEach(each -> code.add(each, X));
          argument(code, R11, 0);
          argument(code, S, 1);
          argument(code, S_STRIDE, 2);
          code.add(S, S_STRIDE);
          argument(code, S_STRIDE, 3);
        },
        R11,
        code -> {
          TERMS.forEach(each -> code.add(each, X_STEP));
          code.add(S, PIXEL_BYTES);
        });
  }

  private Code sums(boolean four) {
    FloorCode floor = new FloorCode(loop, FLOOR);
    for (int lane = 0; lane < BlockedLayout.BLOCK; lane += width.lanes()) {
      int at = lane * Float.BYTES;
      int products = sum(term(0, at), term(1, at));
      if (four) {
        products = sum(difference(products, term(2, at)), term(3, at));
      }
      int biased = plus(products, BIAS, at);
      floor.store(plus(biased, RESIDUAL, at), _ -> Address.of(Y, at));
    }
    return loop.write(
        code -> {
          TERMS.forEach(each -> code.add(each, M));
          argument(code, BIAS, 0);
          add(code, BIAS, 1);
          argument(code, FLOOR, 2);
          argument(code, RESIDUAL, 3);
          add(code, RESIDUAL, 4);
          argument(code, RESIDUAL_STEP, 5);
          argument(code, Y, 6);
          add(code, Y, 7);
        },
        PIXELS,
        code -> {
          TERMS.forEach(each -> code.add(each, PIXEL_BYTES));
          code.add(RESIDUAL, RESIDUAL_STEP);
          code.add(Y, PIXEL_BYTES);
        });
  }

  private static void add(Assembler code, Register to, int number) {
    argument(code, R10, number);
    code.add(to, R10);
  }

  private int term(int number, int at) {
    return values.value((code, to, _) -> code.vmovups(to, Address.of(TERMS.get(number), at)));
  }

  private int sum(int a, int b) {
    return values.value((code, to, from) -> code.vaddps(to, from.get(0), from.get(1)), a, b);
  }

  private int difference(int a, int b) {
    return values.value((code, to, from) -> code.vsubps(to, from.get(0), from.get(1)), a, b);
  }

  private int plus(int a, Register base, int at) {
    return values.value(
        (code, to, from) -> code.vaddps(to, from.getFirst(), Address.of(base, at)), a);
  }

  private void storeOperand(int number, int at, int value) {
    values.use(
        (code, _, from) ->
            code.vmovups(
                Address.of(loop.cursor().at(code, S, S_STRIDE, number), at), from.getFirst()),
        value);
  }
}
