package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.picture.FolderClasses;
import org.resnet4j.core.model.Labels;

class LabelledTest {
  @TempDir Path folder;

  private void put(String sample, String target) throws IOException {
    Path file = folder.resolve(target);
    Files.createDirectories(file.getParent());
    Files.copy(Run.SAMPLES.resolve(sample), file);
  }

  /** Sample 00 is a sneaker, and the model says so; nothing it says puts it among shirts. */
  @Test
  void countsWhatIsRecognised() throws IOException {
    put("00.png", "Sneaker/a.png");
    put("00.png", "7/b.png");
    put("00.png", "shirt/deep/c.png");
    put("00.png", "T_shirt_top/d.png");
    Run run = Run.of("classify", folder, "--labelled", "--top", 1).succeeded();
    assertThat(run.out())
        .contains("top-1    50.0 % (2 of 4)")
        .containsPattern("top-5 {4}(50|75|100)\\.0 % \\([234] of 4\\)");
    List<Map<String, Object>> lines =
        Json.lines(
            Run.of("classify", folder, "--labelled", "--json", "--top", 2).succeeded().out());
    assertThat(lines).hasSize(5);
    assertThat((List<?>) lines.getFirst().get("predictions")).hasSize(2);
    assertThat(lines.getLast()).containsEntry("images", 4L).containsEntry("top1", 0.5);
  }

  @Test
  void refusesADirectoryThatIsNoClass() throws IOException {
    put("00.png", "Sneaker/a.png");
    put("00.png", "10/b.png");
    assertThat(Run.of("classify", folder, "--labelled").refused().err())
        .contains(folder.resolve("10") + ": is called like no class", "such as 'T-shirt_top'");
    Files.move(folder.resolve("10"), folder.resolve("T-shirt_top"));
    Run.of("classify", folder, "--labelled").succeeded();
    assertThat(Run.of("classify", Run.SAMPLES, "--labelled").refused().err())
        .contains(Run.SAMPLES + ": has no directory for each class");
  }

  @Test
  void synsetsCountInTheirOrder() throws Exception {
    for (String name : List.of("n00000003", "n00000001", "n00000002")) {
      put("00.png", name + "/a.png");
    }
    FolderClasses classes = FolderClasses.of(List.of(folder), Labels.numbered(3));
    assertThat(classes.of(folder.resolve("n00000001/x.png"))).hasValue(0);
    assertThat(classes.of(folder.resolve("n00000003/deep/x.png"))).hasValue(2);
    assertThat(classes.of(folder.resolve("x.png"))).isEmpty();
    Path cranes = Files.createDirectories(folder.resolve("birds/crane")).getParent();
    assertThatThrownBy(
            () -> FolderClasses.of(List.of(cranes), Labels.of(List.of("crane", "Crane"))))
        .hasMessageContaining("or like several");
    assertThatThrownBy(() -> FolderClasses.of(List.of(folder), Labels.numbered(4)))
        .isInstanceOf(CommandException.class);
  }
}
