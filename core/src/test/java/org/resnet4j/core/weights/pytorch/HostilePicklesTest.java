package org.resnet4j.core.weights.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.weights.DType;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;

/** Files that are made to run something, to exhaust something or to mislead are refused at once. */
class HostilePicklesTest {
  private static final long MOST_BYTES = 64 << 20;
  private static final long MOST_NANOS = 1_000_000_000;
  private static final int MUTATIONS = 20_000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /**
   * A file and what is to be said of it.
   *
   * @param reason part of the message
   */
  record Hostile(String title, byte[] content, Code code, String reason) {
    @Override
    public String toString() {
      return title;
    }
  }

  private static Hostile pickle(String title, Pickles pickle, Code code, String reason) {
    return new Hostile(title, Pickles.archive(pickle.bytes(), 8), code, reason);
  }

  private static Pickles dict() {
    return new Pickles().code('}').text("w");
  }

  private static Hostile tensor(
      String title, long elements, long offset, long[] shape, long[] strides, Code code) {
    return pickle(
        title, dict().tensor(elements, offset, shape, strides).code('s'), code, "archive.pth: ");
  }

  static Stream<Hostile> pickles() {
    long[] one = {1};
    return Stream.of(
        pickle(
            "a command",
            new Pickles().global("os", "system").text("touch /tmp/x").code(0x85).code('R'),
            Code.FORBIDDEN_PICKLE,
            "'os.system'"),
        pickle(
            "an evaluation",
            new Pickles().text("builtins").text("eval").code(0x93).text("1").code(0x85).code('R'),
            Code.FORBIDDEN_PICKLE,
            "'builtins.eval'"),
        pickle(
            "a tensor whose elements are negated",
            dict()
                .tensor(1, 0, one, one, more -> more.code('}').text("neg").code(0x88).code('s'))
                .code('s'),
            Code.BAD_PICKLE,
            "a negated or other view"),
        pickle(
            "a storage type of another module",
            dict().global("evil", "FloatStorage").code('s'),
            Code.FORBIDDEN_PICKLE,
            "'evil.FloatStorage'"),
        pickle(
            "control characters in a name",
            new Pickles().global("a\u001b[2J", "b"),
            Code.FORBIDDEN_PICKLE,
            "a\\u001b[2J.b"),
        pickle(
            "attributes of a tensor",
            dict().tensor(1, 0, one, one).code('}').code('b').code('s'),
            Code.FORBIDDEN_PICKLE,
            "attributes of 'View'"),
        pickle("an instance", new Pickles().ascii("(ios\nsystem\n"), Code.BAD_PICKLE, "the code"),
        pickle("an extension", new Pickles().code(0x82).code(1), Code.BAD_PICKLE, "the code 130"),
        pickle(
            "a call of a storage type",
            dict().global("torch", "FloatStorage").code(')').code('R').code('s'),
            Code.BAD_PICKLE,
            "as PyTorch does not"),
        pickle("protocol 0", new Pickles().code(0x80).code(0), Code.BAD_PICKLE, "protocol 0"),
        pickle("nothing", new Pickles(), Code.BAD_PICKLE, "takes more than it made"),
        pickle("too much", new Pickles().code('}').code('}'), Code.BAD_PICKLE, "left over"),
        pickle("no mark", new Pickles().code('t'), Code.BAD_PICKLE, "takes more than it made"),
        pickle("no memory", new Pickles().code('h').code(9), Code.BAD_PICKLE, "never kept"),
        pickle("odd items", new Pickles().ascii("}(NNNu"), Code.BAD_PICKLE, "no dictionary"),
        pickle("no list", new Pickles().ascii("}Na"), Code.BAD_PICKLE, "no list"),
        pickle(
            "a long string",
            new Pickles().code(0x8d).int64(1L << 62),
            Code.BAD_PICKLE,
            "announces 4611686018427387904 bytes"),
        pickle("a negative string", new Pickles().code(0x8d).int64(-1), Code.BAD_PICKLE, "-1"),
        pickle(
            "a long string of the usual kind",
            new Pickles().code('X').int32(-1),
            Code.BAD_PICKLE,
            "announces 4294967295 bytes"),
        pickle(
            "a long integer",
            new Pickles().code(0x8b).int32(Integer.MAX_VALUE),
            Code.BAD_PICKLE,
            "an integer of 2147483647 bytes"),
        pickle("a string that is none", dict().ascii("U\2\377\377s"), Code.BAD_PICKLE, "not UTF-8"),
        pickle(
            "an endless name",
            new Pickles().ascii("c" + "a".repeat(5000)),
            Code.BAD_PICKLE,
            "long"),
        pickle(
            "a key that takes for ever to compare",
            doubling(new Pickles().code('}').code(')'), "2\206", 60).ascii("Ns"),
            Code.BAD_PICKLE,
            "no weights need"),
        pickle(
            "a tuple as a key",
            new Pickles().ascii("})Ns"),
            Code.BAD_PICKLE,
            "neither a name nor a number"),
        pickle("lists in lists", lists(60), Code.NO_STATE_DICT, "no tensors by name"),
        pickle(
            "names and numbers as keys",
            new Pickles().ascii("}K\1N").code('s').text("a").ascii("Ns"),
            Code.BAD_PICKLE,
            "names and numbers"),
        pickle(
            "a key without end",
            new Pickles().code('}').text("a.".repeat(40_000)).ascii("Ns"),
            Code.BAD_PICKLE,
            "a key of 80000 characters"),
        pickle(
            "an ordered dictionary's key without end",
            new Pickles()
                .global("collections", "OrderedDict")
                .ascii("](")
                .text("a".repeat(80_000))
                .ascii("N\206e\205R"),
            Code.BAD_PICKLE,
            "a key of 80000 characters"),
        pickle("a storage's key without end", storages(80_000, 1), Code.BAD_PICKLE, "a key of"),
        pickle("long keys of storages", storages(60_000, 150_000), Code.BAD_PICKLE, "steps"),
        pickle("long keys in a dictionary", sameKeys(60_000, 150_000), Code.BAD_PICKLE, "steps"),
        pickle(
            "marks without end",
            new Pickles().ascii("(".repeat(2 << 20)),
            Code.BAD_PICKLE,
            "steps"),
        pickle(
            "tuples in tuples",
            new Pickles().code(')').ascii("\205".repeat(2 << 20)),
            Code.BAD_PICKLE,
            "steps"),
        pickle("pairs again and again", pairs(), Code.BAD_PICKLE, "more than 400000 steps"),
        tensor(
            "reads all of it for two", 8, 0, new long[] {2}, new long[] {1 << 20}, Code.BAD_PICKLE),
        new Hostile("spans of two values each", spans(3_000), Code.BAD_PICKLE, "too often"),
        pickle("no storage", dict().text("x").code('Q').code('s'), Code.BAD_PICKLE, "no storage"),
        tensor("more than the storage", 8, 0, new long[] {9}, one, Code.BAD_PICKLE),
        tensor("beyond the storage", 8, 8, one, one, Code.BAD_PICKLE),
        tensor("a stride beyond", 8, 0, new long[] {2}, new long[] {8}, Code.BAD_PICKLE),
        tensor("repeated for ever", 8, 0, new long[] {1 << 30}, new long[] {0}, Code.BAD_PICKLE),
        tensor("backwards", 8, 7, new long[] {8}, new long[] {-1}, Code.BAD_PICKLE),
        tensor("negative extents", 8, 0, new long[] {-8}, one, Code.BAD_PICKLE),
        tensor("a negative offset", 8, -1, one, one, Code.BAD_PICKLE),
        tensor(
            "2^64 values",
            Long.MAX_VALUE,
            0,
            new long[] {1L << 32, 1L << 32},
            new long[] {1, 1},
            Code.BAD_PICKLE),
        tensor(
            "a stride of 2^62",
            Long.MAX_VALUE,
            0,
            new long[] {5},
            new long[] {1L << 62},
            Code.BAD_PICKLE),
        tensor("ranks that differ", 8, 0, one, new long[] {1, 1}, Code.BAD_PICKLE),
        tensor("too many extents", 8, 0, ones(65), ones(65), Code.BAD_PICKLE),
        tensor("a storage that lies", 1L << 40, 0, new long[] {1L << 40}, one, Code.DATA_TRUNCATED),
        tensor("a storage a little too large", 9, 0, one, one, Code.DATA_TRUNCATED),
        new Hostile("shared by many", shared(40_000), Code.BAD_PICKLE, "too often"));
  }

