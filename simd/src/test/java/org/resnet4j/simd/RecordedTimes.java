package org.resnet4j.simd;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.resnet4j.simd.kernel.ConvAlgorithms;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machine.Processor;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.support.NetworkShapes;

/**
 * What each algorithm took for each convolution of the ten networks on a kind of processor, in
 * microseconds, as {@link KernelTimer} measures. A file has lines that begin with {@code #} for
 * people, and others of
 *
 * <pre>
 *   C,K,H,W,kernel,stride,padding,groups  algorithm=microseconds ...
 * </pre>
 *
 * <p>The main method makes one: the least of several medians on two threads. It takes some minutes,
 * in which nothing else should run, with the JVM options of the launcher.
 */
final class RecordedTimes {
  private static final int PASSES = 3;
  private static final int THREADS = 2;

  private RecordedTimes() {}

  /** The machine models of which there are some. */
  static Stream<MachineModel> machines() {
    return MachineModel.all().stream()
        .filter(machine -> RecordedTimes.class.getResource(file(machine)) != null);
  }

  private static String file(MachineModel machine) {
    return "times-" + machine.name() + ".txt";
  }

  /** Those of a machine model, from {@code times-NAME.txt} beside this class. */
  static Map<ConvShape, Map<ConvAlgorithm, Double>> of(MachineModel machine) {
    Map<ConvShape, Map<ConvAlgorithm, Double>> times = new LinkedHashMap<>();
    try (InputStream file = RecordedTimes.class.getResourceAsStream(file(machine))) {
      String text = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.lines().filter(each -> !each.startsWith("#")).toList()) {
        String[] parts = line.split(" ");
        Map<ConvAlgorithm, Double> byAlgorithm = new EnumMap<>(ConvAlgorithm.class);
        for (String part : Arrays.asList(parts).subList(1, parts.length)) {
          String[] pair = part.split("=");
          byAlgorithm.put(ConvAlgorithm.valueOf(pair[0]), Double.valueOf(pair[1]));
        }
        times.put(shape(parts[0]), byAlgorithm);
      }
      return times;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ConvShape shape(String text) {
    int[] n = Stream.of(text.split(",")).mapToInt(Integer::parseInt).toArray();
    return new ConvShape(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7]);
  }

  private static String text(ConvShape shape) {
    return IntStream.of(
            shape.inChannels(),
            shape.outChannels(),
            shape.height(),
            shape.width(),
            shape.kernel(),
            shape.stride(),
            shape.padding(),
            shape.groups())
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(","));
  }

  /** Records this machine's. */
  public static void main(String[] args) throws IOException {
    Map<ConvShape, double[]> least = new LinkedHashMap<>();
    try (WorkerPool pool = new WorkerPool(THREADS)) {
      KernelTimer timer = new KernelTimer(VectorWidth.preferred(), pool);
      for (int pass = 0; pass < PASSES; pass++) {
        for (ConvShape shape : NetworkShapes.all()) {
          List<ConvAlgorithm> algorithms = ConvAlgorithms.blocked(shape);
          if (algorithms.size() > 1) {
            long[] nanos = timer.nanos(shape, algorithms).orElseThrow();
            double[] micros = Arrays.stream(nanos).mapToDouble(each -> each / 1e3).toArray();
            least.merge(
                shape,
                micros,
                (a, b) ->
                    IntStream.range(0, a.length).mapToDouble(i -> Math.min(a[i], b[i])).toArray());
          }
        }
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "# %s; %s threads, batch 1, JDK %s, %s"
            .formatted(
                Processor.current(), THREADS, Runtime.version(), LocalDate.now(ZoneOffset.UTC)));
    least.forEach((shape, micros) -> {
      StringBuilder line = new StringBuilder(text(shape));
      List<ConvAlgorithm> algorithms = ConvAlgorithms.blocked(shape);
      for (int i = 0; i < micros.length; i++) {
        line.append(' ').append(algorithms.get(i)).append('=').append("%.1f".formatted(micros[i]));
      }
      lines.add(line.toString());
    });
    Files.write(Path.of(args[0]), lines);
  }
}
