package org.resnet4j.bench.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.resnet4j.bench.result.Accuracy;
import org.resnet4j.bench.result.EngineFacts;
import org.resnet4j.bench.result.LayerProfile;
import org.resnet4j.bench.result.MachineFacts;
import org.resnet4j.bench.result.Missing;
import org.resnet4j.bench.result.Results;
import org.resnet4j.bench.result.ResultsJson;
import org.resnet4j.bench.result.Row;

class ComparePageTest {
  private static final Pattern ROW = Pattern.compile("<tr>(.*?)</tr>");
  private static final Pattern DATA = Pattern.compile("base64,([A-Za-z0-9+/=]+)");
  private static final String HOSTILE = "<script>alert(1)</script>\"'&\u0000\u009b\u202e";

  private static List<List<String>> rows(String html) {
    return ROW.matcher(html)
        .results()
        .map(row ->
            List.of(row.group(1).replaceAll("<svg.*?</svg>", "").split("</t[dh]>", -1)).stream()
                .map(cell -> cell.replaceAll("<[^>]*>", ""))
                .toList())
        .toList();
  }

  @Test
  void everyRowIsInTheTableWithItsNumbers() {
    Results results = SampleResults.full();
    List<List<String>> rows = rows(ComparePage.of(results, null));
    for (Row row : results.results()) {
      String engine =
          row.engine().startsWith("cuda") || row.engine().equals("simd")
              ? "resnet4j " + row.engine()
              : row.engine() + " 1.29.0";
      assertThat(rows)
          .as("%s", row)
          .anyMatch(cells ->
              cells.size() > 12
                  && cells.get(0).equals(row.model())
                  && cells.get(2).equals(Integer.toString(row.batch()))
                  && cells.get(3).equals(engine)
                  && near(cells.get(4), row.imagesPerSecond())
                  && near(cells.get(5), row.millis().p50())
                  && near(cells.get(6), row.millis().p90())
                  && near(cells.get(7), row.millis().p99())
                  && Math.abs(
                          Double.parseDouble(cells.get(8).split(" ", -1)[0]) - row.ratioToOurs())
                      < 0.0051 + 0.01 * row.ratioToOurs()
                  && !cells.get(11).isEmpty());
    }
  }

  /** Networks and engines that have nothing to do with each other, as results of many may have. */
  @Test
  void aPageGrowsWithItsRows() {
    Results few = SampleResults.apart(50);
    Results many = SampleResults.apart(400);
    int ofFew = ComparePage.of(few, null).length();
    String page = ComparePage.of(many, null);
    assertThat(page.length()).isLessThan(9 * ofFew);
    assertThat(rows(page)).anyMatch(cells -> cells.getFirst().equals("m399"));
  }

  /** Each engine has a price, is a device of its own, and has rows of one network alone. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void soDoItsPricesAndItsDevices() {
    String few = ComparePage.of(SampleResults.devices(100), null);
    String many = ComparePage.of(SampleResults.devices(4000), null);
    assertThat(many.length()).isLessThan(50 * few.length());
    assertThat(rows(many)).anyMatch(cells -> cells.getFirst().equals("m3999"));
  }

  /** All of them of one network, so that each could be held beside every other. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void soDoItsEngines() {
    String few = ComparePage.of(SampleResults.together(100), SampleResults.together(50));
    String many = ComparePage.of(SampleResults.together(4000), SampleResults.together(3000));
    assertThat(many.length()).isLessThan(50 * few.length());
    assertThat(rows(many)).anyMatch(cells -> cells.get(1).equals("e3999"));
  }

  /** A step is no reason to draw 152 layers. */
  @Test
  void whatLacksLayersIsNotDrawn() {
    Results whole = SampleResults.full();
    LayerProfile profile = whole.profiles().getFirst();
    assertThat(ComparePage.of(whole, null)).contains("Drawing of " + profile.model());
    LayerProfile part =
        SampleResults.withSteps(profile, profile.steps().subList(1, profile.steps().size()));
    assertThat(ComparePage.of(Results.of(whole.machine(), null).plus(part), null))
        .doesNotContain("Drawing of " + profile.model())
        .contains("Results hold no graph to draw");
  }

  @Test
  void everyLayerAndEveryAccuracyIsThere() {
    Results results = SampleResults.full();
    List<List<String>> rows = rows(ComparePage.of(results, null));
    for (LayerProfile profile : results.profiles()) {
      for (LayerProfile.Step step : profile.steps()) {
        assertThat(rows)
            .as("%s", step)
            .anyMatch(cells ->
                cells.get(0).equals(step.node())
                    && cells.get(1).equals(step.algorithm())
                    && near(cells.get(4), step.millis()));
      }
    }
    for (Accuracy one : results.accuracy()) {
      assertThat(rows)
          .anyMatch(cells ->
              cells.get(0).equals(one.model())
                  && cells.get(1).contains(one.engine())
                  && cells.get(2).equals("%.1e".formatted(one.relativeL2()))
                  && cells.get(4).equals(one.sameBest() + " of " + one.images()));
    }
  }

