package org.resnet4j.simd.kernel.winograd;

import static org.resnet4j.simd.machinecode.Register.R10;
import static org.resnet4j.simd.machinecode.Register.R11;
import static org.resnet4j.simd.machinecode.Register.R12;
import static org.resnet4j.simd.machinecode.Register.R13;
import static org.resnet4j.simd.machinecode.Register.R8;
import static org.resnet4j.simd.machinecode.Register.R9;
import static org.resnet4j.simd.machinecode.Register.RAX;
import static org.resnet4j.simd.machinecode.Register.RBP;
import static org.resnet4j.simd.machinecode.Register.RBX;
import static org.resnet4j.simd.machinecode.Register.RCX;
import static org.resnet4j.simd.machinecode.Register.RDI;
import static org.resnet4j.simd.machinecode.Register.RDX;
import static org.resnet4j.simd.machinecode.Register.RSI;
import static org.resnet4j.simd.machinecode.Register.RSP;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;
import org.resnet4j.simd.kernel.winograd.LinearProgram.Difference;
import org.resnet4j.simd.kernel.winograd.LinearProgram.MultiplyAdd;
import org.resnet4j.simd.kernel.winograd.LinearProgram.Scaled;
import org.resnet4j.simd.kernel.winograd.LinearProgram.Sum;
import org.resnet4j.simd.kernel.winograd.WinogradProgram.RowGroup;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.machinecode.Address;
import org.resnet4j.simd.machinecode.Assembler;
import org.resnet4j.simd.machinecode.Code;
import org.resnet4j.simd.machinecode.Mask;
import org.resnet4j.simd.machinecode.Register;
import org.resnet4j.simd.machinecode.Vector;
import org.resnet4j.simd.machinecode.VectorValues;

/**
 * Writes the machine code of one {@link WinogradKernel} for vectors of 256 or 512 bits: the
 * operations that {@link WinogradGenerator}'s byte code has, in their order, and around them a loop
 * over tiles. So a first run need not wait for the JVM to compile vectors, before which it takes
 * tens of times as long.
 *
 * <p>Arguments as System V has them, six in registers and the others on the stack; all numbers are
 * bytes but the count of tiles.
 */
final class TransformCode {
  private static final int PIXEL = BlockedLayout.BLOCK;
  private static final int PIXEL_BYTES = PIXEL * Float.BYTES;

  // Both transforms.
  private static final Register CURSOR = R10;
  private static final Register TILES_LEFT = R11;
  private static final Register CONSTANTS = R13;

  /** What a row of elements takes, in V or M. */
  private static final Register ELEMENT_ROW = R12;

  // The input's.
  private static final Register X = RDI;
  private static final Register X_AT = RSI;
  private static final Register X_ROW = RDX;
  private static final Register V = RCX;
  private static final Register V_AT = R8;
  private static final Register V_STRIDE = R9;
  private static final Register X_NEXT = RAX;

  // The output's.
  private static final Register M = RDI;
  private static final Register M_AT = RSI;
  private static final Register M_STRIDE = RDX;
  private static final Register BIAS = RCX;
  private static final Register BIAS_AT = R8;
  private static final Register FLOOR = R9;
  private static final Register RESIDUAL = RSI;
  private static final Register RESIDUAL_ROW = R8;
  private static final Register Y = RAX;
  private static final Register Y_ROW = RBX;

  // Arguments on the stack, in their order: the input's,
  private static final int INPUT_TILES = 0;
  private static final int INPUT_NEXT = 1;
  private static final int INPUT_CONSTANTS = 2;

  // and the output's.
  private static final int RESIDUAL_ARRAY = 0;
  private static final int RESIDUAL_AT = 1;
  private static final int RESIDUAL_STRIDE = 2;
  private static final int Y_ARRAY = 3;
  private static final int Y_AT = 4;
  private static final int Y_STRIDE = 5;
  private static final int OUTPUT_TILES = 6;
  private static final int RESIDUAL_NEXT = 7;
  private static final int Y_NEXT = 8;
  private static final int OUTPUT_CONSTANTS = 9;

