package org.resnet4j.simd.machinecode;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * Every instruction but the jump with every register in every place, and with addresses of every
 * kind; {@code simd/tools/encodings.sh} says how their encodings are recorded.
 */
final class EncodingForms {
  private static final List<Register> REGISTERS = List.of(Register.values());

  private static final List<Vector> VECTORS = IntStream.range(0, 32).mapToObj(Vector::new).toList();

  private static final List<Vector> HALVES =
      IntStream.range(0, 16).mapToObj(number -> new Vector(number, 256)).toList();

  private static final List<Vector> SOME_HALVES = List.of(new Vector(5, 256), new Vector(10, 256));

  /** Each has the bits that the other lacks. */
  private static final List<Vector> SOME_VECTORS = List.of(new Vector(5), new Vector(26));

  private static final List<Mask> MASKS = IntStream.rangeClosed(1, 7).mapToObj(Mask::new).toList();

  private static final List<Tile> TILES =
      IntStream.range(0, Tile.COUNT).mapToObj(Tile::new).toList();

  /** Around the ends of what one byte holds, alone, times 4, times 32 and times 64. */
  private static final List<Integer> DISPLACEMENTS =
      List.of(
          0,
          1,
          -1,
          32,
          -32,
          64,
          -64,
          127,
          128,
          -128,
          -129,
          508,
          512,
          -512,
          -516,
          4064,
          4096,
          -4096,
          -4128,
          8128,
          8192,
          -8192,
          -8256,
          1 << 20,
          -(1 << 20),
          Integer.MAX_VALUE,
          Integer.MIN_VALUE);

  private static final List<Address> ADDRESSES = addresses();

  private static final List<Address> ADDRESSES_WITH_INDEX =
      ADDRESSES.stream().filter(each -> each.index() != null).toList();

  /** Registers below 8, and from 8 on. */
  private static final List<Address> SOME_ADDRESSES =
      List.of(Address.of(Register.RDI, Register.RCX, 0), Address.of(Register.R9, Register.R14, 64));

  private EncodingForms() {}

  /** Prints the instructions, for the GNU assembler. */
  public static void main(String[] args) {
    code().instructions().forEach(each -> System.out.println(each.text()));
  }

  /** Bytes and text of each, as they are recorded. */
  static List<String> lines() {
    Code code = code();
    byte[] bytes = code.bytes();
    HexFormat hex = HexFormat.ofDelimiter(" ");
    return code.instructions().stream()
        .map(each ->
            hex.formatHex(bytes, each.offset(), each.offset() + each.length()) + "\t" + each.text())
        .toList();
  }

  static Code code() {
    Assembler assembler = new Assembler();
    general(assembler);
    tiles(assembler);
    vectors(assembler);
    halves(assembler);
    return assembler.assemble();
  }

  private static void general(Assembler to) {
    REGISTERS.forEach(to::push);
    REGISTERS.forEach(to::pop);
    REGISTERS.forEach(to::dec);
    to.ret();
    pairs(REGISTERS, REGISTERS, to::mov);
    pairs(REGISTERS, REGISTERS, to::add);
    numbers(to::mov);
    numbers(to::add);
    pairs(REGISTERS, List.of(-64, -1, 127), to::and);
    memory(REGISTERS, ADDRESSES, (register, at) -> to.mov(register, at));
    memory(REGISTERS, ADDRESSES, (register, at) -> to.mov(at, register));
    memory(REGISTERS, ADDRESSES, to::movsxd);
    memory(REGISTERS, ADDRESSES, to::lea);
    ADDRESSES.forEach(to::prefetcht1);
  }

  private static void tiles(Assembler to) {
    ADDRESSES.forEach(to::ldtilecfg);
    to.tilerelease();
    TILES.forEach(to::tilezero);
    memory(TILES, ADDRESSES_WITH_INDEX, to::tileloadd);
    memory(TILES, ADDRESSES_WITH_INDEX, (tile, at) -> to.tilestored(at, tile));
    for (Tile sum : TILES) {
      for (Tile a : TILES) {
        for (Tile b : TILES) {
          // Others are no instructions.
          if (!sum.equals(a) && !a.equals(b) && !b.equals(sum)) {
            to.tdpbf16ps(sum, a, b);
          }
        }
      }
    }
  }

