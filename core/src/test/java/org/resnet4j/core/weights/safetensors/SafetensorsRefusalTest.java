package org.resnet4j.core.weights.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.resnet4j.core.weights.safetensors.Samples.announcing;
import static org.resnet4j.core.weights.safetensors.Samples.ascii;
import static org.resnet4j.core.weights.safetensors.Samples.entry;
import static org.resnet4j.core.weights.safetensors.Samples.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;

/** Every kind of bad file is refused with its own code, from memory and from disk alike. */
class SafetensorsRefusalTest {
  private static final long MIB = 1 << 20;
  private static final byte[] NONE = {};

  /** {@code says} must occur in the message: the offender, or the remedy. */
  record Row(String title, byte[] content, Code code, String says) {
    @Override
    public String toString() {
      return title + " -> " + code;
    }
  }

  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource({"lengths", "otherFormats", "encodings", "syntax", "numbers"})
  @MethodSource({"entries", "duplicates", "metadata", "offsets", "sizes", "limits"})
  void refuses(Row row) throws IOException {
    check(row, "memory", () -> SafetensorsFile.of(row.content, "memory"));
    Path file = Files.write(folder.resolve("bad.safetensors"), row.content);
    check(row, file.toString(), () -> SafetensorsFile.open(file));
  }

  private static void check(
      Row row, String source, org.assertj.core.api.ThrowableAssert.ThrowingCallable open) {
    WeightsFileException e = catchThrowableOfType(WeightsFileException.class, open);
    assertThat(e).as(row.title).isNotNull();
    assertThat(e.code()).as(e.getMessage()).isEqualTo(row.code);
    assertThat(e.source()).isEqualTo(source);
    assertThat(e.getMessage()).startsWith(source + ": ").contains(row.says).doesNotContain("\n");
  }

  static List<Row> lengths() {
    List<Row> rows = new ArrayList<>();
    for (int size = 0; size < 8; size++) {
      Code code = Code.HEADER_TOO_SMALL;
      rows.add(new Row(size + " bytes", new byte[size], code, "only " + size + " bytes"));
    }
    rows.add(new Row("length 0", file("", 0), Code.INVALID_JSON, "not a JSON object"));
    rows.add(new Row("length 1", file("{", 0), Code.INVALID_JSON, "not valid JSON"));
    for (long length : new long[] {100_000_001, Long.MIN_VALUE, -1}) {
      rows.add(
          new Row(
              "length " + Long.toUnsignedString(length),
              announcing(length, ascii("{}")),
              Code.HEADER_TOO_LARGE,
              Long.toUnsignedString(length)));
    }
    rows.add(
        new Row(
            "beyond the file", announcing(3, ascii("{}")), Code.HEADER_BEYOND_FILE, "header of 3"));
    rows.add(
        new Row(
            "beyond the default limit",
            announcing(16 * MIB + 1, ascii("{}")),
            Code.HEADER_TOO_LARGE,
            "Limits.maxHeaderBytes"));
    return rows;
  }

