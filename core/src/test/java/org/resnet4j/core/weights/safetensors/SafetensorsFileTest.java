package org.resnet4j.core.weights.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.resnet4j.core.weights.safetensors.Samples.entry;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.DType;
import org.resnet4j.core.weights.TensorInfo;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Content;
import org.resnet4j.core.weights.content.FileContent;

class SafetensorsFileTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void writeValidFile() throws IOException {
    file = Files.write(folder.resolve("net.safetensors"), Samples.valid());
  }

  @Test
  void tellsWhatTheFileHolds() throws IOException {
    SafetensorsFile opened = SafetensorsFile.open(file);
    assertThat(opened.path()).contains(file);
    assertThat(opened.description()).isEqualTo(file.toString());
    assertThat(opened.metadata()).containsExactly(Map.entry("format", "pt"));
    assertThat(opened.tensors().keySet()).containsExactly("golden", "bn1.bias", "conv1.weight");
    assertThat(opened.tensors().get("conv1.weight"))
        .isEqualTo(new TensorInfo("conv1.weight", DType.F32, List.of(3L, 2L), 16, 40));
    assertThat(opened.contains("golden")).isTrue();
    assertThat(opened.contains("fc.bias")).isFalse();
    assertThat(opened).hasToString("SafetensorsFile[" + file + ", 3 tensors]");
    assertThatThrownBy(() -> opened.tensors().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void readsSeveralTensorsInTheOrderOfTheirData() throws IOException {
    SafetensorsFile opened = SafetensorsFile.open(file);
    Map<String, Tensor> read = opened.readAll(List.of("conv1.weight", "bn1.bias", "conv1.weight"));
    assertThat(read.keySet()).containsExactly("bn1.bias", "conv1.weight");
    assertThat(read.get("bn1.bias").data()).containsExactly(-1, 0.5f);
    assertThat(read.get("conv1.weight").data()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(opened.readAll(List.of())).isEmpty();
  }

  @Test
  void handsOutCopies() throws IOException {
    byte[] content = Samples.valid();
    SafetensorsFile opened = SafetensorsFile.of(content, "memory");
    opened.read("bn1.bias").data()[0] = 99;
    Arrays.fill(content, (byte) 0x55);
    assertThat(opened.read("bn1.bias").data()).containsExactly(-1, 0.5f);
  }

  @Test
  void refusesNamesThatAreNotThere() throws IOException {
    SafetensorsFile opened = SafetensorsFile.open(file);
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> opened.read("fc.bias"),
            () -> opened.readDoubles("fc.bias"),
            () -> opened.readAll(List.of("bn1.bias", "fc.bias")))) {
      WeightsFileException e = refused(call, Code.NO_SUCH_TENSOR);
      assertThat(e.tensor()).contains("fc.bias");
    }
  }

  @Test
  void limitsCanBeSet() throws IOException {
    int header = (int) (Files.size(file) - 40 - 8);
    refused(
        () -> SafetensorsFile.open(file, new SafetensorsFile.Limits(header - 1, 3)),
        Code.HEADER_TOO_LARGE);
    refused(
        () -> SafetensorsFile.open(file, new SafetensorsFile.Limits(header, 2)),
        Code.TOO_MANY_TENSORS);
    assertThat(SafetensorsFile.open(file, new SafetensorsFile.Limits(header, 3)).tensors())
        .hasSize(3);
    assertThat(SafetensorsFile.open(file, SafetensorsFile.Limits.SPECIFICATION).tensors())
        .hasSize(3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SafetensorsFile.Limits(100_000_001, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new SafetensorsFile.Limits(1, -1));
  }

  @Test
  void missingFile() {
    Path missing = folder.resolve("missing.safetensors");
    WeightsFileException e = refused(() -> SafetensorsFile.open(missing), Code.UNREADABLE);
    assertThat(e).hasMessageStartingWith(missing + ": no such file; ");
  }

  @Test
  void directory() {
    WeightsFileException e = refused(() -> SafetensorsFile.open(folder), Code.UNREADABLE);
    assertThat(e).hasMessageStartingWith(folder + ": is a directory; ");
  }

  @Test
  @Timeout(20)
  void fifoDoesNotHang() throws Exception {
    Path fifo = folder.resolve("fifo");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")));
    assertThat(new ProcessBuilder("/usr/bin/mkfifo", fifo.toString()).start().waitFor()).isZero();
    WeightsFileException e = refused(() -> SafetensorsFile.open(fifo), Code.UNREADABLE);
    assertThat(e).hasMessageStartingWith(fifo + ": is not a regular file; ");
  }

  @Test
  void device() {
    Path zero = Path.of("/dev/zero");
    assumeTrue(Files.exists(zero));
    refused(() -> SafetensorsFile.open(zero), Code.UNREADABLE);
  }

  @Test
  void noPermission() throws IOException {
    assumeTrue(file.toFile().setReadable(false));
    assumeFalse(Files.isReadable(file)); // root reads everything
    WeightsFileException e = refused(() -> SafetensorsFile.open(file), Code.UNREADABLE);
    assertThat(e).hasMessageStartingWith(file + ": permission denied; ");
  }

  @Test
  void followsLinks() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThat(SafetensorsFile.open(link).read("bn1.bias").size()).isEqualTo(2);
  }

  @Test
  void truncatedAfterOpening() throws IOException {
    SafetensorsFile opened = SafetensorsFile.open(file);
    truncate();
    refused(() -> opened.read("conv1.weight"), Code.WEIGHTS_CHANGED);
    refused(() -> opened.readDoubles("golden"), Code.WEIGHTS_CHANGED);
    refused(() -> opened.readAll(List.of("golden")), Code.WEIGHTS_CHANGED);
  }

  @Test
  void truncatedWhileReading() throws IOException {
    FileContent content = FileContent.of(file);
    try (Content.Access access = content.access()) {
      long last = content.size() - 8;
      assertThat(access.bytes(last, 8).byteSize()).isEqualTo(8);
      access.checkUnchanged();
      truncate();
      refused(() -> access.bytes(last, 8), Code.WEIGHTS_CHANGED);
      refused(access::checkUnchanged, Code.WEIGHTS_CHANGED);
    }
  }

  @Test
  void rewrittenAfterOpening() throws IOException {
    SafetensorsFile opened = SafetensorsFile.open(file);
    FileTime later = FileTime.fromMillis(Files.getLastModifiedTime(file).toMillis() + 5000);
    Files.setLastModifiedTime(file, later);
    refused(() -> opened.read("golden"), Code.WEIGHTS_CHANGED);
    assertThat(SafetensorsFile.open(file).read("golden").size()).isEqualTo(1);
  }

  @Test
  void replacedAfterOpening() throws IOException {
    SafetensorsFile opened = SafetensorsFile.open(file);
    FileTime time = Files.getLastModifiedTime(file);
    Path other = Files.write(folder.resolve("other"), Samples.valid());
    Files.setLastModifiedTime(other, time);
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    refused(() -> opened.read("golden"), Code.WEIGHTS_CHANGED);
  }

  @Test
  void deletedAfterOpening() throws IOException {
    SafetensorsFile opened = SafetensorsFile.open(file);
    Files.delete(file);
    refused(() -> opened.read("golden"), Code.WEIGHTS_CHANGED);
  }

  @Test
  void anInterruptedThreadGetsItsOwnException() throws IOException {
    SafetensorsFile opened = SafetensorsFile.open(file);
    Thread.currentThread().interrupt();
    try {
      refused(() -> opened.read("golden"), Code.INTERRUPTED);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(opened.read("golden").data()).containsExactly((float) Math.PI);
  }

  @Test
  void readsAcrossChunksAtOddAddresses() throws IOException {
    int size = Content.CHUNK_BYTES; // four chunks of floats
    byte[] data = new byte[4 * size + 1];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i * 31 >> 3);
    }
    String header =
        "{"
            + entry("u", "U8", "[1]", 0, 1)
            + ","
            + entry("f", "F32", "[" + size + "]", 1, data.length)
            + "}";
    byte[] content = Samples.file(Samples.ascii(header), data);
    float[] fromMemory = SafetensorsFile.of(content, "memory").read("f").data();
    float[] fromDisk = SafetensorsFile.open(Files.write(file, content)).read("f").data();
    for (int i = 0; i < size; i++) {
      int at = 1 + 4 * i;
      int bits =
          data[at] & 0xff
              | (data[at + 1] & 0xff) << 8
              | (data[at + 2] & 0xff) << 16
              | data[at + 3] << 24;
      assertThat(Float.floatToRawIntBits(fromMemory[i])).isEqualTo(bits);
      assertThat(Float.floatToRawIntBits(fromDisk[i])).isEqualTo(bits);
    }
  }

  @Test
  void hostileNamesCannotBreakTheMessage() {
    String name = "a\\n\\u001b[31m\\u2028\\u202e" + "x".repeat(5000);
    byte[] content = Samples.file("{" + entry(name, "F33", "[1]", 0, 4) + "}", 4);
    WeightsFileException e =
        refused(() -> SafetensorsFile.of(content, "in\nmemory"), Code.UNKNOWN_DTYPE);
    assertThat(e.getMessage())
        .startsWith("in\\u000amemory: tensor 'a\\u000a\\u001b[31m\\u2028\\u202exxx")
        .hasSizeLessThan(400);
    assertThat(e.tensor().orElseThrow()).startsWith("a\n\u001b[31m");
  }

  private void truncate() throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(access.length() - 4);
    }
  }

  private static WeightsFileException refused(ThrowingCallable call, Code code) {
    WeightsFileException e = catchThrowableOfType(WeightsFileException.class, call);
    assertThat(e).isNotNull();
    assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
    return e;
  }
}
