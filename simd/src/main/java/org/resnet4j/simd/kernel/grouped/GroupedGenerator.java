package org.resnet4j.simd.kernel.grouped;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;
import org.resnet4j.simd.kernel.tile.VectorCode;

/**
 * Writes the byte code of one {@link GroupedKernel}, unrolled over output pixels and taps of a row.
 * For 2 pixels, groups of 4, 3x3 taps, stride 1 and 512 bits it is
 *
 * <pre>
 *   FloatVector c0 = FloatVector.zero(S), c1 = FloatVector.zero(S);
 *   for (int r = 0; r &lt; 3; r++) {
 *     for (int j = 0; j &lt; from.length / 16; j++) {
 *       int xp = xAt + (j &amp; -16);
 *       FloatVector permutation = FloatVector.fromArray(S, from, 16 * j);
 *       FloatVector w0 = FloatVector.fromArray(S, w, wAt);
 *       FloatVector w1 = FloatVector.fromArray(S, w, wAt + 16);
 *       FloatVector w2 = FloatVector.fromArray(S, w, wAt + 32);
 *       FloatVector p = permutation.selectFrom(FloatVector.fromArray(S, x, xp));
 *       c0 = p.fma(w0, c0);
 *       p = permutation.selectFrom(FloatVector.fromArray(S, x, xp + 16));
 *       c0 = p.fma(w1, c0);
 *       c1 = p.fma(w0, c1);
 *       p = permutation.selectFrom(FloatVector.fromArray(S, x, xp + 32));
 *       c0 = p.fma(w2, c0);
 *       c1 = p.fma(w1, c1);
 *       p = permutation.selectFrom(FloatVector.fromArray(S, x, xp + 48));
 *       c1 = p.fma(w2, c1);
 *       wAt += 48;
 *     }
 *     xAt += xRowStride;
 *   }
 * </pre>
 *
 * and an epilogue like {@code TileGenerator}'s, where it is said what makes a kernel fast. Three
 * things are this one's own. {@code j} is a loop, since C2 reorders a longer body until its
 * permuted pixels overflow the registers; its trip count is no constant, else C2 unrolls it to just
 * that; and therefore permutations are data, which {@code selectFrom} converts to indices once per
 * body, not constant shuffles.
 */
final class GroupedGenerator {
  private static final ClassDesc INTERFACE = ClassDesc.of(GroupedKernel.class.getName());
  private static final ClassDesc FLOATS = CD_float.arrayType();
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(
          CD_void, FLOATS, CD_int, CD_int, FLOATS, FLOATS, CD_int, FLOATS, CD_int, FLOATS, CD_int,
          FLOATS, FLOATS, CD_int);

  // Slots of run's parameters; slot 0 is the receiver.
  private static final int X = 1;
  private static final int X_AT = 2;
  private static final int X_ROW_STRIDE = 3;
  private static final int FROM = 4;
  private static final int W = 5;
  private static final int W_AT = 6;
  private static final int Y = 7;
  private static final int Y_AT = 8;
  private static final int BIAS = 9;
  private static final int BIAS_AT = 10;
  private static final int FLOOR = 11;
  private static final int RESIDUAL = 12;
  private static final int RESIDUAL_AT = 13;
  private static final int FIRST_LOCAL = 14;

  private final GroupedSpec spec;
  private final CodeBuilder code;
  private final VectorCode vectors;

  private GroupedGenerator(GroupedSpec spec, boolean fused, CodeBuilder code) {
    this.spec = spec;
    this.code = code;
    this.vectors = new VectorCode(code, spec.width(), fused);
  }

  /** The class file of a kernel; {@code fused} as for {@code TileGenerator}. */
  static byte[] generate(GroupedSpec spec, boolean fused) {
    ClassDesc name = ClassDesc.of(GroupedKernel.class.getPackageName(), spec.className());
    return ClassFile.of()
        .build(
            name,
            type -> {
              VectorCode.beginKernel(type, INTERFACE);
              type.withMethodBody(
                  "run",
                  RUN,
                  ClassFile.ACC_PUBLIC,
                  body -> new GroupedGenerator(spec, fused, body).body());
            });
  }

  private int accumulator(int row) {
    return FIRST_LOCAL + row;
  }

  /** The first slot after the accumulators. */
  private int temporary(int index) {
    return accumulator(spec.rows()) + index;
  }

  private void body() {
    for (int i = 0; i < spec.rows(); i++) {
      vectors.zero().astore(accumulator(i));
    }
    products();
    store();
    code.return_();
  }

  private void products() {
    int r = temporary(0);
    int j = temporary(1);
    int pixels = temporary(2);
    Label row = code.newLabel();
    Label channel = code.newLabel();
    code.loadConstant(0).istore(r);
    code.labelBinding(row);
    code.loadConstant(0).istore(j);
    code.labelBinding(channel);
    code.iload(X_AT).iload(j).loadConstant(-spec.width().lanes()).iand().iadd().istore(pixels);
    step(j, pixels, temporary(3));
    code.iinc(W_AT, spec.taps() * spec.width().lanes());
    code.iinc(j, 1).iload(j);
    if (spec.isPermuted()) {
      code.aload(FROM).arraylength().loadConstant(spec.width().lanes()).idiv();
    } else {
      code.loadConstant(1);
    }
    code.if_icmplt(channel);
    code.iload(X_AT).iload(X_ROW_STRIDE).iadd().istore(X_AT);
    code.iinc(r, 1).iload(r).loadConstant(spec.taps()).if_icmplt(row);
  }

  /** One row of the window for one channel of each group. */
  private void step(int j, int pixels, int firstLocal) {
    int lanes = spec.width().lanes();
    int from = firstLocal;
    int pixel = firstLocal + 1;
    int firstWeight = firstLocal + 2;
    if (spec.isPermuted()) {
      vectors.species().aload(FROM).iload(j).loadConstant(lanes).imul();
      vectors.load().astore(from);
    }
    for (int t = 0; t < spec.taps(); t++) {
      vectors.load(W, W_AT, t * lanes).astore(firstWeight + t);
    }
    for (int p = 0; p < spec.pixels(); p++) {
      if (spec.isPermuted()) {
        code.aload(from);
      }
      vectors.load(X, pixels, p * BlockedLayout.BLOCK);
      if (spec.isPermuted()) {
        vectors.selectFrom();
      }
      code.astore(pixel);
      for (int t = p % spec.stride(); t < spec.taps(); t += spec.stride()) {
        int row = (p - t) / spec.stride();
        if (p >= t && row < spec.rows()) {
          vectors.multiplyAdd(pixel, firstWeight + t, accumulator(row));
        }
      }
    }
  }

  private void store() {
    int floor = temporary(0);
    int limit = temporary(1);
    int bias = temporary(2);
    vectors.load(FLOOR, 0).astore(floor);
    vectors.load(FLOOR, Floor.LIMIT_AT).astore(limit);
    vectors.load(BIAS, BIAS_AT, 0).astore(bias);
    for (int i = 0; i < spec.rows(); i++) {
      code.aload(accumulator(i)).aload(bias);
      vectors.add();
      if (spec.residual()) {
        vectors.load(RESIDUAL, RESIDUAL_AT, i * BlockedLayout.BLOCK);
        vectors.add();
      }
      vectors.raiseTo(floor, limit);
      vectors.store(Y, Y_AT, i * BlockedLayout.BLOCK);
    }
  }
}
