package org.resnet4j.cuda.kernels;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.resnet4j.cuda.driver.LaunchShape;
import org.resnet4j.cuda.kernels.PtxProgram.Entry;
import org.resnet4j.cuda.kernels.PtxProgram.Instruction;

/**
 * Executes the part of PTX that the kernels use, thread by thread from barrier to barrier. Memory
 * is bounds-checked and aligned; an unknown instruction, a register that was never written and a
 * thread that does not end are errors ({@link IllegalStateException}).
 */
final class PtxMachine {
  private static final long FIRST_ADDRESS = 0x7_0000_0000L;
  private static final long GAP = 0x1_0000;
  private static final int MOST_STEPS = 100_000;
  private static final long LOW = 0xFFFF_FFFFL;

  private final TreeMap<Long, ByteBuffer> memory = new TreeMap<>();

  /** Of the block that runs, by address; what nobody has written cannot be read. */
  private final Map<Long, Long> shared = new HashMap<>();

  private long next = FIRST_ADDRESS;

  /** Puts an array on the device, not a copy; its address. */
  long map(byte[] bytes) {
    long address = next;
    memory.put(address, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    next += (bytes.length + 2 * GAP) / GAP * GAP;
    return address;
  }

  /** Runs every thread of a grid to its end. */
  void launch(Entry entry, List<Number> arguments, LaunchShape shape) {
    Map<String, Long> parameters = new HashMap<>();
    for (int i = 0; i < entry.parameters().size(); i++) {
      parameters.put("[" + entry.parameters().get(i).name() + "]", bits(arguments.get(i)));
    }
    for (int blockY = 0; blockY < shape.gridY(); blockY++) {
      for (int blockX = 0; blockX < shape.gridX(); blockX++) {
        List<Thread> block = new ArrayList<>();
        for (int y = 0; y < shape.blockY(); y++) {
          for (int x = 0; x < shape.blockX(); x++) {
            Map<String, Long> registers = new HashMap<>();
            registers.put("%ctaid.x", (long) blockX);
            registers.put("%ctaid.y", (long) blockY);
            registers.put("%ntid.x", (long) shape.blockX());
            registers.put("%ntid.y", (long) shape.blockY());
            registers.put("%tid.x", (long) x);
            registers.put("%tid.y", (long) y);
            block.add(new Thread(entry, parameters, registers));
          }
        }
        shared.clear();
        while (!block.isEmpty()) {
          block.removeIf(Thread::ends); // those that stay have met at a barrier
        }
      }
    }
  }

  private static long bits(Number value) {
    return switch (value) {
      case Long address -> address;
      case Integer count -> count & LOW;
      case Float number -> Float.floatToRawIntBits(number) & LOW;
      default -> throw new IllegalStateException("no parameter is a " + value.getClass());
    };
  }

  private ByteBuffer at(long address, int bytes) {
    Map.Entry<Long, ByteBuffer> block = memory.floorEntry(address);
    if (block == null || address + bytes > block.getKey() + block.getValue().capacity()) {
      throw new IllegalStateException("access outside of memory at " + Long.toHexString(address));
    }
    if (address % bytes != 0) {
      throw new IllegalStateException("misaligned access at " + Long.toHexString(address));
    }
    return block.getValue().position((int) (address - block.getKey()));
  }

  /** One thread of a grid. Registers hold raw bits, zero-extended. */
  private final class Thread {
    private final Entry entry;
    private final Map<String, Long> parameters;
    private final Map<String, Long> registers;
    private int at;

    Thread(Entry entry, Map<String, Long> parameters, Map<String, Long> registers) {
      this.entry = entry;
      this.parameters = parameters;
      this.registers = registers;
    }

    /** Runs on to the end, or false: to a barrier. */
    boolean ends() {
      for (int step = 0; step < MOST_STEPS; step++) {
        Instruction instruction = entry.instructions().get(at);
        at++;
        if (!instruction.guard().isEmpty()
            && (read(instruction.guard()) != 0) == instruction.negated()) {
          continue;
        }
        switch (instruction.opcode()) {
          case "ret" -> {
            return true;
          }
          case "bar.sync" -> {
            return false;
          }
          case "bra" -> at = entry.labels().get(instruction.operands().getFirst());
          default -> execute(instruction);
        }
      }
      throw new IllegalStateException("a thread of " + entry.name() + " does not end");
    }

    private void execute(Instruction instruction) {
      List<String> o = instruction.operands();
      String target = o.getFirst();
      switch (instruction.opcode()) {
        case "st.global.f32" -> at(address(target), 4).putInt((int) read(o.get(1)));
        case "st.shared.f32" -> shared.put(address(target), read(o.get(1)));
        case "ld.shared.f32" -> write(target, shared.get(address(o.get(1))));
        case "st.global.v4.f32", "st.global.v4.b32" -> {
          ByteBuffer vector = at(address(target), 16);
          o.subList(1, 5).forEach(word -> vector.putInt((int) read(word)));
        }
        case "ld.global.v4.f32", "ld.global.v4.b32" -> {
          ByteBuffer vector = at(address(o.get(4)), 16);
          o.subList(0, 4).forEach(word -> write(word, vector.getInt() & LOW));
        }
        case "st.global.b16" -> at(address(target), 2).putShort((short) read(o.get(1)));
        case "ld.global.f32" -> write(target, at(address(o.get(1)), 4).getInt() & LOW);
        case "ld.global.b16" -> write(target, at(address(o.get(1)), 2).getShort() & 0xFFFFL);
        case "ld.global.u8" -> write(target, at(address(o.get(1)), 1).get() & 0xFFL);
        case "ld.param.u64", "ld.param.u32", "ld.param.f32" ->
            write(target, parameters.get(o.get(1)));
        default -> write(target, compute(instruction.opcode(), o));
      }
    }

    private long compute(String opcode, List<String> o) {
      long a = read(o.get(1));
      long b = o.size() > 2 ? read(o.get(2)) : 0;
      long c = o.size() > 3 ? read(o.get(3)) : 0;
      return switch (opcode) {
        case "mov.u16",
            "mov.u32",
            "mov.b32",
            "mov.f32",
            "cvta.to.global.u64",
            "cvt.u64.u32",
            "cvt.u32.u16" ->
            a;
        case "cvt.u16.u32" -> a & 0xFFFF;
        case "cvt.rn.f32.u32" -> number((float) a);
        case "cvt.f32.f16" -> number(Float.float16ToFloat((short) a));
        case "cvt.rn.f16.f32" -> Float.floatToFloat16(number(a)) & 0xFFFFL;
        case "add.u32" -> a + b & LOW;
        case "sub.u32" -> a - b & LOW;
        case "mul.lo.u64" -> a * b;
        case "mul.lo.u32" -> a * b & LOW;
        case "mad.lo.u32" -> a * b + c & LOW;
        case "div.u32" -> a / b;
        case "rem.u32" -> a % b;
        case "shl.b32" -> a << b & LOW;
        case "shr.u32" -> a >>> b;
        case "and.b32" -> a & b;
        case "or.b32", "or.pred" -> a | b;
        case "add.u64" -> a + b;
        case "mul.wide.u32" -> a * b;
        case "mad.wide.u32", "mad.lo.u64" -> a * b + c;
        case "add.rn.f32" -> number(number(a) + number(b));
        case "fma.rn.f32" -> number(Math.fma(number(a), number(b), number(c)));
        case "div.rn.f32" -> number(number(a) / number(b));
        case "selp.f32", "selp.b32" -> c != 0 ? a : b;
        case "setp.eq.u32", "setp.eq.u64" -> flag(a == b);
        case "setp.ne.u32" -> flag(a != b);
        case "setp.ge.u32" -> flag(a >= b);
        case "setp.lt.u32" -> flag(a < b);
        case "setp.lt.f32" -> flag(number(a) < number(b));
        case "setp.gt.f32" -> flag(number(a) > number(b));
        case "setp.nan.f32" -> flag(Float.isNaN(number(a)) || Float.isNaN(number(b)));
        default -> throw new IllegalStateException("unknown instruction " + opcode);
      };
    }

    /** A register, and a number of bytes behind it. */
    private long address(String operand) {
      String[] parts = operand.substring(1, operand.length() - 1).split("\\+", 2);
      return read(parts[0]) + (parts.length == 1 ? 0 : Long.parseLong(parts[1]));
    }

    private void write(String register, long bits) {
      registers.put(register, bits);
    }

    private long read(String operand) {
      if (operand.startsWith("%")) {
        Long bits = registers.get(operand);
        if (bits == null) {
          throw new IllegalStateException(operand + " is read before it is written");
        }
        return bits;
      }
      if (Character.isLetter(operand.charAt(0))) {
        return 0; // the only array in shared memory
      }
      return operand.startsWith("0f") ? Long.parseLong(operand, 2, 10, 16) : Long.decode(operand);
    }
  }

  private static float number(long bits) {
    return Float.intBitsToFloat((int) bits);
  }

  private static long number(float value) {
    return Float.floatToRawIntBits(value) & LOW;
  }

  private static long flag(boolean value) {
    return value ? 1 : 0;
  }
}
