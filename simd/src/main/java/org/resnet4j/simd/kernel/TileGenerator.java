package org.resnet4j.simd.kernel;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import org.resnet4j.simd.kernel.TileSpec.Epilogue;

/**
 * Writes the byte code of one {@link TileKernel}: what a programmer would type for its {@link
 * TileSpec}, fully unrolled over rows and vectors. For 2 rows, 1 block and 512 bits, bias and ReLU,
 * it is
 *
 * <pre>
 *   FloatVector c0_0 = FloatVector.zero(S), c1_0 = FloatVector.zero(S);
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
 *   FloatVector v0 = FloatVector.fromArray(S, bias, biasBase);
 *   FloatVector f = FloatVector.fromArray(S, floor, 0);
 *   FloatVector r0 = c0_0.add(v0);
 *   r0.blend(f, r0.compare(LT, f)).intoArray(c, cBase);
 *   FloatVector r1 = c1_0.add(v0);
 *   r1.blend(f, r1.compare(LT, f)).intoArray(c, cBase + 16);
 * </pre>
 *
 * <p>Three things in it decide the speed, each by a factor of up to two on C2: the inner loop's
 * trip count is a constant; the epilogue has no branch; and the method is a leaf whose accumulators
 * are locals, so that all of them live in registers.
 */
final class TileGenerator {
  private static final ClassDesc VECTOR = ClassDesc.of("jdk.incubator.vector.Vector");
  private static final ClassDesc FLOAT_VECTOR = ClassDesc.of("jdk.incubator.vector.FloatVector");
  private static final ClassDesc SPECIES = ClassDesc.of("jdk.incubator.vector.VectorSpecies");
  private static final ClassDesc MASK = ClassDesc.of("jdk.incubator.vector.VectorMask");
  private static final ClassDesc OPERATORS = ClassDesc.of("jdk.incubator.vector.VectorOperators");
  private static final ClassDesc COMPARISON = OPERATORS.nested("Comparison");
  private static final ClassDesc FLOATS = CD_float.arrayType();
  private static final ClassDesc INTS = CD_int.arrayType();
  private static final ClassDesc INTERFACE = ClassDesc.of(TileKernel.class.getName());

  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(
          CD_void, INTS, CD_int, CD_int, FLOATS, CD_int, FLOATS, CD_int, FLOATS, CD_int, CD_int,
          FLOATS, CD_int, FLOATS, FLOATS, CD_int, CD_int);
  private static final MethodTypeDesc ZERO = MethodTypeDesc.of(FLOAT_VECTOR, SPECIES);
  private static final MethodTypeDesc BROADCAST =
      MethodTypeDesc.of(FLOAT_VECTOR, SPECIES, CD_float);
  private static final MethodTypeDesc LOAD =
      MethodTypeDesc.of(FLOAT_VECTOR, SPECIES, FLOATS, CD_int);
  private static final MethodTypeDesc STORE = MethodTypeDesc.of(CD_void, FLOATS, CD_int);
  private static final MethodTypeDesc UNARY = MethodTypeDesc.of(FLOAT_VECTOR, VECTOR);
  private static final MethodTypeDesc BINARY = MethodTypeDesc.of(FLOAT_VECTOR, VECTOR, VECTOR);
  private static final MethodTypeDesc COMPARE = MethodTypeDesc.of(MASK, COMPARISON, VECTOR);
  private static final MethodTypeDesc BLEND = MethodTypeDesc.of(FLOAT_VECTOR, VECTOR, MASK);

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
  private static final int BIAS = 11;
  private static final int BIAS_BASE = 12;
  private static final int FLOOR = 13;
  private static final int RESIDUAL = 14;
  private static final int RESIDUAL_BASE = 15;
  private static final int RESIDUAL_BLOCK_STRIDE = 16;
  private static final int FIRST_LOCAL = 17;

  private final TileSpec spec;
  private final boolean fused;
  private final CodeBuilder code;

