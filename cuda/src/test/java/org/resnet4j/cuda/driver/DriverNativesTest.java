package org.resnet4j.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.cuda.support.Emulator;

/** Loading the driver, and the reasons for which it cannot be used. */
class DriverNativesTest {
  private static final String JCUDA = "libJCudaDriver-12.6.0-linux-x86_64.so";

  @TempDir Path folder;

  @BeforeEach
  void load() {
    Emulator.load();
  }

  @Test
  void usable() {
    assertThat(DriverNatives.status()).isEqualTo(new DriverStatus.Usable(12060));
    assertThat(new DriverStatus.Usable(12060).text()).isEqualTo("12.6");
  }

  @Test
  void tooOld() {
    Emulator.option("driver.version", 11080);
    assertMissing("the NVIDIA driver supports CUDA 11.8, needed is 12.0", "525");
    assertThatIllegalStateException()
        .isThrownBy(() -> GpuThread.open(0))
        .withMessageContaining("CUDA 11.8");
  }

  @Test
  void noDevice() {
    Emulator.option("devices", 0);
    assertMissing("cuInit(): CUDA_ERROR_NO_DEVICE (100)", "nvidia-smi lists a GPU");
    assertThatIllegalStateException().isThrownBy(Devices::list);
  }

  @ParameterizedTest
  @CsvSource({
    "34, CUDA_ERROR_STUB_LIBRARY, stubs",
    "803, CUDA_ERROR_SYSTEM_DRIVER_MISMATCH, restart",
    "999, CUDA_ERROR_UNKNOWN, dmesg",
  })
  void doesNotStart(int code, String name, String remedy) {
    Emulator.fail("cuInit", 1, code);
    assertMissing("cuInit(): " + name + " (" + code + ")", remedy);
  }

  private static void assertMissing(String reason, String remedy) {
    assertThat(DriverNatives.status())
        .asInstanceOf(type(DriverStatus.Missing.class))
        .satisfies(missing -> {
          assertThat(missing.reason()).contains(reason);
          assertThat(missing.remedy()).contains(remedy);
        });
  }

  @Test
  void withoutADriverTheReasonNamesIt() throws IOException {
    List<String> output = DriverFork.run(List.of(), "status");
    assertThat(output).singleElement().asString().startsWith("Missing[reason=libcuda.so.1 cannot");
  }

  @Test
  void anotherLibraryOfTheDriversNameIsNotBound() throws IOException {
    Files.copy(Emulator.library("libnvrtc.so.12"), folder.resolve("libcuda.so.1"));
    assertThat(DriverFork.run(folder, "status"))
        .singleElement()
        .asString()
        .startsWith(
            "Missing[reason=libcuda.so.1 has no function cuDriverGetVersion: it is no NVIDIA driver");
  }

  @Test
  void aLibraryThatCannotBeUnpackedIsMissingToo() throws IOException {
    List<String> output =
        DriverFork.run(List.of("-Djava.io.tmpdir=" + folder.resolve("absent")), "loaded");
    assertThat(output).anyMatch(line -> line.startsWith("Missing[reason="));
  }

  @Test
  void withoutJcudasNativesTheReasonNamesThem() throws IOException {
    String classPath =
        Arrays.stream(DriverFork.classPath().split(File.pathSeparator))
            .filter(entry -> !entry.contains("jcuda-natives"))
            .collect(Collectors.joining(File.pathSeparator));
    List<String> output =
        DriverFork.run(List.of("--enable-native-access=ALL-UNNAMED"), classPath, "loaded");
    assertThat(output)
        .containsExactly(
            "Missing[reason=JCuda's driver library is not on the class path: lib/"
                + JCUDA
                + ", remedy=add the jar org.jcuda:jcuda-natives:12.6.0:linux-x86_64]");
  }

  @Test
  void withoutNativeAccessTheReasonNamesTheFlag() throws IOException {
    List<String> output =
        DriverFork.run(List.of("--illegal-native-access=deny"), DriverFork.classPath(), "status");
    assertThat(output)
        .singleElement()
        .asString()
        .startsWith("Missing[reason=this JVM does not let the GPU backend call native code: ")
        .contains("add --enable-native-access=ALL-UNNAMED");
  }

  @Test
  void onAnotherPlatformTheReasonNamesIt() throws IOException {
    assertThat(DriverFork.run(List.of("-Dos.arch=aarch64"), "status"))
        .containsExactly(
            "Missing[reason=the GPU backend runs on Linux amd64, this is Linux aarch64,"
                + " remedy=use another backend]");
  }

  @Test
  void aPlantedLibraryIsNotLoadedAndNothingStays() throws IOException {
    Path planted = Files.writeString(folder.resolve(JCUDA), "not a library");
    List<String> output = DriverFork.run(List.of("-Djava.io.tmpdir=" + folder), "emulated");
    assertThat(output).containsExactly("result 12.0", "Usable[version=12060]");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(planted);
    }
    assertThat(planted).hasContent("not a library");
  }

  @Test
  void jniChecksFindNothing() throws IOException {
    List<String> output = DriverFork.run(List.of("-Xcheck:jni"), "emulated");
    assertThat(output).containsExactly("result 12.0", "Usable[version=12060]");
  }

  @Test
  void launchesAllocateNothing() throws IOException {
    List<String> output = DriverFork.run(List.of(), "allocation");
    // What asking costs, for a thousand rounds of three calls.
    assertThat(Long.parseLong(output.getFirst())).isLessThan(8000);
  }

  /** As on a GPU, a device address is none of the host's: the process ends. */
  @Test
  void theHostFaultsOnADeviceAddress() {
    assertThatThrownBy(() ->
            DriverFork.run(List.of("-XX:ErrorFile=" + folder.resolve("crash.log")), "dereference"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("SIGSEGV");
  }

  @Test
  void theFolderIsPrivateAndGoes() throws IOException {
    Path unpacked = DriverNatives.unpack();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(unpacked)))
        .isEqualTo("rwx------");
    assertThat(unpacked.resolve(JCUDA)).isNotEmptyFile();
    DriverNatives.deleteUnpacked(unpacked);
    assertThat(unpacked).doesNotExist();
  }
}
