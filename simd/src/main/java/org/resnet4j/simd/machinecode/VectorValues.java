package org.resnet4j.simd.machinecode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Straight-line code on vectors without names of registers: each value is computed once, and gets a
 * register until its last use. Where there are too few, the value that is needed latest goes to the
 * stack, or is loaded again if it is a constant.
 *
 * <p>Source: Belady, A study of replacement algorithms (IBM Systems Journal 1966), which Braun and
 * Hack (Register spilling and live-range splitting, CC 2009) apply to registers. Not thread-safe.
 */
public final class VectorValues {
  private static final int NONE = -1;

  /** Writes one instruction, or a few that belong together. */
  @FunctionalInterface
  public interface Writer {
    /**
     * Writes it.
     *
     * @param to the result's register, of no meaning if there is none
     * @param from the operands' registers
     */
    void write(Assembler code, Vector to, List<Vector> from);
  }

  /** Whether a result may take the place of an operand. */
  private enum Place {
    NO_RESULT,
    OF_AN_OPERAND,
    OF_ITS_OWN
  }

  private record Step(Writer writer, Place place, int result, int[] operands) {}

  private final int bits;
  private final int registers;
  private final List<Step> steps = new ArrayList<>();

  /** By value: how a constant is loaded, and for others null. */
  private final List<Step> constants = new ArrayList<>();

  private int values;
  private @Nullable Allocation allocation;

  /**
   * For vectors of one width.
   *
   * @param registers the first so many may be used
   */
  public VectorValues(int bits, int registers) {
    this.bits = bits;
    this.registers = registers;
  }

  /** A value that is computed from others by instructions that read them before they write it. */
  public int value(Writer writer, int... operands) {
    return add(writer, Place.OF_AN_OPERAND, operands);
  }

  /** A value that is written before all of the others have been read. */
  public int valueApart(Writer writer, int... operands) {
    return add(writer, Place.OF_ITS_OWN, operands);
  }

  /** What needs values, and may change them if this is their last use. */
  public void use(Writer writer, int... operands) {
    steps.add(new Step(writer, Place.NO_RESULT, NONE, operands));
  }

  /** A value that the same instruction gives wherever it stands. */
  public int constant(Writer writer) {
    int value = values++;
    constants.add(new Step(writer, Place.OF_ITS_OWN, value, new int[0]));
    return value;
  }

  private int add(Writer writer, Place place, int... operands) {
    int value = values++;
    steps.add(new Step(writer, place, value, operands));
    return value;
  }

  /** Bytes that {@link #write} needs on the stack. */
  public int stackBytes() {
    return allocation().slots * bits / Byte.SIZE;
  }

  /** Writes it all; {@code rsp} points at so many free bytes. */
  public void write(Assembler code) {
    allocation().actions.forEach(action -> action.accept(code));
  }

  /** Made once, when all steps are known. */
  private Allocation allocation() {
    Allocation made = allocation;
    if (made == null) {
      made = new Allocation();
      made.allocate();
      allocation = made;
    }
    return made;
  }

  /** Where values are while the code runs. */
  private final class Allocation {
    /** What writes the code, one after the other. */
    private final List<Consumer<Assembler>> actions = new ArrayList<>();

    private final BitSet free = new BitSet();
    private final int[] valueIn = filled(registers);
    private final int[] registerOf = filled(values);
    private final int[] slotOf = filled(values);
    private final Step[] constantOf = new Step[values];

    /** The steps that use each value, ascending, and how many of them are done. */
    private final List<List<Integer>> uses = new ArrayList<>();

    private final int[] done = new int[values];
    private int slots;

    Allocation() {
      free.set(0, registers);
      constants.forEach(each -> constantOf[each.result()] = each);
      for (int value = 0; value < values; value++) {
        uses.add(new ArrayList<>());
      }
      for (int step = 0; step < steps.size(); step++) {
        for (int operand : steps.get(step).operands()) {
          uses.get(operand).add(step);
        }
      }
    }

    private int[] filled(int size) {
      int[] none = new int[size];
      Arrays.fill(none, NONE);
      return none;
    }

    void allocate() {
      for (Step step : steps) {
        BitSet pinned = new BitSet();
        for (int operand : step.operands()) {
          pinned.set(operand);
          if (registerOf[operand] == NONE) {
            bring(operand, pinned);
          }
        }
        List<Vector> from = new ArrayList<>();
        for (int operand : step.operands()) {
          from.add(vector(operand));
        }
        if (step.place() == Place.OF_ITS_OWN) {
          take(step.result(), pinned);
        }
        for (int operand : step.operands()) {
          done[operand]++;
          if (nextUse(operand) == Integer.MAX_VALUE) {
            release(operand);
          }
        }
        if (step.place() == Place.OF_AN_OPERAND) {
          take(step.result(), pinned);
        }
        Vector to = step.place() == Place.NO_RESULT ? new Vector(0, bits) : vector(step.result());
        actions.add(code -> step.writer().write(code, to, from));
      }
    }

    private Vector vector(int value) {
      return new Vector(registerOf[value], bits);
    }

    private int nextUse(int value) {
      List<Integer> all = uses.get(value);
      return done[value] < all.size() ? all.get(done[value]) : Integer.MAX_VALUE;
    }

    private void release(int value) {
      if (registerOf[value] != NONE) {
        free.set(registerOf[value]);
        valueIn[registerOf[value]] = NONE;
        registerOf[value] = NONE;
      }
    }

    /** Gives a value a register. */
    private void take(int value, BitSet pinned) {
      if (free.isEmpty()) {
        evict(pinned);
      }
      registerOf[value] = free.nextSetBit(0);
      valueIn[registerOf[value]] = value;
      free.clear(registerOf[value]);
    }

    /** Loads a value that has none. */
    private void bring(int value, BitSet pinned) {
      take(value, pinned);
      Step constant = constantOf[value];
      Vector to = vector(value);
      if (constant != null) {
        actions.add(code -> constant.writer().write(code, to, List.of()));
      } else {
        Address from = slot(value);
        actions.add(code -> code.vmovups(to, from));
      }
    }

    private void evict(BitSet pinned) {
      int latest = NONE;
      for (int value : valueIn) {
        boolean candidate = value != NONE && !pinned.get(value);
        if (candidate && (latest == NONE || nextUse(value) > nextUse(latest))) {
          latest = value;
        }
      }
      if (latest == NONE) {
        throw new IllegalStateException("an instruction needs more than " + registers);
      }
      if (constantOf[latest] == null && slotOf[latest] == NONE) {
        slotOf[latest] = slots++;
        Address to = slot(latest);
        Vector from = vector(latest);
        actions.add(code -> code.vmovups(to, from));
      }
      release(latest);
    }

    private Address slot(int value) {
      return Address.of(Register.RSP, slotOf[value] * bits / Byte.SIZE);
    }
  }
}