  private static final List<Register> SAVED = List.of(RBX, R12, R13);
  private static final Mask BELOW = new Mask(1);

  private final WinogradProgram program;
  private final VectorWidth width;
  private final float[] constants;
  private final Assembler code = new Assembler();
  private final VectorValues values;
  private final Cursor cursor = new Cursor();

  /** For what 256 bits compare into. */
  private final Vector scratch;

  private TransformCode(WinogradProgram program, VectorWidth width, float[] constants) {
    this.program = program;
    this.width = width;
    this.constants = constants;
    this.values = new VectorValues(width.bits(), width.registers() - 1);
    this.scratch = new Vector(width.registers() - 1, width.bits());
  }

  /** Whether there is code for a width. */
  static boolean covers(VectorWidth width) {
    return width != VectorWidth.BITS_128;
  }

  /** What values are multiplied with in a tile's transforms, for the code's last argument. */
  static float[] constants(WinogradTile tile) {
    List<Float> factors =
        Stream.of(WinogradProgram.input(tile), WinogradProgram.output(tile))
            .flatMap(TransformCode::programs)
            .flatMap(each -> each.steps().stream())
            .<Float>mapMulti((step, to) -> {
              switch (step) {
                case Scaled(int _, float factor) -> to.accept(factor);
                case MultiplyAdd(int _, float factor, int _) -> to.accept(factor);
                case Sum _, Difference _ -> {
                  // By 1.
                }
              }
            })
            .distinct()
            .sorted()
            .toList();
    float[] constants = new float[Math.max(1, factors.size())];
    for (int i = 0; i < factors.size(); i++) {
      constants[i] = factors.get(i);
    }
    return constants;
  }

  private static Stream<LinearProgram> programs(WinogradProgram program) {
    return Stream.concat(program.groups().stream().map(RowGroup::down), Stream.of(program.along()));
  }

  /**
   * {@code V = B^T d B} of tiles in a row: x, where it begins, its row stride; v, where it begins,
   * its stride; how many tiles, from one to the next in x; the constants.
   */
  static Code input(WinogradTile tile, VectorWidth width) {
    return new TransformCode(WinogradProgram.input(tile), width, constants(tile)).input();
  }

  /**
   * {@code y = relu(A^T M A + bias + residual)} of tiles in a row: M, where it begins, its stride;
   * bias, where it begins; floor; residual, where it begins, its row stride; y likewise; how many
   * tiles, from one to the next in the residual and in y; the constants.
   */
  static Code output(WinogradTile tile, VectorWidth width) {
    return new TransformCode(WinogradProgram.output(tile), width, constants(tile)).output();
  }

  private Code input() {
    for (int lane = 0; lane < PIXEL; lane += width.lanes()) {
      int at = lane * Float.BYTES;
      for (RowGroup group : program.groups()) {
        int[][] between = columns(group, (i, j) -> loadInput(i, j, at));
        for (int r = 0; r < between.length; r++) {
          storeElements(group.rows().get(r), run(program.along(), between[r]), at);
        }
      }
    }
    enter();
    code.add(X, X_AT);
    code.add(V, V_AT);
    times(ELEMENT_ROW, V_STRIDE, program.along().results().size());
    argument(TILES_LEFT, INPUT_TILES);
    argument(X_NEXT, INPUT_NEXT);
    argument(CONSTANTS, INPUT_CONSTANTS);
    return loop(() -> {
      code.add(X, X_NEXT);
      code.add(V, PIXEL_BYTES);
    });
  }

