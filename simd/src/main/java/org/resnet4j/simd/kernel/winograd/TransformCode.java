package org.resnet4j.simd.kernel.winograd;

import static org.resnet4j.simd.machinecode.Frame.argument;
import static org.resnet4j.simd.machinecode.Register.R10;
import static org.resnet4j.simd.machinecode.Register.R11;
import static org.resnet4j.simd.machinecode.Register.R12;
import static org.resnet4j.simd.machinecode.Register.R13;
import static org.resnet4j.simd.machinecode.Register.R8;
import static org.resnet4j.simd.machinecode.Register.R9;
import static org.resnet4j.simd.machinecode.Register.RAX;
import static org.resnet4j.simd.machinecode.Register.RBX;
import static org.resnet4j.simd.machinecode.Register.RCX;
import static org.resnet4j.simd.machinecode.Register.RDI;
import static org.resnet4j.simd.machinecode.Register.RDX;
import static org.resnet4j.simd.machinecode.Register.RSI;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.tile.FloorCode;
import org.resnet4j.simd.kernel.winograd.LinearProgram.Difference;
import org.resnet4j.simd.kernel.winograd.LinearProgram.MultiplyAdd;
import org.resnet4j.simd.kernel.winograd.LinearProgram.Scaled;
import org.resnet4j.simd.kernel.winograd.LinearProgram.Sum;
import org.resnet4j.simd.kernel.winograd.WinogradProgram.RowGroup;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.machinecode.Address;
import org.resnet4j.simd.machinecode.Assembler;
import org.resnet4j.simd.machinecode.Code;
import org.resnet4j.simd.machinecode.Cursor;
import org.resnet4j.simd.machinecode.Register;
import org.resnet4j.simd.machinecode.Vector;
import org.resnet4j.simd.machinecode.VectorLoop;
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

  private final WinogradProgram program;
  private final VectorWidth width;
  private final float[] constants;
  private final VectorLoop loop;
  private final VectorValues values;
  private final Cursor cursor;

  private TransformCode(WinogradProgram program, VectorWidth width, float[] constants) {
    this.program = program;
    this.width = width;
    this.constants = constants;
    this.loop = new VectorLoop(width.bits(), width.registers(), SAVED, R10);
    this.values = loop.values();
    this.cursor = loop.cursor();
  }

  /** Whether there is code for a width. */
  static boolean covers(VectorWidth width) {
    return width != VectorWidth.BITS_128;
  }

  /** What values are multiplied with in programs, for the code's last argument. */
  static float[] constants(WinogradProgram... programs) {
    List<Float> factors =
        Stream.of(programs)
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
   *
   * @param constants of this program, and maybe others
   */
  static Code input(WinogradProgram program, VectorWidth width, float[] constants) {
    return new TransformCode(program, width, constants).input();
  }

  /**
   * {@code y = relu(A^T M A + bias + residual)} of tiles in a row: M, where it begins, its stride;
   * bias, where it begins; floor; residual, where it begins, its row stride; y likewise; how many
   * tiles, from one to the next in the residual and in y; the constants.
   *
   * @param constants of this program, and maybe others
   */
  static Code output(WinogradProgram program, VectorWidth width, float[] constants) {
    return new TransformCode(program, width, constants).output();
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
    return loop.write(
        code -> {
          code.add(X, X_AT);
          code.add(V, V_AT);
          times(code, ELEMENT_ROW, V_STRIDE, program.along().results().size());
          argument(code, TILES_LEFT, INPUT_TILES);
          argument(code, X_NEXT, INPUT_NEXT);
          argument(code, CONSTANTS, INPUT_CONSTANTS);
        },
        TILES_LEFT,
        code -> {
          code.add(X, X_NEXT);
          code.add(V, PIXEL_BYTES);
        });
  }

  private Code output() {
    FloorCode floor = new FloorCode(loop, FLOOR);
    for (int lane = 0; lane < PIXEL; lane += width.lanes()) {
      int at = lane * Float.BYTES;
      int bias = values.constant((to, register, _) -> load(to, register, BIAS, at));
      for (RowGroup group : program.groups()) {
        int[][] between = columns(group, (i, j) -> loadProduct(i, j, at));
        for (int r = 0; r < between.length; r++) {
          int row = group.rows().get(r);
          int[] sums = run(program.along(), between[r]);
          for (int k = 0; k < sums.length; k++) {
            storePixel(row, k * PIXEL_BYTES + at, sums[k], bias, floor);
          }
        }
      }
    }
    return loop.write(
        code -> {
          code.add(M, M_AT);
          code.add(BIAS, BIAS_AT);
          times(code, ELEMENT_ROW, M_STRIDE, program.along().inputs());
          argument(code, RESIDUAL, RESIDUAL_ARRAY);
          add(code, RESIDUAL, RESIDUAL_AT);
          argument(code, RESIDUAL_ROW, RESIDUAL_STRIDE);
          argument(code, Y, Y_ARRAY);
          add(code, Y, Y_AT);
          argument(code, Y_ROW, Y_STRIDE);
          argument(code, TILES_LEFT, OUTPUT_TILES);
          argument(code, CONSTANTS, OUTPUT_CONSTANTS);
        },
        TILES_LEFT,
        code -> {
          code.add(M, PIXEL_BYTES);
          add(code, RESIDUAL, RESIDUAL_NEXT);
          add(code, Y, Y_NEXT);
        });
  }

  /** Adds an argument, through the cursor's register: between turns it points nowhere. */
  private static void add(Assembler code, Register to, int number) {
    argument(code, R10, number);
    code.add(to, R10);
  }

  private static void times(Assembler code, Register to, Register stride, int factor) {
    code.mov(to, stride);
    for (int i = 1; i < factor; i++) {
      code.add(to, stride);
    }
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
    List<Integer> used = down.used();
    int[][] between = new int[group.rows().size()][columns];
    for (int j = 0; j < columns; j++) {
      int[] inputs = new int[down.inputs()];
      for (int i : used) {
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
    return values.value(
        (out, to, _) -> load(out, to, cursor.at(out, X, X_ROW, row), column * PIXEL_BYTES + at));
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

  private void storePixel(int row, int at, int sum, int bias, FloorCode floor) {
    int biased =
        values.value((out, to, from) -> out.vaddps(to, from.get(0), from.get(1)), sum, bias);
    int whole =
        values.value(
            (out, to, from) -> {
              Register residual = cursor.at(out, RESIDUAL, RESIDUAL_ROW, row);
              out.vaddps(to, from.getFirst(), Address.of(residual, at));
            },
            biased);
    floor.store(whole, out -> Address.of(cursor.at(out, Y, Y_ROW, row), at));
  }
}
