package org.resnet4j.simd.kernel.winograd;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;
import org.resnet4j.simd.kernel.tile.VectorCode;
import org.resnet4j.simd.kernel.winograd.LinearProgram.Difference;
import org.resnet4j.simd.kernel.winograd.LinearProgram.MultiplyAdd;
import org.resnet4j.simd.kernel.winograd.LinearProgram.Scaled;
import org.resnet4j.simd.kernel.winograd.LinearProgram.Step;
import org.resnet4j.simd.kernel.winograd.LinearProgram.Sum;
import org.resnet4j.simd.kernel.winograd.WinogradProgram.RowGroup;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * Writes the byte code of one {@link WinogradKernel}: a method for each group of rows of {@link
 * WinogradProgram}, without a branch. For {@link WinogradTile#F2} and 512 bits the input transform
 * is
 *
 * <pre>
 *   FloatVector d0 = FloatVector.fromArray(S, x, xAt);              // for each of four columns
 *   FloatVector d1 = FloatVector.fromArray(S, x, xAt + xRowStride);
 *   FloatVector d2 = FloatVector.fromArray(S, x, xAt + 2 * xRowStride);
 *   FloatVector d3 = FloatVector.fromArray(S, x, xAt + 3 * xRowStride);
 *   FloatVector p0 = d2.sub(d0), q0 = d2.add(d1), r0 = d2.sub(d1), s0 = d3.sub(d1);
 *   ...
 *   p2.sub(p0).intoArray(v, vAt);                                   // for each of four rows
 *   p2.add(p1).intoArray(v, vAt + vStride);
 *   p2.sub(p1).intoArray(v, vAt + 2 * vStride);
 *   p3.sub(p1).intoArray(v, vAt + 3 * vStride);
 *   ...
 * </pre>
 *
 * <p>The code calls the Vector API and nothing else: beyond a number of nodes C2 inlines only what
 * the JDK forces it to, and a vector passed to a method of ours would be allocated.
 */
final class WinogradGenerator {
  private static final ClassDesc FLOATS = CD_float.arrayType();
  private static final ClassDesc INTERFACE = ClassDesc.of(WinogradKernel.class.getName());
  private static final int PIXEL = BlockedLayout.BLOCK;

  private static final MethodTypeDesc INPUT =
      MethodTypeDesc.of(CD_void, FLOATS, CD_int, CD_int, FLOATS, CD_int, CD_int);
  private static final MethodTypeDesc OUTPUT =
      MethodTypeDesc.of(
          CD_void, FLOATS, CD_int, CD_int, FLOATS, CD_int, FLOATS, FLOATS, CD_int, CD_int, FLOATS,
          CD_int, CD_int);

  private final WinogradTile tile;
  private final VectorWidth width;
  private final ClassDesc name;

  private WinogradGenerator(WinogradTile tile, VectorWidth width) {
    this.tile = tile;
    this.width = width;
    this.name =
        ClassDesc.of(WinogradKernel.class.getPackageName(), "Winograd" + tile + "_" + width.bits());
  }

  /** The class file of the transforms. */
  static byte[] generate(WinogradTile tile, VectorWidth width) {
    WinogradGenerator generator = new WinogradGenerator(tile, width);
    return ClassFile.of().build(generator.name, generator::write);
  }

  private void write(ClassBuilder type) {
    VectorCode.beginKernel(type, INTERFACE);
    WinogradProgram input = WinogradProgram.input(tile);
    WinogradProgram output = WinogradProgram.output(tile);
    write(
        type,
        "input",
        INPUT,
        InputRows.PER_PIXEL,
        input,
        (code, group) -> new InputRows(new ProgramCode(code, width), group, input.along()).write());
    write(
        type,
        "output",
        OUTPUT,
        OutputRows.PER_PIXEL,
        output,
        (code, group) ->
            new OutputRows(new ProgramCode(code, width), group, output.along()).write());
  }

  /**
   * A method for each group, and the interface's method, which calls them for each vector of a
   * pixel.
   *
   * @param perPixel the parameters that are offsets of pixels
   */
  private void write(
      ClassBuilder type,
      String method,
      MethodTypeDesc parameters,
      Set<Integer> perPixel,
      WinogradProgram program,
      BiConsumer<CodeBuilder, RowGroup> body) {
    for (int g = 0; g < program.groups().size(); g++) {
      RowGroup group = program.groups().get(g);
      type.withMethodBody(
          method + g, parameters, ClassFile.ACC_STATIC, code -> body.accept(code, group));
    }
    type.withMethodBody(
        method,
        parameters,
        ClassFile.ACC_PUBLIC,
        code -> {
          for (int lane = 0; lane < PIXEL; lane += width.lanes()) {
            for (int g = 0; g < program.groups().size(); g++) {
              load(code, parameters, perPixel, lane);
              code.invokestatic(name, method + g, parameters);
            }
          }
          code.return_();
        });
  }

  /** Pushes all parameters of an instance method, offsets of pixels moved by {@code lane}. */
  private static void load(
      CodeBuilder code, MethodTypeDesc parameters, Set<Integer> perPixel, int lane) {
    for (int p = 0; p < parameters.parameterCount(); p++) {
      if (parameters.parameterType(p).isArray()) {
        code.aload(p + 1);
      } else {
        code.iload(p + 1);
        if (perPixel.contains(p) && lane > 0) {
          code.loadConstant(lane).iadd();
        }
      }
    }
  }

  /** The byte code of linear programs, whose values are local variables. */
  private static final class ProgramCode {
    final CodeBuilder code;
    final VectorCode vectors;

    /** The first slot that is free. */
    private int next;

    ProgramCode(CodeBuilder code, VectorWidth width) {
      this.code = code;
      this.vectors = new VectorCode(code, width, true);
    }

    /** Begins behind a method's parameters. */
    void begin(MethodTypeDesc parameters) {
      next = parameters.parameterCount();
    }

    /** Stores the vector on the stack. */
    int keep() {
      code.astore(next);
      return next++;
    }

    /** Pushes {@code base + factor * stride}. */
    void pushOffset(int base, int stride, int factor) {
      code.iload(base);
      if (factor > 0) {
        code.iload(stride);
        if (factor > 1) {
          code.loadConstant(factor).imul();
        }
        code.iadd();
      }
    }

    /**
     * Runs a group's program down each column; the slots of the results by row and column.
     *
     * @param push pushes species, array and index of the element in a row and a column
     */
    int[][] columns(RowGroup group, int columns, BiConsumer<Integer, Integer> push) {
      LinearProgram down = group.down();
      int[][] between = new int[group.rows().size()][columns];
      for (int j = 0; j < columns; j++) {
        int[] inputs = new int[down.inputs()];
        for (int i : down.used()) {
          push.accept(i, j);
          vectors.load();
          inputs[i] = keep();
        }
        int[] results = run(down, inputs);
        for (int r = 0; r < results.length; r++) {
          between[r][j] = results[r];
        }
      }
      return between;
    }

    /** Runs a program on the slots of its inputs; the slots of its results. */
    int[] run(LinearProgram program, int[] inputs) {
      List<Step> steps = program.steps();
      int[] slots = Arrays.copyOf(inputs, inputs.length + steps.size());
      for (int s = 0; s < steps.size(); s++) {
        switch (steps.get(s)) {
          case Sum(int a, int b) -> {
            code.aload(slots[a]).aload(slots[b]);
            vectors.add();
          }
          case Difference(int a, int b) -> {
            code.aload(slots[a]).aload(slots[b]);
            vectors.subtract();
          }
          case Scaled(int a, float factor) -> {
            code.aload(slots[a]);
            vectors.broadcast(factor);
            vectors.multiply();
          }
          case MultiplyAdd(int a, float factor, int b) -> {
            code.aload(slots[a]);
            vectors.broadcast(factor);
            code.aload(slots[b]);
            vectors.multiplyAdd();
          }
        }
        slots[inputs.length + s] = keep();
      }
      return program.results().stream().mapToInt(value -> slots[value]).toArray();
    }
  }

  /** Some rows of {@code B^T d B}. */
  private record InputRows(ProgramCode out, RowGroup group, LinearProgram along) {
    // Slots of the parameters.
    static final int X = 0;
    static final int X_AT = 1;
    static final int X_ROW_STRIDE = 2;
    static final int V = 3;
    static final int V_AT = 4;
    static final int V_STRIDE = 5;
    static final Set<Integer> PER_PIXEL = Set.of(X_AT, V_AT);

    void write() {
      out.begin(INPUT);
      int[][] between =
          out.columns(
              group,
              along.inputs(),
              (i, j) -> {
                out.vectors.species().aload(X);
                out.pushOffset(X_AT, X_ROW_STRIDE, i);
                out.vectors.plus(j * PIXEL);
              });
      for (int r = 0; r < between.length; r++) {
        int[] results = out.run(along, between[r]);
        for (int e = 0; e < results.length; e++) {
          out.code.aload(results[e]).aload(V);
          out.pushOffset(V_AT, V_STRIDE, group.rows().get(r) * results.length + e);
          out.vectors.store();
        }
      }
      out.code.return_();
    }
  }

  /** Some rows of {@code A^T M A} and what follows. */
  private record OutputRows(ProgramCode out, RowGroup group, LinearProgram along) {
    // Slots of the parameters.
    static final int M = 0;
    static final int M_AT = 1;
    static final int M_STRIDE = 2;
    static final int BIAS = 3;
    static final int BIAS_AT = 4;
    static final int FLOOR = 5;
    static final int RESIDUAL = 6;
    static final int RESIDUAL_AT = 7;
    static final int RESIDUAL_ROW_STRIDE = 8;
    static final int Y = 9;
    static final int Y_AT = 10;
    static final int Y_ROW_STRIDE = 11;
    static final Set<Integer> PER_PIXEL = Set.of(M_AT, BIAS_AT, RESIDUAL_AT, Y_AT);

    void write() {
      out.begin(OUTPUT);
      int[][] between =
          out.columns(
              group,
              along.inputs(),
              (i, j) -> {
                out.vectors.species().aload(M);
                out.pushOffset(M_AT, M_STRIDE, i * along.inputs() + j);
              });
      out.vectors.load(BIAS, BIAS_AT, 0);
      int bias = out.keep();
      out.vectors.load(FLOOR, 0);
      int floor = out.keep();
      out.vectors.load(FLOOR, Floor.LIMIT_AT);
      int limit = out.keep();
      for (int r = 0; r < between.length; r++) {
        store(group.rows().get(r), out.run(along, between[r]), bias, floor, limit);
      }
      out.code.return_();
    }

    private void store(int row, int[] sums, int bias, int floor, int limit) {
      for (int k = 0; k < sums.length; k++) {
        out.code.aload(sums[k]).aload(bias);
        out.vectors.add();
        out.vectors.species().aload(RESIDUAL);
        out.pushOffset(RESIDUAL_AT, RESIDUAL_ROW_STRIDE, row);
        out.vectors.plus(k * PIXEL);
        out.vectors.load();
        out.vectors.add();
        out.vectors.raiseTo(floor, limit);
        out.code.aload(Y);
        out.pushOffset(Y_AT, Y_ROW_STRIDE, row);
        out.vectors.plus(k * PIXEL);
        out.vectors.store();
      }
    }
  }
}