  private Code output() {
    for (int lane = 0; lane < PIXEL; lane += width.lanes()) {
      int at = lane * Float.BYTES;
      int bias = values.constant((to, register, _) -> load(to, register, BIAS, at));
      int floor = values.constant((to, register, _) -> load(to, register, FLOOR, 0));
      int limit =
          values.constant(
              (to, register, _) -> load(to, register, FLOOR, Floor.LIMIT_AT * Float.BYTES));
      for (RowGroup group : program.groups()) {
        int[][] between = columns(group, (i, j) -> loadProduct(i, j, at));
        for (int r = 0; r < between.length; r++) {
          int row = group.rows().get(r);
          int[] sums = run(program.along(), between[r]);
          for (int k = 0; k < sums.length; k++) {
            storePixel(row, k * PIXEL_BYTES + at, sums[k], bias, floor, limit);
          }
        }
      }
    }
    enter();
    code.add(M, M_AT);
    code.add(BIAS, BIAS_AT);
    times(ELEMENT_ROW, M_STRIDE, program.along().inputs());
    argument(RESIDUAL, RESIDUAL_ARRAY);
    argument(CURSOR, RESIDUAL_AT);
    code.add(RESIDUAL, CURSOR);
    argument(RESIDUAL_ROW, RESIDUAL_STRIDE);
    argument(Y, Y_ARRAY);
    argument(CURSOR, Y_AT);
    code.add(Y, CURSOR);
    argument(Y_ROW, Y_STRIDE);
    argument(TILES_LEFT, OUTPUT_TILES);
    argument(CONSTANTS, OUTPUT_CONSTANTS);
    return loop(() -> {
      code.add(M, PIXEL_BYTES);
      argument(CURSOR, RESIDUAL_NEXT);
      code.add(RESIDUAL, CURSOR);
      argument(CURSOR, Y_NEXT);
      code.add(Y, CURSOR);
    });
  }

  // Around the tiles.

  /** Keeps what is the caller's, and makes room on the stack on lines of the cache. */
  private void enter() {
    code.push(RBP);
    code.mov(RBP, RSP);
    SAVED.forEach(code::push);
    code.add(RSP, -values.stackBytes());
    cursor.forget();
    code.and(RSP, -PIXEL_BYTES);
  }

  /** An argument on the stack, below which are the caller's frame and the return address. */
  private void argument(Register to, int argument) {
    code.mov(to, Address.of(RBP, (argument + 2) * Long.BYTES));
  }

  private void times(Register to, Register stride, int factor) {
    code.mov(to, stride);
    for (int i = 1; i < factor; i++) {
      code.add(to, stride);
    }
  }

  private Code loop(Runnable next) {
    Assembler.Label tile = code.label("tile");
    code.place(tile);
    values.write(code);
    next.run();
    code.dec(TILES_LEFT);
    code.jnz(tile);
    code.vzeroupper();
    code.lea(RSP, Address.of(RBP, -SAVED.size() * Long.BYTES));
    SAVED.reversed().forEach(code::pop);
    code.pop(RBP);
    code.ret();
    return code.assemble();
  }

  // Of a tile.

  /**
   * Runs a group's program down each column; the results by row and column.
   *
   * @param load the value of an element in a row and a column
   */
  private int[][] columns(RowGroup group, BiFunction<Integer, Integer, Integer> load) {
    LinearProgram down = group.down();
    int columns = program.along().inputs();
    int[][] between = new int[group.rows().size()][columns];
    for (int j = 0; j < columns; j++) {
      int[] inputs = new int[down.inputs()];
      for (int i : down.used()) {
        inputs[i] = load.apply(i, j);
      }
      int[] results = run(down, inputs);
      for (int r = 0; r < results.length; r++) {
        between[r][j] = results[r];
      }
    }
    return between;
  }

  private int[] run(LinearProgram linear, int[] inputs) {
    List<LinearProgram.Step> steps = linear.steps();
    int[] all = Arrays.copyOf(inputs, inputs.length + steps.size());
    for (int s = 0; s < steps.size(); s++) {
      all[inputs.length + s] =
          switch (steps.get(s)) {
            case Sum(int a, int b) ->
                values.value(
                    (out, to, from) -> out.vaddps(to, from.get(0), from.get(1)), all[a], all[b]);
            case Difference(int a, int b) ->
                values.value(
                    (out, to, from) -> out.vsubps(to, from.get(0), from.get(1)), all[a], all[b]);
            case Scaled(int a, float factor) ->
                values.valueApart(
                    (out, to, from) -> {
                      broadcast(out, to, factor);
                      out.vmulps(to, from.get(0), to);
                    },
                    all[a]);
            case MultiplyAdd(int a, float factor, int b) ->
                values.valueApart(
                    (out, to, from) -> {
                      broadcast(out, to, factor);
                      out.vfmadd213ps(to, from.get(0), from.get(1));
                    },
                    all[a],
                    all[b]);
          };
    }
    return linear.results().stream().mapToInt(value -> all[value]).toArray();
  }