  private static long[] ones(int count) {
    long[] ones = new long[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static Pickles doubling(Pickles pickle, String step, int times) {
    for (int i = 0; i < times; i++) {
      pickle.ascii(step);
    }
    return pickle;
  }

  /** Each list has the one before twice: 2^60 elements for who follows them. */
  private static Pickles lists(int depth) {
    Pickles pickle = new Pickles().code('}').text("w").code(']').code('q').code(0);
    for (int i = 1; i < depth; i++) {
      pickle.code(']').code('q').code(i).code('(').code('h').code(i - 1).code('h').code(i - 1);
      pickle.code('e').code('0').code('h').code(i);
      pickle.code('q').code(i).code('0').code('0').code('h').code(i);
    }
    return pickle.code('s');
  }

  /** A dictionary made of one long list a thousand times. */
  private static Pickles pairs() {
    Pickles pickle = new Pickles().code(']').code('q').code(0).code('(');
    pickle.text("k").code('N').code(0x86).code('q').code(1);
    for (int i = 0; i < 10_000; i++) {
      pickle.code('h').code(1);
    }
    pickle.code('e').code('0');
    for (int i = 0; i < 1_000; i++) {
      pickle.global("collections", "OrderedDict").code('h').code(0).code(0x85).code('R').code('0');
    }
    return pickle.code('N');
  }

  /** Two equal keys of a storage, the second used again and again. */
  private static Pickles storages(int length, int times) {
    Pickles pickle = new Pickles().code('}');
    for (int i = 0; i < 2; i++) {
      pickle.code('(').text("storage").global("torch", "FloatStorage").text("k".repeat(length));
      pickle.text("cpu").number(1).code('t').code('q').code(i).code('Q').code('0');
    }
    for (int i = 0; i < times; i++) {
      pickle.ascii("h\1Q0");
    }
    return pickle;
  }

  /** Two equal keys of a dictionary, the second set again and again. */
  private static Pickles sameKeys(int length, int times) {
    Pickles pickle = new Pickles().code('}').text("k".repeat(length)).ascii("q\0Ns");
    pickle.text("k".repeat(length)).ascii("q\1Ns");
    for (int i = 0; i < times; i++) {
      pickle.ascii("h\1Ns");
    }
    return pickle;
  }

  /** Views of two values, each of which stretches over the whole storage. */
  private static byte[] spans(int tensors) {
    Pickles pickle = new Pickles().code('}').code('(');
    pickle.text("w").tensor(1 << 16, 0, new long[] {2}, new long[] {(1 << 16) - 1});
    pickle.code('q').code(0);
    for (int i = 0; i < tensors; i++) {
      pickle.text("w" + i).code('h').code(0);
    }
    return Pickles.archive(pickle.code('u').bytes(), 1 << 16);
  }

  /** Many tensors of one storage, which would need more memory than the file has. */
  private static byte[] shared(int tensors) {
    Pickles pickle = new Pickles().code('}').code('(');
    pickle.text("w").tensor(1 << 16, 0, new long[] {1 << 16}, new long[] {1}).code('q').code(0);
    for (int i = 0; i < tensors; i++) {
      pickle.text("w" + i).code('h').code(0);
    }
    return Pickles.archive(pickle.code('u').bytes(), 1 << 16);
  }

  static Stream<Hostile> archives() throws IOException {
    byte[] sound = PyTorchFileTest.resource("zip.pth");
    byte[] pickle = dict().tensor(8, 0, new long[] {8}, new long[] {1}).code('s').bytes();
    byte[] plain = Pickles.archive(pickle, 8); // without zip64, which PyTorch always writes
    assertThat(PyTorchFile.of(plain, "plain").shapes()).containsOnlyKeys("w");
    return Stream.of(
        archive("cut off", Arrays.copyOf(sound, sound.length - 30), "without its directory"),
        archive("compressed", Pickles.archive(pickle, 8, ZipEntry.DEFLATED), "compressed"),
        archive("an archive in an archive", zip(zip -> zip.add("a.pth", sound)), "none of torch"),
        archive(
            "two pickles",
            zip(zip -> zip.add("a/data.pkl", pickle).add("b/data.pkl", pickle)),
            "several pickles"),
        archive("no storage", zip(zip -> zip.add("a/data.pkl", pickle)), "lacks 'a/data/0'"),
        archive(
            "the other byte order",
            zip(zip ->
                zip.add("a/data.pkl", pickle).add("a/byteorder", new byte[] {'b', 'i', 'g'})),
            "byte order 'big'"),
        archive("a directory elsewhere", withInt(plain, end(plain) + 16, 0x7fffffff), "outside"),
        archive("more members than there are", withInt(plain, end(plain) + 10, 77), "directory"),
        archive("zip64 that is none", withInt(plain, end(plain) + 16, -1), "is nowhere"),
        archive("a member elsewhere", withInt(plain, central(plain) + 42, 0x7fffffff), "outside"),
        archive("a member without end", lengths(plain, 0x7fffffff), "outside"),
        archive("a member not where it is", withInt(plain, central(plain) + 42, 1), "not where"));
  }

  private static Hostile archive(String title, byte[] content, String reason) {
    return new Hostile(title, content, Code.BAD_ARCHIVE, reason);
  }

  private record Zip(List<String> names, List<byte[]> contents) {
    Zip add(String name, byte[] content) {
      names.add(name);
      contents.add(content);
      return this;
    }
  }

  private static byte[] zip(UnaryOperator<Zip> filled) throws IOException {
    Zip members = filled.apply(new Zip(new ArrayList<>(), new ArrayList<>()));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (int i = 0; i < members.names.size(); i++) {
        Pickles.member(out, members.names.get(i), members.contents.get(i), ZipEntry.STORED);
      }
    }
    return bytes.toByteArray();
  }

  private static int end(byte[] zip) {
    return zip.length - 22;
  }

  private static int central(byte[] zip) {
    int at = end(zip) + 16;
    return (zip[at] & 0xff) | (zip[at + 1] & 0xff) << 8 | (zip[at + 2] & 0xff) << 16;
  }

  private static byte[] withInt(byte[] content, int at, int value) {
    byte[] changed = content.clone();
    for (int i = 0; i < 4; i++) {
      changed[at + i] = (byte) (value >> (8 * i));
    }
    return changed;
  }

  private static byte[] lengths(byte[] zip, int value) {
    return withInt(withInt(zip, central(zip) + 20, value), central(zip) + 24, value);
  }

  /** Names of one hash, of which there are as many as of others. */
  @Test
  void namesOfOneHashAreReadAsSoonAsOthers() throws WeightsFileException {
    Pickles pickle = new Pickles().code('}').code('(');
    pickle.text("w").tensor(1, 0, new long[] {1}, new long[] {1}).code('q').code(0);
    int hash = 961 * 300 + 31 * 1500 + 30_000;
    int count = 0;
    for (char first = 280; first < 320; first++) {
      for (char second = 1000; second < 2000; second++) {
        int third = hash - 961 * first - 31 * second;
        if (third >= 0x800 && third < 0xD800) {
          String name = "" + first + second + (char) third;
          assertThat(name.hashCode()).isEqualTo(hash);
          pickle.text(name).code('h').code(0);
          count++;
        }
      }
    }
    assertThat(count).isGreaterThan(30_000);
    PyTorchFile file = PyTorchFile.of(Pickles.archive(pickle.code('u').bytes(), 1), "names.pth");
    long nanos = THREADS.getCurrentThreadCpuTime();
    assertThat(file.readAll(file.shapes().keySet())).hasSize(count + 1);
    assertThat(THREADS.getCurrentThreadCpuTime() - nanos).isLessThan(MOST_NANOS);
  }

  @Test
  void storagesOfOneHashAreFoundAsSoonAsOthers() {
    Map<Pickled.Storage, Integer> places = new HashMap<>();
    long nanos = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < 40_000; i++) {
      String key = Integer.toString(i);
      places.put(new Pickled.Storage(DType.F32, key, 2_000_000_000 - 31L * key.hashCode()), i);
    }
    assertThat(places.keySet().stream().map(Pickled.Storage::hashCode).distinct()).hasSize(1);
    assertThat(THREADS.getCurrentThreadCpuTime() - nanos).isLessThan(MOST_NANOS);
    assertThat(places).hasSize(40_000);
  }

