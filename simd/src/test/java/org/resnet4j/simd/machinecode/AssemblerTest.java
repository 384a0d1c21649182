package org.resnet4j.simd.machinecode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AssemblerTest {
  private static final int JUMP_BYTES = 6;

  private final Assembler assembler = new Assembler();

  @Test
  void encodesLikeGnu() throws IOException {
    assertThat(EncodingForms.lines()).containsExactlyElementsOf(recorded());
  }

  private static List<String> recorded() throws IOException {
    try (InputStream file = AssemblerTest.class.getResourceAsStream("encodings.txt")) {
      return new String(
              Objects.requireNonNull(file, "encodings.txt").readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }

  @Test
  void formsHaveEveryInstruction() {
    assertThat(
            EncodingForms.code().instructions().stream()
                .map(each -> each.text().split(" ", 2)[0])
                .collect(Collectors.toSet()))
        .isEqualTo(
            Arrays.stream(Assembler.class.getDeclaredMethods())
                .filter(each ->
                    Modifier.isPublic(each.getModifiers())
                        && each.getReturnType() == void.class
                        && !List.of(each.getParameterTypes()).contains(Assembler.Label.class))
                .map(Method::getName)
                .collect(Collectors.toSet()));
  }

  @Test
  void instructionsLieSideBySide() {
    Code code = EncodingForms.code();
    int end = 0;
    for (Instruction each : code.instructions()) {
      assertThat(each.offset()).isEqualTo(end);
      end += each.length();
    }
    assertThat(code.size()).isEqualTo(end).isEqualTo(code.bytes().length);
  }

  /** Bytes between the jump and where it leads. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 121, 122, 127, 128, 255, 256, 40_000, 70_000})
  void jumps(int between) {
    Assembler.Label start = assembler.label("here");
    Assembler.Label end = assembler.label("here");
    assembler.place(start);
    returns(between);
    assembler.jnz(start);
    assembler.jnz(end);
    returns(between);
    assembler.place(end);
    byte[] code = assembler.assemble().bytes();
    assertJump(code, between, -between - JUMP_BYTES);
    assertJump(code, between + JUMP_BYTES, between);
    assertThat(code).hasSize(2 * (between + JUMP_BYTES));
  }

  private void returns(int count) {
    for (int i = 0; i < count; i++) {
      assembler.ret();
    }
  }

  private static void assertJump(byte[] code, int offset, int distance) {
    assertThat(code[offset]).isEqualTo((byte) 0x0F);
    assertThat(code[offset + 1]).isEqualTo((byte) 0x85);
    assertThat(ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN).getInt(offset + 2))
        .isEqualTo(distance);
  }

  /** The bytes are the GNU assembler's, which was told {@code jnz.d32}. */
  @Test
  void listing() {
    Assembler.Label loop = assembler.label("loop");
    Assembler.Label end = assembler.label("end");
    assembler.mov(Register.RAX, 0x1234);
    assembler.place(loop);
    assembler.vaddps(new Vector(17), new Vector(0), Address.of(Register.RSI, -64));
    assembler.dec(Register.RDI);
    assembler.jnz(end);
    assembler.jnz(loop);
    assembler.place(end);
    assembler.ret();
    assertThat(assembler.assemble().listing().lines().map(String::strip))
        .containsExactly(
            "0:  48 c7 c0 34 12 00 00           mov rax,4660",
            "loop:",
            "7:  62 e1 7c 48 58 4e ff           vaddps zmm17,zmm0,ZMMWORD PTR [rsi-64]",
            "e:  48 ff cf                       dec rdi",
            "11:  0f 85 06 00 00 00              jnz end",
            "17:  0f 85 ea ff ff ff              jnz loop",
            "end:",
            "1d:  c3                             ret");
  }

  @Test
  void bytesAreCopied() {
    assembler.ret();
    Code code = assembler.assemble();
    code.bytes()[0] = 0;
    assertThat(code.bytes()).containsExactly(0xC3);
    assembler.ret();
    assertThat(code.size()).isEqualTo(1);
    assertThat(code.instructions()).hasSize(1);
  }

  @Test
  void nothingIsCodeToo() {
    Code code = assembler.assemble();
    assertThat(code.size()).isZero();
    assertThat(code.listing()).isEmpty();
  }

  @Test
  void labelsArePlacedOnce() {
    Assembler.Label label = assembler.label("here");
    assembler.place(label);
    assembler.ret();
    assertThatIllegalStateException().isThrownBy(() -> assembler.place(label));
  }

  @Test
  void jumpsNeedAPlace() {
    Assembler.Label label = assembler.label("here");
    assembler.jnz(label);
    assertThatIllegalStateException().isThrownBy(assembler::assemble);
    assembler.place(label);
    assertThat(assembler.assemble().bytes()).containsExactly(0x0F, 0x85, 0, 0, 0, 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 32, Integer.MAX_VALUE})
  void vectorsThatAreNot(int number) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Vector(number));
  }

  @ParameterizedTest
  @CsvSource({"16, 256", "-1, 256", "32, 512", "0, 128", "0, 0", "0, 1024"})
  void vectorsOfAWidthThatAreNot(int number, int bits) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Vector(number, bits));
  }

  /** Others would be bytes of another instruction. */
  @Test
  void anInstructionIsOfOneWidth() {
    Vector half = new Vector(1, 256);
    Vector whole = new Vector(2);
    Address at = Address.of(Register.RAX, 0);
    List<ThrowingCallable> mixed =
        List.of(
            () -> assembler.vaddps(half, whole, at),
            () -> assembler.vaddps(half, half, whole),
            () -> assembler.vfmadd231ps(whole, half, whole),
            () -> assembler.vmaxps(whole, whole, half),
            () -> assembler.vpxor(whole, whole, whole),
            () -> assembler.vpxord(half, half, half),
            () -> assembler.vcmpltps(whole, whole, whole),
            () -> assembler.vcmpltps(new Mask(1), half, half),
            () -> assembler.vmovaps(half, new Mask(1), half),
            () -> assembler.vblendvps(half, half, half, whole),
            () -> assembler.vblendvps(whole, whole, whole, half),
            () -> assembler.vpmovzxwd(half, at),
            () -> assembler.vdpbf16ps(half, half, half),
            () -> assembler.vpslld(half, half, 1),
            () -> assembler.vcvtne2ps2bf16(half, half, half));
    for (ThrowingCallable one : mixed) {
      assertThatIllegalArgumentException().isThrownBy(one);
    }
    assertThat(assembler.assemble().size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 8, Integer.MAX_VALUE})
  void tilesThatAreNot(int number) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Tile(number));
  }

  @Test
  void stackIsNoIndex() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Address.of(Register.RAX, Register.RSP, 0));
  }

  @Test
  void tilesNeedAnIndex() {
    Tile tile = new Tile(0);
    Address address = Address.of(Register.RAX, 0);
    assertThatIllegalArgumentException().isThrownBy(() -> assembler.tileloadd(tile, address));
    assertThatIllegalArgumentException().isThrownBy(() -> assembler.tilestored(address, tile));
    assertThat(assembler.assemble().size()).isZero();
  }

  @Test
  void aProductNeedsThreeTiles() {
    Tile one = new Tile(1);
    Tile two = new Tile(2);
    assertThatIllegalArgumentException().isThrownBy(() -> assembler.tdpbf16ps(one, one, two));
    assertThatIllegalArgumentException().isThrownBy(() -> assembler.tdpbf16ps(one, two, one));
    assertThatIllegalArgumentException().isThrownBy(() -> assembler.tdpbf16ps(one, two, two));
    assertThat(assembler.assemble().size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 256})
  void shiftsFitAByte(int bits) {
    Vector vector = new Vector(0);
    assertThatIllegalArgumentException().isThrownBy(() -> assembler.vpslld(vector, vector, bits));
  }
}