  private TileGenerator(TileSpec spec, boolean fused, CodeBuilder code) {
    this.spec = spec;
    this.fused = fused;
    this.code = code;
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
            type ->
                type.withFlags(ClassFile.ACC_FINAL)
                    .withInterfaceSymbols(INTERFACE)
                    .withMethodBody(
                        ConstantDescs.INIT_NAME,
                        ConstantDescs.MTD_void,
                        ClassFile.ACC_PUBLIC,
                        init ->
                            init.aload(0)
                                .invokespecial(
                                    ConstantDescs.CD_Object,
                                    ConstantDescs.INIT_NAME,
                                    ConstantDescs.MTD_void)
                                .return_())
                    .withMethodBody(
                        "run",
                        RUN,
                        ClassFile.ACC_PUBLIC,
                        body -> new TileGenerator(spec, fused, body).body()));
  }

  private int accumulator(int row, int vector) {
    return FIRST_LOCAL + row * spec.vectors() + vector;
  }

  /** The first slot after the accumulators. */
  private int temporary(int index) {
    return accumulator(spec.rows(), 0) + index;
  }

  private void body() {
    for (int i = 0; i < spec.rows(); i++) {
      for (int j = 0; j < spec.vectors(); j++) {
        species().invokestatic(FLOAT_VECTOR, "zero", ZERO).astore(accumulator(i, j));
      }
    }
    products();
    store();
    code.return_();
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
      species().aload(B).iload(B_BASE);
      plus(j * spec.width().lanes());
      code.invokestatic(FLOAT_VECTOR, "fromArray", LOAD).astore(firstB + j);
    }
    for (int i = 0; i < spec.rows(); i++) {
      species().aload(A).iload(ap);
      plus(i * spec.aRowStride());
      code.faload().invokestatic(FLOAT_VECTOR, "broadcast", BROADCAST).astore(aVector);
      for (int j = 0; j < spec.vectors(); j++) {
        multiplyAdd(aVector, firstB + j, accumulator(i, j));
      }
    }
  }

  private void multiplyAdd(int a, int b, int sum) {
    code.aload(a).aload(b);
    if (fused) {
      code.aload(sum).invokevirtual(FLOAT_VECTOR, "fma", BINARY);
    } else {
      code.invokevirtual(FLOAT_VECTOR, "mul", UNARY);
      code.aload(sum).invokevirtual(FLOAT_VECTOR, "add", UNARY);
    }
    code.astore(sum);
  }

  private void store() {
    boolean bias = spec.epilogue() != Epilogue.NONE;
    int floor = temporary(0);
    int firstBias = temporary(1);
    if (bias) {
      species()
          .aload(FLOOR)
          .loadConstant(0)
          .invokestatic(FLOAT_VECTOR, "fromArray", LOAD)
          .astore(floor);
      for (int j = 0; j < spec.vectors(); j++) {
        species().aload(BIAS).iload(BIAS_BASE);
        plus(j * spec.width().lanes());
        code.invokestatic(FLOAT_VECTOR, "fromArray", LOAD).astore(firstBias + j);
      }
    }
    for (int i = 0; i < spec.rows(); i++) {
      for (int j = 0; j < spec.vectors(); j++) {
        code.aload(accumulator(i, j));
        if (spec.accumulate()) {
          add(C, C_BASE, C_BLOCK_STRIDE, i, j);
        }
        if (bias) {
          code.aload(firstBias + j).invokevirtual(FLOAT_VECTOR, "add", UNARY);
        }
        if (spec.epilogue() == Epilogue.BIAS_RESIDUAL) {
          add(RESIDUAL, RESIDUAL_BASE, RESIDUAL_BLOCK_STRIDE, i, j);
        }
        if (bias) {
          raiseTo(floor);
        }
        code.aload(C);
        index(C_BASE, C_BLOCK_STRIDE, i, j);
        code.invokevirtual(FLOAT_VECTOR, "intoArray", STORE);
      }
    }
  }

  /**
   * Replaces the lanes below the floor of the vector on the stack. {@code FloatVector.max} would
   * order NaN and the zeros as Java does, which takes C2 three times the instructions.
   */
  private void raiseTo(int floor) {
    code.dup().getstatic(OPERATORS, "LT", COMPARISON).aload(floor);
    code.invokevirtual(FLOAT_VECTOR, "compare", COMPARE);
    code.aload(floor).swap().invokevirtual(FLOAT_VECTOR, "blend", BLEND);
  }

  /** Adds row {@code i}, vector {@code j} of a matrix to the vector on the stack. */
  private void add(int matrix, int base, int blockStride, int i, int j) {
    species().aload(matrix);
    index(base, blockStride, i, j);
    code.invokestatic(FLOAT_VECTOR, "fromArray", LOAD);
    code.invokevirtual(FLOAT_VECTOR, "add", UNARY);
  }

  /** Pushes the index of row {@code i}, vector {@code j} of C or the residual. */
  private void index(int base, int blockStride, int i, int j) {
    int block = j / spec.width().vectorsPerBlock();
    int lane = j % spec.width().vectorsPerBlock() * spec.width().lanes();
    code.iload(base);
    if (block > 0) {
      code.iload(blockStride).loadConstant(block).imul().iadd();
    }
    plus(i * BlockedLayout.BLOCK + lane);
  }

  private void plus(int constant) {
    if (constant != 0) {
      code.loadConstant(constant).iadd();
    }
  }

  private CodeBuilder species() {
    return code.getstatic(FLOAT_VECTOR, "SPECIES_" + spec.width().bits(), SPECIES);
  }
}
