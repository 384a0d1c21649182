package org.resnet4j.simd.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.layout.Workspace;
import org.resnet4j.simd.machine.CacheLine;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.support.NetworkShapes;

/**
 * Whether many threads have work in every step of one picture: by the number of items, since few
 * machines that build this have many cores. It says nothing of memory, which they share.
 */
class ManyThreadsTest {
  /** Counts the items of each job, and does none. */
  private record Counting(int threads, List<Integer> items) implements Parallel {
    @Override
    public void run(int count, Task task) {
      items.add(count);
    }
  }

  /** Threads that work, of those there are, over the network's multiply-adds. */
  @ParameterizedTest
  @CsvSource({
    "resnet18, zen5, 2, 0.98",
    "resnet18, xeon, 8, 0.9",
    "resnet18, zen5, 16, 0.85",
    "resnet50, zen5, 16, 0.95",
    "resnet50, xeon, 16, 0.95",
    "resnet50, zen4, 16, 0.9",
    "resnext50_32x4d, zen5, 32, 0.95",
    "wide_resnet50_2, zen5, 16, 0.9",
  })
  void haveWork(String network, String machine, int threads, double least) {
    MachineModel model = MachineModel.named(machine).orElseThrow();
    double busy = 0;
    double all = 0;
    for (ConvShape shape : NetworkShapes.of(ResNets.named(network))) {
      ConvKernel kernel = kernel(shape, model);
      int items = itemsOfLastJob(kernel, model, threads);
      busy += kernel.multiplyAdds();
      all += kernel.multiplyAdds() * ((double) threads * Math.ceilDiv(items, threads) / items);
    }
    assertThat(busy / all).isGreaterThan(least);
  }

  private static ConvKernel kernel(ConvShape shape, MachineModel model) {
    return ConvAlgorithms.pack(
        shape,
        ConvAlgorithms.choose(shape, model),
        VectorWidth.BITS_512,
        new float[shape.weights()],
        null,
        true);
  }

  /** That which multiplies. */
  private static int itemsOfLastJob(ConvKernel kernel, MachineModel model, int threads) {
    ConvShape shape = kernel.shape();
    Counting counting = new Counting(threads, new ArrayList<>());
    BlockedLayout x =
        new BlockedLayout(
            shape.inChannels(),
            1,
            shape.height(),
            shape.width(),
            kernel.inputHalo(),
            kernel.inputBlock());
    BlockedLayout y =
        new BlockedLayout(shape.outChannels(), 1, shape.outHeight(), shape.outWidth(), 0);
    int yAt = Math.toIntExact(CacheLine.FIRST + x.size());
    float[] data = new float[Math.toIntExact(yAt + y.size())];
    kernel.bind(x, y, null, new Workspace(counting, model)).run(1, data, CacheLine.FIRST, yAt, 0);
    return counting.items().getLast();
  }
}
