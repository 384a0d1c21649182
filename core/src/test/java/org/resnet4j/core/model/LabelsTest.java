package org.resnet4j.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelsTest {
  @TempDir Path folder;

  @Test
  void knowsImageNetsClasses() {
    Labels labels = Labels.imagenet1k();
    assertThat(labels.size()).isEqualTo(1000);
    assertThat(labels.get(0)).isEqualTo("tench");
    assertThat(labels.get(207)).isEqualTo("golden retriever");
    assertThat(labels.get(999)).isEqualTo("toilet tissue");
    assertThat(Labels.imagenet1k()).isSameAs(labels);
  }

  @Test
  void numbersClasses() {
    assertThat(Labels.numbered(3).names()).containsExactly("class 0", "class 1", "class 2");
    assertThatThrownBy(() -> Labels.numbered(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cat\ndog\nKäfer\n",
        "cat\r\ndog\r\nKäfer",
        "\ufeffcat\ndog\nKäfer",
        "cat\ndog\nKäfer\n\n \n"
      })
  void readsOneLabelALine(String text) throws IOException {
    assertThat(Labels.read(write(text.getBytes(StandardCharsets.UTF_8))).names())
        .containsExactly("cat", "dog", "Käfer");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0\tcat\n1\tdog\n2\tKäfer\n",
        "n01440764\tcat\nn01443537\tdog\nn01484850\tKäfer",
        "0\tn01440764\tcat\n1\tn01443537\tdog\n2\tn01484850\tKäfer",
        "n01440764\tcat\tpurrs\nn01443537\tdog\tbarks\nn01484850\tKäfer\tcrawls",
        "2\tKäfer\n0\tcat\n1\tdog",
        "3\tKäfer\n1\tcat\n2\tdog",
        "n01440764 cat\nn01443537 dog\nn01484850 Käfer",
        "[\"cat\", \"dog\", \"K\\u00e4fer\"]",
        " {\"0\": \"cat\", \"2\": \"Käfer\", \"1\": \"dog\"}",
        "{\"0\": [\"n01440764\", \"cat\"], \"1\": [\"n0\", \"dog\"], \"2\": [\"n1\", \"Käfer\"]}",
        "{\"model_type\": \"resnet\", \"id2label\": {\"0\": \"cat\", \"1\": \"dog\", \"2\": \"Käfer\"}}",
      })
  void readsOtherFormsToo(String text) throws IOException {
    assertThat(Labels.read(write(text.getBytes(StandardCharsets.UTF_8))).names())
        .containsExactly("cat", "dog", "Käfer");
  }

  /** A line of blanks is looked at once. */
  @Test
  @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aLongLineTakesNoTime() throws IOException {
    Path file = folder.resolve("labels.txt");
    Files.writeString(file, "n12345678" + " ".repeat(400_000) + "\u2028x");
    assertThatThrownBy(() -> Labels.read(file)).isInstanceOf(ModelFileException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"0\": \"cat\", \"2\": \"dog\"} | none is for class 1; there is '0'",
        "0\\tcat\\n0\\tdog | do not count its 2 labels",
        "5\\tcat\\n6\\tdog | do not count its 2 labels",
        "0\\tcat\\n1\\tdog\\n3\\tbird\\n9\\tfish | do not count its 4 labels",
        "1\\tcat\\n2\\tdog\\n4\\tbird\\n999\\tfish | do not count its 4 labels",
        "0\\tcat\\nn01440764\\tdog | where other lines have a number",
        "{\"cat\": 0} | none is for class 0; there is 'cat'",
        "{\"0\": 1} | label 0 (counted from 0) is no string",
        "{\"0\": []} | label 0 (counted from 0) is no string",
        "[\"cat\", null] | label 1 (counted from 0) is no string",
        "[\"cat\" | not valid JSON",
        "[] | no labels",
        "{\"0\": \"\\u001b\"} | control character",
      })
  void namesWhatIsWrongWithAnObject(String text, String reason) throws IOException {
    assertRefused(
        write(text.replace("\\t", "\t").replace("\\n", "\n").getBytes(StandardCharsets.UTF_8)),
        reason,
        "write one label a line");
  }

  @Test
  void saysWhatItReadWhereTheNumberIsWrong() throws IOException {
    Labels labels = Labels.read(write("0\tcat\n1\tdog".getBytes(StandardCharsets.UTF_8)));
    ModelOptions options = ModelOptions.defaults().withLabels(labels);
    assertThatThrownBy(() -> SeededModels.loaded(options))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining(
            "fc.weight has 7 classes, and there are 2 labels (tab-separated, from 'cat' to 'dog')");
  }

  @Test
  void namesTheFileItCannotRead() throws IOException {
    assertRefused(folder.resolve("none.txt"), "no such file");
    assertRefused(folder, "no regular file");
    assertRefused(write(new byte[0]), "no labels");
    assertRefused(write("cat\n\ndog".getBytes(StandardCharsets.UTF_8)), "label 1", "blank");
    assertRefused(write("cat\u001b[2J".getBytes(StandardCharsets.UTF_8)), "control character");
    assertRefused(write("Käfer".getBytes(StandardCharsets.ISO_8859_1)), "not UTF-8");
  }

  private static void assertRefused(Path file, String... reasons) {
    assertThatThrownBy(() -> Labels.read(file))
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContainingAll(reasons);
  }

  private Path write(byte[] content) throws IOException {
    return Files.write(folder.resolve("labels.txt"), content);
  }

  @Test
  void refusesWhatCannotBePrintedOnALine() {
    assertThatThrownBy(() -> Labels.of(List.of())).hasMessageContaining("no labels");
    assertThatThrownBy(() -> Labels.of(List.of("a", " "))).hasMessageContaining("label 1");
    assertThatThrownBy(() -> Labels.of(List.of("a\nb"))).hasMessageContaining("control character");
    assertThatThrownBy(() -> Labels.of(List.of("\ud800"))).hasMessageContaining("control");
    assertThat(Labels.of(List.of("crane", "crane")).size()).isEqualTo(2);
  }
}
