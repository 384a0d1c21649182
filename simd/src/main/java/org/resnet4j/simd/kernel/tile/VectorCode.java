package org.resnet4j.simd.kernel.tile;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * Byte code of the vector operations that generated kernels consist of. What an operation takes
 * lies on the stack or in the local variables given; its result is left on the stack.
 */
public final class VectorCode {
  static final ClassDesc SPECIES = ClassDesc.of("jdk.incubator.vector.VectorSpecies");
  private static final ClassDesc VECTOR = ClassDesc.of("jdk.incubator.vector.Vector");
  private static final ClassDesc FLOAT_VECTOR = ClassDesc.of("jdk.incubator.vector.FloatVector");
  private static final ClassDesc MASK = ClassDesc.of("jdk.incubator.vector.VectorMask");
  private static final ClassDesc OPERATORS = ClassDesc.of("jdk.incubator.vector.VectorOperators");
  private static final ClassDesc COMPARISON = OPERATORS.nested("Comparison");
  private static final ClassDesc FLOATS = CD_float.arrayType();

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

  private final CodeBuilder code;
  private final VectorWidth width;
  private final boolean fused;

  public VectorCode(CodeBuilder code, VectorWidth width, boolean fused) {
    this.code = code;
    this.width = width;
    this.fused = fused;
  }

  /** A final class with a constructor that does nothing. */
  public static void beginKernel(ClassBuilder type, ClassDesc kernelInterface) {
    type.withFlags(ClassFile.ACC_FINAL)
        .withInterfaceSymbols(kernelInterface)
        .withMethodBody(
            ConstantDescs.INIT_NAME,
            ConstantDescs.MTD_void,
            ClassFile.ACC_PUBLIC,
            init ->
                init.aload(0)
                    .invokespecial(
                        ConstantDescs.CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                    .return_());
  }

  public CodeBuilder species() {
    return code.getstatic(FLOAT_VECTOR, "SPECIES_" + width.bits(), SPECIES);
  }

  public CodeBuilder zero() {
    return species().invokestatic(FLOAT_VECTOR, "zero", ZERO);
  }

  /** {@code array[base + constant]} in all lanes. */
  public CodeBuilder broadcast(int array, int base, int constant) {
    species().aload(array).iload(base);
    plus(constant);
    return code.faload().invokestatic(FLOAT_VECTOR, "broadcast", BROADCAST);
  }

  /** A constant in all lanes. */
  public CodeBuilder broadcast(float constant) {
    return species().loadConstant(constant).invokestatic(FLOAT_VECTOR, "broadcast", BROADCAST);
  }

  /** The vector at {@code array[base + constant]}. */
  public CodeBuilder load(int array, int base, int constant) {
    species().aload(array).iload(base);
    plus(constant);
    return load();
  }

  /** The vector at {@code array[constant]}. */
  public CodeBuilder load(int array, int constant) {
    species().aload(array).loadConstant(constant);
    return load();
  }

  /** The vector at an index; species, array and index are on the stack. */
  public CodeBuilder load() {
    return code.invokestatic(FLOAT_VECTOR, "fromArray", LOAD);
  }

  /** Stores the vector on the stack at {@code array[base + constant]}. */
  public void store(int array, int base, int constant) {
    code.aload(array).iload(base);
    plus(constant);
    store();
  }

  /** Stores a vector; it, array and index are on the stack. */
  public void store() {
    code.invokevirtual(FLOAT_VECTOR, "intoArray", STORE);
  }

  /** Lane {@code i} becomes lane {@code indices[i]} of a vector; indices, then the vector. */
  public CodeBuilder selectFrom() {
    return code.invokevirtual(FLOAT_VECTOR, "selectFrom", UNARY);
  }

  /** Adds two vectors. */
  public CodeBuilder add() {
    return code.invokevirtual(FLOAT_VECTOR, "add", UNARY);
  }

  /** Subtracts the second of two vectors from the first. */
  public CodeBuilder subtract() {
    return code.invokevirtual(FLOAT_VECTOR, "sub", UNARY);
  }

  /** Multiplies two vectors. */
  public CodeBuilder multiply() {
    return code.invokevirtual(FLOAT_VECTOR, "mul", UNARY);
  }

  /** {@code a * b + c} of three vectors, rounded once. */
  public CodeBuilder multiplyAdd() {
    return code.invokevirtual(FLOAT_VECTOR, "fma", BINARY);
  }

  /** {@code sum += a * b}, all three local variables. */
  public void multiplyAdd(int a, int b, int sum) {
    code.aload(a).aload(b);
    if (fused) {
      code.aload(sum);
      multiplyAdd();
    } else {
      multiply().aload(sum);
      add();
    }
    code.astore(sum);
  }

  /**
   * Replaces the lanes of a vector that are below the local variable {@code limit} by those of
   * {@code floor}. {@code FloatVector.max} would order NaN and the zeros as Java does, which takes
   * C2 three times the instructions.
   */
  public void raiseTo(int floor, int limit) {
    code.dup().getstatic(OPERATORS, "LT", COMPARISON).aload(limit);
    code.invokevirtual(FLOAT_VECTOR, "compare", COMPARE);
    code.aload(floor).swap().invokevirtual(FLOAT_VECTOR, "blend", BLEND);
  }

  /** Adds a constant to the index on the stack. */
  public void plus(int constant) {
    if (constant != 0) {
      code.loadConstant(constant).iadd();
    }
  }
}
