package org.resnet4j.simd.kernel.tile;

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

/**
 * Writes the byte code of one {@link TileKernel}: what a programmer would type for its {@link
 * TileSpec}, fully unrolled over rows and vectors. For 2 rows, 1 block, 512 bits and both brackets
 * it is
 *
 * <pre>
 *   FloatVector c0_0 = FloatVector.fromArray(S, bias, biasBase), c1_0 = c0_0;
 *   for (int q = from; q &lt; to; q++) {
 *     int ap = aBase + offsets[q];
 *     for (int u = 0; u &lt; 16; u++) {
 *       FloatVector b0 = FloatVector.fromArray(S, b, bBase);
 *       FloatVector a0 = FloatVector.broadcast(S, a[ap]);
 *       c0_0 = a0.fma(b0, c0_0);
 *       FloatVector a1 = FloatVector.broadcast(S, a[ap + 16]);
 *       c1_0 = a1.fma(b0, c1_0);
 *       ap += 1;
 *       bBase += 16;
 *     }
 *   }
 *   FloatVector f = FloatVector.fromArray(S, floor, 0), g = FloatVector.fromArray(S, floor, 16);
 *   c0_0 = c0_0.add(FloatVector.fromArray(S, add, addBase));
 *   c0_0.blend(f, c0_0.compare(LT, g)).intoArray(c, cBase);
 *   c1_0 = c1_0.add(FloatVector.fromArray(S, add, addBase + 16));
 *   c1_0.blend(f, c1_0.compare(LT, g)).intoArray(c, cBase + 16);
 * </pre>
 *
 * <p>Three things in it decide the speed, each by a factor of up to two on C2: the inner loop's
 * trip count is a constant; no branch follows the sums, which is why what follows them is a
 * constant of the spec; and the method is a leaf whose accumulators are locals, so that all of them
 * live in registers.
 */
final class TileGenerator {
  private static final ClassDesc FLOATS = CD_float.arrayType();
  private static final ClassDesc INTS = CD_int.arrayType();
  private static final ClassDesc INTERFACE = ClassDesc.of(TileKernel.class.getName());

  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(
          CD_void, INTS, CD_int, CD_int, FLOATS, CD_int, FLOATS, CD_int, FLOATS, CD_int, CD_int,
          FLOATS, CD_int, CD_int, FLOATS, CD_int, FLOATS, CD_int, CD_int);

  // Slots of run's parameters; slot 0 is the receiver.
  private static final int OFFSETS = 1;
  private static final int FROM = 2;
  private static final int TO = 3;
  private static final int A = 4;
  private static final int A_BASE = 5;
  private static final int B = 6;
  private static final int B_BASE = 7;
  private static final int C = 8;
  private static final int C_BASE = 9;
  private static final int C_BLOCK_STRIDE = 10;
  private static final int ADD = 11;
  private static final int ADD_BASE = 12;
  private static final int ADD_BLOCK_STRIDE = 13;
  private static final int BIAS = 14;
  private static final int BIAS_BASE = 15;
  private static final int FLOOR = 16;
  private static final int FIRST_LOCAL = 19; // behind what is fetched ahead, which Java cannot

  private final TileSpec spec;
  private final CodeBuilder code;
  private final VectorCode vectors;

  private TileGenerator(TileSpec spec, boolean fused, CodeBuilder code) {
    this.spec = spec;
    this.code = code;
    this.vectors = new VectorCode(code, spec.width(), fused);
  }

  /**
   * The class file of a kernel.
   *
   * @param fused whether to multiply-add with one rounding ({@code fma}), which needs hardware
   *     support to be fast, or with two
   */
  static byte[] generate(TileSpec spec, boolean fused) {
    ClassDesc name = ClassDesc.of(TileKernel.class.getPackageName(), spec.className());
    return ClassFile.of()
        .build(
            name,
            type -> {
              VectorCode.beginKernel(type, INTERFACE);
              type.withMethodBody(
                  "run",
                  RUN,
                  ClassFile.ACC_PUBLIC,
                  body -> new TileGenerator(spec, fused, body).body());
            });
  }

  private int accumulator(int row, int vector) {
    return FIRST_LOCAL + row * spec.vectors() + vector;
  }

  /** The first slot after the accumulators. */
  private int temporary(int index) {
    return accumulator(spec.rows(), 0) + index;
  }

  private void body() {
    begin();
    products();
    store();
    code.return_();
  }

  private void begin() {
    for (int j = 0; j < spec.vectors(); j++) {
      if (spec.epilogue()) {
        vectors.load(BIAS, BIAS_BASE, j * spec.width().lanes());
      } else {
        vectors.zero();
      }
      for (int i = 1; i < spec.rows(); i++) {
        code.dup().astore(accumulator(i, j));
      }
      code.astore(accumulator(0, j));
    }
  }

  private void products() {
    int ap = temporary(0);
    int u = temporary(1);
    Label outer = code.newLabel();
    Label inner = code.newLabel();
    Label outerTest = code.newLabel();
    code.goto_(outerTest).labelBinding(outer);
    code.iload(A_BASE).aload(OFFSETS).iload(FROM).iaload().iadd().istore(ap);
    code.loadConstant(0).istore(u);
    code.labelBinding(inner);
    step(ap, temporary(2), temporary(3));
    code.iinc(ap, spec.aStep()).iinc(B_BASE, spec.blocks() * BlockedLayout.BLOCK);
    code.iinc(u, 1).iload(u).loadConstant(spec.inner()).if_icmplt(inner);
    code.iinc(FROM, 1);
    code.labelBinding(outerTest).iload(FROM).iload(TO).if_icmplt(outer);
  }

  /** One k: every row's value of A times the row of B. */
  private void step(int ap, int aVector, int firstB) {
    for (int j = 0; j < spec.vectors(); j++) {
      vectors.load(B, B_BASE, j * spec.width().lanes()).astore(firstB + j);
    }
    for (int i = 0; i < spec.rows(); i++) {
      vectors.broadcast(A, ap, i * spec.aRowStride()).astore(aVector);
      for (int j = 0; j < spec.vectors(); j++) {
        vectors.multiplyAdd(aVector, firstB + j, accumulator(i, j));
      }
    }
  }

  private void store() {
    int floor = temporary(0);
    int limit = temporary(1);
    if (spec.epilogue()) {
      vectors.load(FLOOR, 0).astore(floor);
      vectors.load(FLOOR, Floor.LIMIT_AT).astore(limit);
    }
    for (int i = 0; i < spec.rows(); i++) {
      for (int j = 0; j < spec.vectors(); j++) {
        code.aload(accumulator(i, j));
        if (spec.accumulate()) {
          vectors.species().aload(ADD);
          index(ADD_BASE, ADD_BLOCK_STRIDE, i, j);
          vectors.load();
          vectors.add();
        }
        if (spec.epilogue()) {
          vectors.raiseTo(floor, limit);
        }
        code.aload(C);
        index(C_BASE, C_BLOCK_STRIDE, i, j);
        vectors.store();
      }
    }
  }

  /** Pushes the index of row {@code i}, vector {@code j} of a tile. */
  private void index(int base, int blockStride, int i, int j) {
    int block = j / BlockedLayout.vectors(spec.width());
    int lane = j % BlockedLayout.vectors(spec.width()) * spec.width().lanes();
    code.iload(base);
    if (block > 0) {
      code.iload(blockStride).loadConstant(block).imul().iadd();
    }
    vectors.plus(i * BlockedLayout.BLOCK + lane);
  }
}