  private static boolean near(String text, double value) {
    return Math.abs(Double.parseDouble(text) - value) <= 0.006 * Math.abs(value) + 6e-4;
  }

  @Test
  void theDataInThePageIsTheResults() {
    Matcher data = DATA.matcher(ComparePage.of(SampleResults.full(), null));
    assertThat(data.find()).isTrue();
    String json = new String(Base64.getDecoder().decode(data.group(1)), StandardCharsets.UTF_8);
    assertThat(json).isEqualTo(ResultsJson.write(SampleResults.full()) + "\n");
  }

  /** A million images at 125 images/s and 0.17 an hour; the GPU overtakes at once. */
  @Test
  void pricesAndTheCrossoverAreWorkedOut() {
    List<List<String>> rows = rows(ComparePage.of(SampleResults.full(), null));
    assertThat(rows)
        .anyMatch(cells ->
            cells
                .subList(0, cells.size() - 1)
                .equals(
                    List.of(
                        "resnet18",
                        "resnet4j simd",
                        "0.17",
                        "128",
                        "125",
                        "0.38",
                        "0.031 (cuda fp16)")))
        .anyMatch(cells ->
            cells
                .subList(0, cells.size() - 1)
                .equals(List.of("resnet18", "resnet4j cuda fp32", "1", "3.99", "36.2", "128")));
  }

  @Test
  void theNoiseDecidesWhatHasChanged() {
    String html = ComparePage.of(SampleResults.full(), SampleResults.other());
    assertThat(html).contains("Of 80 configurations, 0 are faster and 16 are slower beyond");
    assertThat(html).contains("Not in the earlier results: resnext101_64x4d, batch 1, ");
    assertThat(ComparePage.of(SampleResults.other(), SampleResults.full()))
        .contains("Of 80 configurations, 16 are faster and 0 are slower beyond");
  }

  @Test
  void saysWhatIsUnusual() {
    assertThat(ComparePage.of(SampleResults.unfinished(), null))
        .contains("This run is not finished: 1 of 12 configurations have been measured.")
        .contains("No GPU was measured: libcuda.so.1 cannot be loaded; install the NVIDIA driver")
        .contains("gave another answer, and was not timed")
        .contains("the heap is too small; -Xmx8g");
    assertThat(ComparePage.of(SampleResults.emulated(), null))
        .contains("The GPU&#39;s times are an emulator".replace("&#39;", "'"))
        .contains("resnet4j cuda fp16 (emulator)");
    assertThat(ComparePage.of(SampleResults.full(), null)).doesNotContain("emulator");
  }

  @Test
  void hasNoScriptAndAsksNobodyWhateverNamesAre() {
    MachineFacts machine =
        new MachineFacts(
            HOSTILE,
            2,
            HOSTILE,
            HOSTILE,
            1L,
            HOSTILE,
            HOSTILE,
            List.of(
                new EngineFacts(HOSTILE, EngineFacts.Kind.CPU, HOSTILE, HOSTILE, HOSTILE),
                new EngineFacts("cuda", EngineFacts.Kind.GPU, HOSTILE, HOSTILE, HOSTILE)),
            1,
            HOSTILE,
            null);
    Results results =
        Results.of(machine, null)
            .plus(List.of(SampleResults.row(HOSTILE, HOSTILE, 1, 1, 1, 1)))
            .plus(new Missing(HOSTILE, HOSTILE, 1, 1, Missing.Kind.FAILED, HOSTILE))
            .plus(new Accuracy(HOSTILE, HOSTILE, HOSTILE, 1, 1, 1, 1, null))
            .plus(SampleResults.profile("resnet18", HOSTILE, 1, 1.0));
    String html = ComparePage.of(results, results);
    assertThat(html)
        .doesNotContain("<script")
        .doesNotContain("http:")
        .doesNotContain("https:")
        .doesNotContain("\u0000")
        .doesNotContain("\u009b")
        .doesNotContain("\u202e") // what follows would be read backwards
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;");
  }

  @Test
  void nothingMeasuredIsAPageToo() {
    Results results = Results.of(SampleResults.full().machine(), null);
    assertThat(ComparePage.of(results, null)).contains("Nothing has been timed yet.");
  }

  /** Ratios are within a run, and between two runs those of images/s. */
  @Test
  void severalRunsAreNotTakenForOne() {
    String html = ComparePage.of(List.of(SampleResults.full(), SampleResults.other()), null);
    assertThat(html)
        .contains("as fast as A: onnxruntime 1.29.0: A: resnet4j simd, in 24 configurations")
        .contains("as fast as B: onnxruntime 1.29.0: B: resnet4j simd, in 16 configurations")
        .contains("<strong>1.25 times</strong>")
        .contains("<strong>1.62 to 1.63 times</strong>")
        .doesNotContain("as fast as B: onnxruntime 1.29.0: A:");
    Row one = SampleResults.row("m", "A: cuda", 1, 300, 3, 1);
    assertThat(Sheet.times(one, SampleResults.row("m", "A: simd", 1, 90, 1, 1))).isEqualTo(3);
    assertThat(Sheet.times(one, SampleResults.row("m", "B: simd", 1, 150, 1, 1))).isEqualTo(2);
  }
}
