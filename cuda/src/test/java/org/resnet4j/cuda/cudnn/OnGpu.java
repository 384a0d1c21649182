package org.resnet4j.cuda.cudnn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.resnet4j.cuda.driver.GpuThread;
import org.resnet4j.cuda.driver.Stream;
import org.resnet4j.cuda.library.LibraryFinder;
import org.resnet4j.cuda.library.LibraryStatus;
import org.resnet4j.cuda.support.Emulator;

/** A stream with a cuDNN handle on the emulated device, for the time of a test. */
record OnGpu(GpuThread gpu, Stream stream, CudnnHandle handle) {
  static final int DRIVER_VERSION = 12060;

  private static Cudnn cudnn() {
    assertThat(Nvrtc.load(LibraryFinder.ofProcess(), DRIVER_VERSION, Emulator.folder()))
        .isInstanceOf(LibraryStatus.Usable.class);
    return ((LibraryStatus.Usable<Cudnn>)
            Cudnn.load(
                LibraryFinder.ofProcess(), DRIVER_VERSION, Emulator.library("libcudnn.so.9")))
        .library();
  }

  static void run(Consumer<OnGpu> work) {
    try (GpuThread gpu = GpuThread.open(0)) {
      gpu.run(() -> {
        try (Stream stream = Stream.create(gpu);
            CudnnHandle handle = CudnnHandle.create(cudnn(), stream)) {
          work.accept(new OnGpu(gpu, stream, handle));
        }
      });
    }
  }
}