  private static void vectors(Assembler to) {
    memory(VECTORS, ADDRESSES, (vector, at) -> to.vmovups(vector, at));
    memory(VECTORS, ADDRESSES, (vector, at) -> to.vmovups(at, vector));
    memory(VECTORS, ADDRESSES, to::vpmovzxwd);
    memory(VECTORS, ADDRESSES, to::vpbroadcastd);
    memory(
        VECTORS,
        ADDRESSES,
        (vector, at) -> to.vaddps(vector, new Vector((5 * vector.number() + 3) % 32), at));
    memory(VECTORS, ADDRESSES, (vector, at) -> to.vpermilps(vector, at, 0xE4));
    pairs(
        SOME_VECTORS,
        List.of(0, 1, 0x55, 255),
        (vector, order) -> to.vpermilps(vector, SOME_ADDRESSES.getLast(), order));
    memory(
        VECTORS,
        ADDRESSES,
        (vector, at) -> to.vpermps(vector, new Vector((5 * vector.number() + 3) % 32), at));
    triples(to::vaddps);
    triples(to::vsubps);
    triples(to::vmulps);
    triples(to::vfmadd213ps);
    triples(to::vfmadd231ps);
    pairs(MASKS, VECTORS, (mask, a) -> to.vcmpltps(mask, a, new Vector(5)));
    pairs(MASKS, VECTORS, (mask, b) -> to.vcmpltps(mask, new Vector(26), b));
    pairs(MASKS, VECTORS, (mask, a) -> to.vmovaps(a, mask, new Vector(26)));
    pairs(MASKS, VECTORS, (mask, b) -> to.vmovaps(new Vector(5), mask, b));
    triples(to::vmaxps);
    triples(to::vpord);
    triples(to::vpxord);
    triples(to::vcvtne2ps2bf16);
    triples(to::vdpbf16ps);
    for (int bits : new int[] {0, 1, 16, 31, 127, 128, 255}) {
      to.vpslld(new Vector(1), new Vector(2), bits);
    }
    pairs(VECTORS, SOME_VECTORS, (a, b) -> to.vpslld(a, b, 16));
    pairs(SOME_VECTORS, VECTORS, (a, b) -> to.vpslld(a, b, 16));
    to.vzeroupper();
  }

  private static void halves(Assembler to) {
    memory(HALVES, ADDRESSES, (vector, at) -> to.vmovups(vector, at));
    memory(HALVES, ADDRESSES, (vector, at) -> to.vmovups(at, vector));
    memory(HALVES, ADDRESSES, to::vpbroadcastd);
    memory(
        HALVES,
        ADDRESSES,
        (vector, at) -> to.vaddps(vector, new Vector((5 * vector.number() + 3) % 16, 256), at));
    memory(HALVES, ADDRESSES, (vector, at) -> to.vpermilps(vector, at, 0xE4));
    memory(
        HALVES,
        ADDRESSES,
        (vector, at) -> to.vpermps(vector, new Vector((5 * vector.number() + 3) % 16, 256), at));
    triples(HALVES, SOME_HALVES, to::vaddps);
    triples(HALVES, SOME_HALVES, to::vsubps);
    triples(HALVES, SOME_HALVES, to::vmulps);
    triples(HALVES, SOME_HALVES, to::vfmadd213ps);
    triples(HALVES, SOME_HALVES, to::vfmadd231ps);
    memory(
        HALVES,
        ADDRESSES,
        (vector, at) -> to.vcmpltps(vector, new Vector((5 * vector.number() + 3) % 16, 256), at));
    triples(HALVES, SOME_HALVES, to::vcmpltps);
    triples(HALVES, SOME_HALVES, to::vmaxps);
    triples(HALVES, SOME_HALVES, to::vpor);
    HALVES.forEach(vector -> to.vpxor(vector, vector, vector));
    for (Vector last : HALVES) {
      triples(SOME_HALVES, SOME_HALVES, (result, a, b) -> to.vblendvps(result, a, b, last));
    }
    triples(HALVES, SOME_HALVES, (result, a, b) -> to.vblendvps(result, a, b, a));
  }

  private static List<Address> addresses() {
    List<Address> all = new ArrayList<>();
    for (Register base : REGISTERS) {
      all.add(Address.of(base, 0));
      all.add(Address.of(base, 64));
      all.add(Address.of(base, 1 << 20));
      all.add(Address.of(base, Register.RSI, 0));
      all.add(Address.of(base, Register.R12, 64));
    }
    for (Register index : REGISTERS) {
      if (index != Register.RSP) {
        all.add(Address.of(Register.RAX, index, 0));
        all.add(Address.of(Register.RSP, index, 64));
        all.add(Address.of(Register.R13, index, 0));
      }
    }
    for (int displacement : DISPLACEMENTS) {
      all.add(Address.of(Register.RDX, displacement));
      all.add(Address.of(Register.R12, displacement));
      all.add(Address.of(Register.R13, displacement));
      all.add(Address.of(Register.RBP, Register.R8, displacement));
    }
    return Collections.unmodifiableList(all);
  }

  private static <A, B> void pairs(List<A> first, List<B> second, BiConsumer<A, B> form) {
    first.forEach(a -> second.forEach(b -> form.accept(a, b)));
  }

  /** Every address, with registers in turn, and every register with some addresses. */
  private static <R> void memory(
      List<R> registers, List<Address> addresses, BiConsumer<R, Address> form) {
    for (int i = 0; i < addresses.size(); i++) {
      form.accept(registers.get(i % registers.size()), addresses.get(i));
    }
    pairs(registers, SOME_ADDRESSES, form);
  }

  private static void numbers(BiConsumer<Register, Integer> form) {
    pairs(REGISTERS, List.of(1, 1 << 20), form);
    pairs(List.of(Register.RAX, Register.R11), DISPLACEMENTS, form);
  }

  private interface OfThree {
    void accept(Vector to, Vector a, Vector b);
  }

  private static void triples(OfThree form) {
    triples(VECTORS, SOME_VECTORS, form);
  }

  private static void triples(List<Vector> all, List<Vector> some, OfThree form) {
    for (Vector vector : all) {
      for (Vector other : some) {
        form.accept(vector, other, other);
        form.accept(other, vector, other);
        form.accept(other, other, vector);
      }
    }
  }
}
