package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.core.backend.RunCancelledException;
import org.resnet4j.core.backend.TuningListener;
import org.resnet4j.simd.kernel.ConvAlgorithms;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machine.VectorWidth;

class MeasuredAlgorithmsTest {
  private static final Conditions CONDITIONS =
      new Conditions("CPU", KernelPath.FMA, VectorWidth.BITS_512, 2);

  /** By shape {@code WINOGRAD_4X4}. */
  private static final ConvShape SHAPE = new ConvShape(64, 64, 56, 56, 3, 1, 1, 1);

  private static final ConvShape POINTWISE = new ConvShape(64, 40, 56, 56, 1, 1, 0, 1);

  @TempDir private Path folder;
  private final List<String> heard = new ArrayList<>();
  private int timed;

  /** With a timer that says so; 9999 for what it does not name. */
  private MeasuredAlgorithms with(Map<ConvAlgorithm, Long> nanos) {
    return new MeasuredAlgorithms(
        new AlgorithmCache(folder.resolve("algorithms"), CONDITIONS),
        (_, algorithms) -> {
          timed++;
          return Optional.of(
              algorithms.stream().mapToLong(each -> nanos.getOrDefault(each, 9999L)).toArray());
        },
        MachineModel.PORTABLE,
        (done, total) -> heard.add(done + "/" + total));
  }

  @Test
  void takesTheFastest() {
    Map<ConvAlgorithm, Long> nanos =
        Map.of(
            ConvAlgorithm.WINOGRAD_4X4, 1000L,
            ConvAlgorithm.WINOGRAD_2X2, 900L,
            ConvAlgorithm.IMPLICIT_GEMM, 800L);
    assertThat(with(nanos).choose(SHAPE)).isEqualTo(ConvAlgorithm.IMPLICIT_GEMM);
  }

  @Test
  void whatIsHardlyFasterDoesNotReplaceTheChoiceByShape() {
    ConvAlgorithm byShape = ConvAlgorithms.chooseBlocked(SHAPE, MachineModel.PORTABLE);
    Map<ConvAlgorithm, Long> hardly = Map.of(byShape, 1000L, ConvAlgorithm.IMPLICIT_GEMM, 971L);
    assertThat(with(hardly).choose(SHAPE)).isEqualTo(byShape);
    Map<ConvAlgorithm, Long> clearly = Map.of(byShape, 1000L, ConvAlgorithm.IMPLICIT_GEMM, 970L);
    ConvShape other = new ConvShape(64, 64, 48, 48, 3, 1, 1, 1);
    assertThat(with(clearly).choose(other)).isEqualTo(ConvAlgorithm.IMPLICIT_GEMM);
  }

  @Test
  void measuresAShapeOnceAndNeverAgainInALaterProcess() {
    MeasuredAlgorithms first = with(Map.of(ConvAlgorithm.WINOGRAD_2X2, 1L));
    assertThat(first.choose(SHAPE)).isEqualTo(ConvAlgorithm.WINOGRAD_2X2);
    assertThat(first.choose(SHAPE)).isEqualTo(ConvAlgorithm.WINOGRAD_2X2);
    assertThat(with(Map.of()).choose(SHAPE)).isEqualTo(ConvAlgorithm.WINOGRAD_2X2);
    assertThat(timed).isOne();
  }

  /** And keeps what it knows. */
  @Test
  void canBeInterrupted() {
    MeasuredAlgorithms chooser = with(Map.of(ConvAlgorithm.WINOGRAD_2X2, 1L));
    chooser.choose(SHAPE);
    Thread.currentThread().interrupt();
    ConvShape other = new ConvShape(64, 64, 48, 48, 3, 1, 1, 1);
    assertThatThrownBy(() -> chooser.prepare(Set.of(SHAPE, other)))
        .isInstanceOf(RunCancelledException.class);
    assertThat(chooser.choose(SHAPE)).isEqualTo(ConvAlgorithm.WINOGRAD_2X2);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(timed).isOne();
    assertThat(chooser.choose(other)).isEqualTo(ConvAlgorithm.WINOGRAD_2X2);
  }

  @Test
  void saysHowFarItIs() {
    MeasuredAlgorithms chooser = with(Map.of());
    chooser.prepare(Set.of());
    assertThat(heard).isEmpty();
    ConvShape other = new ConvShape(64, 64, 48, 48, 3, 1, 1, 1);
    chooser.choose(SHAPE);
    chooser.prepare(Set.of(SHAPE, other, POINTWISE));
    assertThat(heard).containsExactly("0/2", "1/2", "2/2");
    chooser.prepare(Set.of(SHAPE, other, POINTWISE));
    assertThat(heard).hasSize(3);
    assertThat(timed).isEqualTo(2);
  }

  @Test
  void whatDidNotSettleIsChosenByShapeAndNotKept() {
    Path file = folder.resolve("algorithms");
    MeasuredAlgorithms unsettled =
        new MeasuredAlgorithms(
            new AlgorithmCache(file, CONDITIONS),
            (_, _) -> Optional.empty(),
            MachineModel.PORTABLE,
            TuningListener.NONE);
    assertThat(unsettled.choose(SHAPE))
        .isEqualTo(ConvAlgorithms.chooseBlocked(SHAPE, MachineModel.PORTABLE));
    assertThat(file).doesNotExist();
  }

  @Test
  void anAlgorithmThatDoesNotApplyIsMeasuredAgain() throws IOException {
    with(Map.of(ConvAlgorithm.WINOGRAD_2X2, 1L)).choose(SHAPE);
    Path file = folder.resolve("algorithms");
    String sound = Files.readString(file);
    for (String wrong : List.of("GROUPED", "DIRECT_STEM", "IM2COL_GEMM", "FASTEST")) {
      Files.writeString(file, sound.replace("\tWINOGRAD_2X2", "\t" + wrong));
      assertThat(with(Map.of(ConvAlgorithm.IMPLICIT_GEMM, 1L)).choose(SHAPE))
          .as(wrong)
          .isEqualTo(ConvAlgorithm.IMPLICIT_GEMM);
    }
    assertThat(timed).isEqualTo(5);
  }

  @Test
  void whereThereIsOneAlgorithmNothingIsMeasured() {
    ConvShape narrow = new ConvShape(3, 64, 32, 32, 3, 1, 1, 1);
    assertThat(with(Map.of()).choose(POINTWISE)).isEqualTo(ConvAlgorithm.IMPLICIT_GEMM);
    assertThat(with(Map.of()).choose(narrow)).isEqualTo(ConvAlgorithm.IM2COL_GEMM);
    assertThat(timed).isZero();
  }

  @Test
  void candidatesReadBlocksAndTheChoiceByShapeIsOneOfThem() {
    assertThat(MeasuredAlgorithms.candidates(SHAPE))
        .containsExactly(
            ConvAlgorithm.IMPLICIT_GEMM,
            ConvAlgorithm.WINOGRAD_2X2,
            ConvAlgorithm.WINOGRAD_4X2,
            ConvAlgorithm.WINOGRAD_4X4);
    ConvShape grouped = new ConvShape(64, 64, 14, 14, 3, 1, 1, 16);
    assertThat(MeasuredAlgorithms.candidates(grouped))
        .containsExactly(ConvAlgorithm.IMPLICIT_GEMM, ConvAlgorithm.GROUPED)
        .contains(ConvAlgorithms.chooseBlocked(grouped, MachineModel.PORTABLE));
  }
}
