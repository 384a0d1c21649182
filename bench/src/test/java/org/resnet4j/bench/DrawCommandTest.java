package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of networks. */
class DrawCommandTest {
  @TempDir Path folder;

  private String drawn(Object... arguments) throws IOException {
    Path file = folder.resolve("net.svg");
    Object[] all = new Object[arguments.length + 4];
    all[0] = "draw";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[all.length - 3] = "--force";
    all[all.length - 2] = "-o";
    all[all.length - 1] = file;
    assertThat(Run.of(all).succeeded().out()).startsWith("written  " + file + ": ");
    return Files.readString(file);
  }

  @Test
  void drawsANamedNetwork() throws IOException {
    assertThat(drawn("resnet50"))
        .startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\"")
        .endsWith("</svg>\n")
        .contains("<title id=\"nd-title\">resnet50</title>", ">3×3/2<")
        .contains("25.6 M parameters · 4.09 G multiply-adds · input 3 × 224 × 224");
    assertThat(drawn("resnet50", "--v1", "--size", "97x130", "--num-classes", "7"))
        .contains(">1×1/2<", "input 3 × 97 × 130", " · 7 × 1 × 1 · ")
        .doesNotContain(">3×3/2</text><text class=\"nd-mid\" x=");
  }

  @Test
  void drawsWhatAFileHolds() throws IOException {
    String weights = drawn(Run.DEMO_WEIGHTS);
    assertThat(weights).contains("8 residual blocks, 3 projection shortcuts", "input 3 × 64 × 64");
    Path onnx = folder.resolve("garments.onnx");
    Run.of("export", "--onnx", onnx, "--fused").succeeded();
    assertThat(drawn(onnx))
        .contains("8 residual blocks, 3 projection shortcuts", "<tspan class=\"nd-bold\">layer3<");
    assertThat(drawn(onnx, "--size", "33x47")).contains("input 3 × 33 × 47");
  }

  @Test
  void drawsOnStandardOutput() {
    assertThat(Run.of("draw", "resnet18", "-o", "-").succeeded().out())
        .startsWith("<svg ")
        .endsWith("</svg>\n");
  }

  @Test
  void whatCannotBeDoneIsRefusedInALine() throws IOException {
    Path file = folder.resolve("net.svg");
    assertThat(Run.of("draw", "resnet51", "-o", file).refused().err())
        .contains("did you mean 'resnet50'?");
    assertThat(Run.of("draw", "resnet50").refused().err()).contains("--out");
    assertThat(Run.of("draw", "resnet50", "-o", folder.resolve("net.png")).refused().err())
        .contains("is the name of no SVG; end it with .svg");
    assertThat(Run.of("draw", folder.resolve("none.onnx"), "-o", file).refused().err())
        .contains("none.onnx: no such file");
    assertThat(Run.of("draw", "timm/resnet50", "-o", file).refused().err())
        .contains("write hf:timm/resnet50");
    assertThat(Run.of("draw", Run.SAMPLES.resolve("00.png"), "-o", file).refused().err())
        .contains("00.png");
    assertThat(Run.of("draw", Run.DEMO_WEIGHTS, "--num-classes", 9, "-o", file).refused().err())
        .contains("10");
    assertThat(Run.of("draw", "resnet34", "--v1", "-o", file).refused().err())
        .contains("--v1: resnet34 has no bottlenecks; leave it out");
    Path onnx = folder.resolve("garments.onnx");
    Run.of("export", "--onnx", onnx).succeeded();
    assertThat(Run.of("draw", onnx, "--v1", "-o", file).refused().err())
        .contains("--v1: where it strides is in the file; leave it out");
    assertThat(Run.of("draw", Run.DEMO_WEIGHTS, "--size", "1x1", "-o", file).code()).isZero();
    Files.delete(file);
    assertThat(Run.of("draw", "resnet50", "-o", folder.resolve("none/net.svg")).refused().err())
        .contains("net.svg");
    assertThat(file).doesNotExist();
    Files.createFile(file);
    assertThat(Run.of("draw", "resnet50", "-o", file).refused().err())
        .contains("exists already; choose another name, or replace it with --force");
    Path inFolder = Files.createDirectory(folder.resolve("d.svg"));
    assertThat(Run.of("draw", "resnet18", "--out", inFolder).refused().err())
        .contains("d.svg: is a folder; choose another name\n");
    Path inNone = folder.resolve("none").resolve("x.svg");
    assertThat(Run.of("draw", "resnet18", "--out", inNone).refused().err())
        .contains("x.svg: its folder does not exist; make it, or check the path\n");
    assertThat(file).isEmptyFile();
  }
}