  private void broadcast(Assembler out, Vector to, float factor) {
    int index = Arrays.binarySearch(constants, factor);
    out.vpbroadcastd(to, Address.of(CONSTANTS, index * Float.BYTES));
  }

  private static void load(Assembler out, Vector to, Register base, int at) {
    out.vmovups(to, Address.of(base, at));
  }

  private int loadInput(int row, int column, int at) {
    return values.value((out, to, _) ->
        load(out, to, cursor.at(out, X, X_ROW, row, X_ROW, 0), column * PIXEL_BYTES + at));
  }

  private int loadProduct(int row, int column, int at) {
    return values.value((out, to, _) -> {
      load(out, to, cursor.at(out, M, ELEMENT_ROW, row, M_STRIDE, column), at);
    });
  }

  private void storeElements(int row, int[] results, int at) {
    for (int e = 0; e < results.length; e++) {
      int column = e;
      values.use(
          (out, _, from) -> {
            Register to = cursor.at(out, V, ELEMENT_ROW, row, V_STRIDE, column);
            out.vmovups(Address.of(to, at), from.getFirst());
          },
          results[e]);
    }
  }

  private void storePixel(int row, int at, int sum, int bias, int floor, int limit) {
    int biased =
        values.value((out, to, from) -> out.vaddps(to, from.get(0), from.get(1)), sum, bias);
    int whole =
        values.value(
            (out, to, from) ->
                out.vaddps(
                    to,
                    from.getFirst(),
                    Address.of(cursor.at(out, RESIDUAL, RESIDUAL_ROW, row, RESIDUAL_ROW, 0), at)),
            biased);
    if (width == VectorWidth.BITS_512) {
      values.use(
          (out, _, from) -> {
            out.vcmpltps(BELOW, from.get(0), from.get(2));
            out.vmovaps(from.get(0), BELOW, from.get(1));
            out.vmovups(Address.of(cursor.at(out, Y, Y_ROW, row, Y_ROW, 0), at), from.get(0));
          },
          whole,
          floor,
          limit);
    } else {
      values.use(
          (out, _, from) -> {
            out.vcmpltps(scratch, from.get(0), Address.of(FLOOR, Floor.LIMIT_AT * Float.BYTES));
            out.vblendvps(from.get(0), from.get(0), from.get(1), scratch);
            out.vmovups(Address.of(cursor.at(out, Y, Y_ROW, row, Y_ROW, 0), at), from.get(0));
          },
          whole,
          floor);
    }
  }

  /** A register that goes from place to place, in the order in which code is written. */
  private static final class Cursor {
    private @Nullable Register base;
    private int rows;
    private int columns;

    void forget() {
      base = null;
    }

    /** A register that points so many rows and columns behind a base. */
    Register at(
        Assembler out, Register from, Register row, int atRow, Register column, int atColumn) {
      if (atRow == 0 && atColumn == 0) {
        return from;
      }
      if (base != from || atRow < rows || atColumn < columns) {
        boolean down = atRow > 0;
        out.lea(CURSOR, Address.of(from, down ? row : column, 0));
        base = from;
        rows = down ? 1 : 0;
        columns = down ? 0 : 1;
      }
      for (; rows < atRow; rows++) {
        out.add(CURSOR, row);
      }
      for (; columns < atColumn; columns++) {
        out.add(CURSOR, column);
      }
      return CURSOR;
    }
  }
}