  @ParameterizedTest
  @MethodSource({"pickles", "archives"})
  void refusesThem(Hostile hostile) {
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    long nanos = THREADS.getCurrentThreadCpuTime();
    WeightsFileException e =
        catchThrowableOfType(
            WeightsFileException.class, () -> PyTorchFile.of(hostile.content, "archive.pth"));
    assertThat(THREADS.getCurrentThreadCpuTime() - nanos).isLessThan(MOST_NANOS);
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - bytes).isLessThan(MOST_BYTES);
    assertThat(e).isNotNull();
    assertThat(e.code()).as(e.getMessage()).isEqualTo(hostile.code);
    assertThat(e).hasMessageContaining(hostile.reason).hasMessageStartingWith("archive.pth: ");
  }

  /** Cut anywhere, a file is refused or what is left of it is whole. */
  @Test
  void everyBeginningIsRefused() throws IOException {
    for (String name : List.of("zip.pth", "legacy.pth", "legacy-checkpoint.pth")) {
      byte[] whole = PyTorchFileTest.resource(name);
      for (int length = 0; length < whole.length; length++) {
        byte[] cut = Arrays.copyOf(whole, length);
        WeightsFileException e =
            catchThrowableOfType(
                WeightsFileException.class, () -> PyTorchFile.of(cut, "archive.pth"));
        assertThat(e).as(name + " of " + length).isNotNull();
        assertThat(e.getMessage()).doesNotContain("\n");
      }
    }
  }

  @Test
  void damageIsReadOrRefusedAndCostsLittle() throws IOException {
    List<byte[]> seeds =
        List.of(
            PyTorchFileTest.resource("zip.pth"),
            PyTorchFileTest.resource("legacy.pth"),
            PyTorchFileTest.resource("protocol4.pth"),
            PyTorchFileTest.resource("legacy-checkpoint.pth"));
    SplittableRandom random = new SplittableRandom(11);
    int fed = 0;
    long most = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutant = seeds.get(i % seeds.size()).clone();
      for (int edit = random.nextInt(1, 4); edit > 0; edit--) {
        mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
      }
      long bytes = THREADS.getCurrentThreadAllocatedBytes();
      try {
        PyTorchTarget.feed(mutant);
        fed++;
      } catch (RuntimeException | Error e) {
        throw new AssertionError("mutation " + i, e);
      }
      most = Math.max(most, THREADS.getCurrentThreadAllocatedBytes() - bytes);
    }
    assertThat(fed).isEqualTo(MUTATIONS);
    assertThat(most).isLessThan(4 << 20);
    System.out.printf(
        "R39: %d damaged files, 0 other throwables, at most %d kB of heap%n",
        MUTATIONS, most / 1000);
  }

  /** As PyTorch writes of a tensor that is what lies in its storage. */
  @Test
  void metadataThatSaysNothingIsPassedOver() throws IOException {
    long[] one = {1};
    for (int nothing : new int[] {'}', 'N'}) {
      Pickles pickle = dict().tensor(1, 0, one, one, more -> more.code(nothing)).code('s');
      assertThat(PyTorchFile.of(Pickles.archive(pickle.bytes(), 8), "x").shapes())
          .containsOnlyKeys("w");
    }
  }
}