  static List<Row> otherFormats() throws IOException {
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
      out.write(new byte[100]);
    }
    byte[] gzipWithTime = gzip.toByteArray();
    gzipWithTime[7] = 0x65;
    String lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 46827520\n";
    Code large = Code.HEADER_TOO_LARGE;
    return List.of(
        new Row("Git LFS pointer", ascii(lfs), large, "git lfs pull"),
        new Row("HTML", ascii("<!DOCTYPE html><html><body>404"), large, "web page"),
        new Row("HTML after a line", ascii("\n<html lang=en>"), large, "web page"),
        new Row("JSON", ascii("{\"weight_map\": {}}"), large, "index"),
        new Row("gzip with time", gzipWithTime, large, "gzip"),
        new Row("gzip", gzip.toByteArray(), Code.HEADER_BEYOND_FILE, "gzip"),
        new Row("zip", ascii("PK\3\4\0\0\10\10\0\0\0\0"), large, "safetensors.torch.save_file"),
        new Row("pickle", ascii("\u0080\2\u008a\12l\u00fc\u009cF\u00f9 j"), large, "pickle"),
        new Row("ONNX", ascii("\10\7\22\7pytorch\32\0052.0.1"), large, "ONNX"),
        new Row("HDF5", ascii("\u0089HDF\r\n\32\n\0\0"), large, "HDF5"),
        new Row("GGUF", ascii("GGUF\3\0\0\0\0\0\0\1"), large, "GGUF"));
  }

  static List<Row> encodings() {
    Code utf8 = Code.INVALID_UTF8;
    Code json = Code.INVALID_JSON;
    byte[] utf16 = "{}".getBytes(StandardCharsets.UTF_16LE);
    return List.of(
        new Row("stray byte", file(ascii("{\"\u00ff\":1}"), NONE), utf8, "UTF-8"),
        new Row("overlong", file(ascii("{\"\u00c0\u00af\":1}"), NONE), utf8, "UTF-8"),
        new Row("encoded surrogate", file(ascii("{\"\u00ed\u00a0\u0080\":1}"), NONE), utf8, ""),
        new Row("cut sequence", file(ascii("{} \u00c3"), NONE), utf8, "UTF-8"),
        new Row("BOM", file(ascii("\u00ef\u00bb\u00bf{}"), NONE), json, "feff"),
        new Row("UTF-16", file(utf16, NONE), json, "not valid JSON"),
        new Row("lone surrogate name", file("{\"\\ud800\":{}}", 0), json, "surrogate"),
        new Row("low surrogate name", file("{\"\\udc00\":{}}", 0), json, "surrogate"),
        new Row("surrogate value", meta("{\"a\":\"\\ud800\"}"), json, "surrogate"),
        new Row("low surrogate value", meta("{\"a\":\"\\udc00x\"}"), json, "surrogate"),
        new Row("surrogate in unknown field", extra("[\"\\ud834\"]"), json, "surrogate"));
  }

  static List<Row> syntax() {
    String valid = entry("a", "F32", "[1]", 0, 4);
    List<Row> rows = new ArrayList<>();
    List<String> headers =
        List.of(
            "[]",
            "\"a\"",
            "1",
            "null",
            "   ",
            "{}{}",
            "{}x",
            "{} 1",
            "{}\0\0\0",
            "\0{}",
            "\u00a0{}",
            "[".repeat(100_000),
            "{" + valid + ",}",
            "{/* c */" + valid + "}",
            "{" + valid + "} // c",
            "{" + valid + "} # c",
            "{" + valid.replace('"', '\'') + "}",
            "{" + valid.replace("\"a\"", "a") + "}",
            "{" + valid.replace("\"a\"", "\"a\tb\"") + "}",
            "{" + valid.replace("\"a\"", "\"\\x61\"") + "}",
            "{" + valid.replace("[1]", "[1,]") + "}",
            "{" + valid.replace("[1]", "[1}") + "}",
            "{" + valid.replace("[1]", "[+1]") + "}",
            "{" + valid.replace("[1]", "[01]") + "}",
            "{" + valid.replace("[1]", "[1_0]") + "}",
            "{" + valid.replace("[1]", "[0x1]") + "}",
            "{" + valid.replace("[1]", "[NaN]") + "}",
            "{" + valid.replace("[1]", "[Infinity]") + "}",
            "{" + valid);
    for (String header : headers) {
      String title = header.substring(0, Math.min(header.length(), 60)).replace('\0', '0');
      rows.add(new Row(title, file(header, 4), Code.INVALID_JSON, "header"));
    }
    String deep = "[".repeat(100_000) + "]".repeat(100_000);
    rows.add(new Row("deep unknown field", extra(deep), Code.INVALID_JSON, "nests deeper"));
    rows.add(new Row("unknown field 1e999", extra("1e999"), Code.INVALID_JSON, "out of range"));
    rows.add(
        new Row("400 digits", extra("9".repeat(400)), Code.INVALID_JSON, "number out of range"));
    return rows;
  }

  static List<Row> numbers() {
    List<Row> rows = new ArrayList<>();
    for (String number :
        List.of("1.0", "1e0", "-1", "-0", "18446744073709551616", "9".repeat(400))) {
      String shape = entry("n", "F32", "[" + number + "]", 0, 4);
      rows.add(new Row("shape " + number, file("{" + shape + "}", 4), Code.BAD_NUMBER, "'n'"));
      String end = entry("n", "F32", "[1]", 0, 4).replace("[0,4]", "[0," + number + "]");
      rows.add(new Row("offset " + number, file("{" + end + "}", 4), Code.BAD_NUMBER, "'n'"));
    }
    return rows;
  }

  static List<Row> entries() {
    String valid = entry("bad", "F32", "[1]", 0, 4);
    String[][] changes = {
      {"\"dtype\":\"F32\",", "", "has no dtype"},
      {"\"shape\":[1],", "", "has no shape"},
      {",\"data_offsets\":[0,4]", "", "has no data_offsets"},
      {"\"F32\"", "32", "dtype that is not a string"},
      {"\"F32\"", "null", "dtype that is not a string"},
      {"[1]", "1", "shape that is not an array"},
      {"[1]", "[\"1\"]", "other than numbers"},
      {"[1]", "[[1]]", "other than numbers"},
      {"[1]", "[true]", "other than numbers"},
      {"[1]", "[null]", "other than numbers"},
      {"[0,4]", "4", "not an array"},
      {"[0,4]", "{}", "not an array"},
      {"[0,4]", "[]", "fewer than two"},
      {"[0,4]", "[0]", "fewer than two"},
      {"[0,4]", "[0,4,8]", "more than two"},
      {"[0,4]", "[0,\"4\"]", "other than numbers"},
      {"\"dtype\":\"F32\"", "\"dtype\":\"F32\",\"dtype\":\"F32\"", "dtype twice"},
      {"\"shape\":[1]", "\"shape\":[1],\"sh\\u0061pe\":[1]", "shape twice"},
      {"[0,4]}", "[0,4],\"data_offsets\":[0,4]}", "data_offsets twice"},
    };
    List<Row> rows = new ArrayList<>();
    for (String[] change : changes) {
      String header = "{" + valid.replace(change[0], change[1]) + "}";
      rows.add(new Row(header, file(header, 4), Code.BAD_TENSOR_ENTRY, change[2]));
    }
    for (String value : List.of("1", "null", "\"F32\"", "[\"F32\",[1],[0,4]]")) {
      String header = "{\"bad\":" + value + "}";
      rows.add(
          new Row(header, file(header, 4), Code.BAD_TENSOR_ENTRY, "not described by an object"));
    }
    for (String dtype : List.of("f32", "F33", "float32", "", "F32 ")) {
      String header = "{" + entry("bad", dtype, "[1]", 0, 4) + "}";
      rows.add(new Row(header, file(header, 4), Code.UNKNOWN_DTYPE, "'" + dtype + "'"));
    }
    return rows;
  }

  static List<Row> duplicates() {
    Code code = Code.DUPLICATE_KEY;
    String a = entry("a", "F32", "[1]", 0, 4);
    String next = entry("a", "F32", "[1]", 4, 8);
    String escaped = entry("\\u0061", "F32", "[1]", 0, 4);
    return List.of(
        new Row("same tensor", file("{" + a + "," + a + "}", 4), code, "'a' occurs twice"),
        new Row("other offsets", file("{" + a + "," + next + "}", 8), code, "'a' occurs twice"),
        new Row("escaped", file("{" + a + "," + escaped + "}", 4), code, "'a' occurs twice"),
        new Row(
            "two metadata",
            file("{\"__metadata__\":{},\"__metadata__\":{}}", 0),
            code,
            "'__metadata__' occurs twice"),
        new Row("metadata key", meta("{\"k\":\"1\",\"k\":\"2\"}"), code, "'k' occurs twice"));
  }

  static List<Row> metadata() {
    Code code = Code.BAD_METADATA;
    List<Row> rows = new ArrayList<>();
    for (String value : List.of("null", "[]", "\"text\"", "1")) {
      rows.add(new Row("metadata " + value, meta(value), code, "not an object"));
    }
    for (String value : List.of("null", "[]", "{}", "1", "true")) {
      rows.add(new Row("metadata k " + value, meta("{\"k\":" + value + "}"), code, "'k'"));
    }
    return rows;
  }

  static List<Row> offsets() {
    Code code = Code.BAD_OFFSETS;
    String a = entry("a", "F32", "[1]", 0, 4);
    return List.of(
        new Row("backwards", of(4, entry("b", "F32", "[1]", 4, 0)), code, "'b' ends before"),
        new Row("backwards after", of(8, a, entry("b", "U8", "[2]", 4, 2)), code, "ends before"),
        new Row("end beyond", of(4, entry("b", "F32", "[1]", 0, 8)), code, "beyond the 4 bytes"),
        new Row("begin beyond", of(4, a, entry("b", "F32", "[1]", 9, 13)), code, "5 bytes after"),
        new Row("late start", of(8, entry("b", "F32", "[1]", 4, 8)), code, "hole of 4 bytes"),
        new Row("overlap", of(6, a, entry("b", "F32", "[1]", 2, 6)), code, "overlaps 'a' by 2"),
        new Row("inside", of(4, a, entry("b", "U8", "[1]", 1, 2)), code, "overlaps 'a' by 1"),
        new Row("tied", of(4, a, entry("b", "F32", "[1]", 0, 4)), code, "overlaps 'a' by 4"),
        new Row("hole", of(9, a, entry("b", "F32", "[1]", 5, 9)), code, "1 bytes after 'a'"),
        new Row("empty astray", of(4, a, entry("b", "F32", "[0]", 2, 2)), code, "overlaps 'a'"),
        new Row(
            "offset 2^64-1",
            file("{" + a.replace("[0,4]", "[0,18446744073709551615]") + "}", 4),
            code,
            "18446744073709551615"),
        new Row(
            "offset 2^63-1",
            file("{" + a.replace("[0,4]", "[9223372036854775803,9223372036854775807]") + "}", 4),
            code,
            "hole"));
  }

  static List<Row> sizes() {
    Code overflow = Code.OVERFLOW;
    Code size = Code.SIZE_MISMATCH;
    byte[] complete = of(4, entry("a", "F32", "[1]", 0, 4));
    byte[] cut = Arrays.copyOf(complete, complete.length - 1);
    byte[] longer = Arrays.copyOf(complete, complete.length + 1);
    return List.of(
        new Row("product", one("F32", "[2,18446744073709551614]", 4), overflow, "'a'"),
        new Row("times dtype", one("F32", "[2,9223372036854775807]", 4), overflow, "'a'"),
        new Row("bits", one("F64", "[2305843009213693952]", 4), overflow, "'a'"),
        new Row("zero too late", one("F32", "[9223372036854775807,4,0]", 0), overflow, "'a'"),
        new Row("too few bytes", one("F32", "[2]", 4), size, "needs 8 bytes but has 4"),
        new Row("too many bytes", one("F32", "[2]", 12), size, "needs 8 bytes but has 12"),
        new Row("empty scalar", one("F32", "[]", 0), size, "needs 4 bytes but has 0"),
        new Row("zero extent", one("F32", "[2,0]", 4), size, "needs 0 bytes but has 4"),
        new Row("half a byte", one("F4", "[3]", 1), size, "whole bytes"),
        new Row("one byte short", cut, Code.DATA_TRUNCATED, "3 bytes of data where"),
        new Row(
            "header only",
            file("{" + entry("a", "F32", "[1]", 0, 4) + "}", 0),
            Code.DATA_TRUNCATED,
            "fetch the file again"),
        new Row("one byte long", longer, Code.TRAILING_BYTES, "1 bytes after"),
        new Row("data without tensors", file("{}", 1), Code.TRAILING_BYTES, "1 bytes after"));
  }

  static List<Row> limits() {
    String rank = "[1" + ",1".repeat(64) + "]";
    String name = "n".repeat(65_537);
    return List.of(
        new Row("65 extents", one("F32", rank, 4), Code.LIMIT_EXCEEDED, "64 extents"),
        new Row(
            "long name",
            of(4, entry(name, "F32", "[1]", 0, 4)),
            Code.LIMIT_EXCEEDED,
            "at most 64 extents"),
        new Row(
            "long number",
            extra("1".repeat(5000)),
            Code.LIMIT_EXCEEDED,
            "exceeds the maximum allowed (1000); "));
  }

  private static byte[] of(int dataBytes, String... entries) {
    return file("{" + String.join(",", entries) + "}", dataBytes);
  }

  private static byte[] one(String dtype, String shape, int dataBytes) {
    return of(dataBytes, entry("a", dtype, shape, 0, dataBytes));
  }

  private static byte[] meta(String value) {
    return file("{\"__metadata__\":" + value + "}", 0);
  }

  private static byte[] extra(String value) {
    String entry = entry("a", "F32", "[1]", 0, 4);
    return of(4, entry.replace("{\"dtype\"", "{\"x\":" + value + ",\"dtype\""));
  }
}
