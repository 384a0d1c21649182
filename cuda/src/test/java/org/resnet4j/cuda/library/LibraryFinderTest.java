package org.resnet4j.cuda.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.cuda.support.Emulator;

/** Finding a library in a made-up file system. */
class LibraryFinderTest {
  private static final String SONAME = "libcudnn.so.9";
  private static final LibraryQuery QUERY =
      new LibraryQuery("cuDNN 9", List.of(SONAME), "RESNET4J_CUDNN", "install it");

  @TempDir Path root;
  private final Map<String, String> environment = new HashMap<>();
  private final Map<String, String> properties = new HashMap<>();

  @BeforeEach
  void load() {
    Emulator.load();
  }

  private LibraryStatus<SharedLibrary> find(LibraryQuery query, @Nullable Path named) {
    return new LibraryFinder(environment, properties::get, root).find(query, named);
  }

  private Path put(String folder) throws IOException {
    return put(folder, SONAME);
  }

  private Path put(String folder, String name) throws IOException {
    Path to = Files.createDirectories(root.resolve(folder)).resolve(name);
    return Files.copy(Emulator.library(SONAME), to);
  }

  private Path write(String folder, String name) throws IOException {
    return Files.writeString(
        Files.createDirectories(root.resolve(folder)).resolve(name), "not a library");
  }

  private static void assertFound(LibraryStatus<SharedLibrary> status, Path file) {
    assertThat(status).isInstanceOf(LibraryStatus.Usable.class);
    SharedLibrary library = ((LibraryStatus.Usable<SharedLibrary>) status).library();
    assertThat(library.location()).isEqualTo(file.toString());
    assertThat(library.symbols().find("cudnnGetVersion")).isPresent();
  }

  private static LibraryStatus.Missing<SharedLibrary> missing(LibraryStatus<SharedLibrary> status) {
    assertThat(status).isInstanceOf(LibraryStatus.Missing.class);
    return (LibraryStatus.Missing<SharedLibrary>) status;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "usr/lib/x86_64-linux-gnu",
        "usr/lib64",
        "usr/local/cuda/lib64",
        "usr/local/cuda-12.9/lib64",
        "opt/nvidia/cudnn/lib",
        "usr/lib/python3/dist-packages/nvidia/cudnn/lib",
        "usr/local/lib/python3.11/dist-packages/nvidia/cudnn/lib",
        "home/me/.local/lib/python3.12/site-packages/nvidia/cudnn/lib",
        "venv/lib/python3.12/site-packages/nvidia/cudnn/lib",
        "conda/lib",
        "somewhere/else",
      })
  void usualFolders(String folder) throws IOException {
    environment.put("HOME", "/home/me");
    environment.put("VIRTUAL_ENV", "/venv");
    environment.put("CONDA_PREFIX", "/conda");
    environment.put("LD_LIBRARY_PATH", ":relative:/absent:/somewhere/else");
    Path file = put(folder);
    assertFound(find(QUERY, null), file);
  }

  /** A virtual environment on the path that nobody has activated, as images of clouds have it. */
  @Test
  void thePackagesOfAPythonOnThePath() throws IOException {
    environment.put("PATH", ":relative:/absent:/opt/app/.venv/bin:/usr/bin");
    Path system = Files.createDirectories(root.resolve("opt/python3.12/bin"));
    Files.createFile(system.resolve("python3.12"));
    Path bin = Files.createDirectories(root.resolve("opt/app/.venv/bin"));
    Files.createSymbolicLink(bin.resolve("python3"), Path.of("python3.12"));
    Files.createSymbolicLink(bin.resolve("python3.12"), system.resolve("python3.12"));
    Path linked = put("opt/python3.12/lib/python3.12/site-packages/nvidia/cudnn/lib");
    assertFound(find(QUERY, null), linked.toRealPath());
    Path own = put("opt/app/.venv/lib/python3.12/site-packages/nvidia/cudnn/lib");
    assertFound(find(QUERY, null), own);
    Files.delete(bin.resolve("python3"));
    Files.createSymbolicLink(bin.resolve("python3"), Path.of("python3"));
    assertThat(new LibraryFolders(environment, root).list()).isEmpty();
  }

  /** Users' folders are names, not patterns, and may be none in this locale. */
  @Test
  void oddNamesInVariables() throws IOException {
    environment.put("LD_LIBRARY_PATH", "/opt/*{a:/zero\0byte:/odd[");
    environment.put("PATH", "/zero\0byte:/opt/*{a");
    environment.put("VIRTUAL_ENV", "/zero\0byte");
    environment.put("HOME", "/home/{");
    Path odd = put("odd[");
    assertThat(new LibraryFolders(environment, root).list()).containsExactly(odd.getParent());
    assertFound(find(QUERY, null), odd);
    environment.put("RESNET4J_CUDNN", "/zero\0byte");
    assertThat(missing(find(QUERY, null)).remedy()).contains("LC_ALL");
  }

  /** Names in another encoding among what the process has mapped. */
  @Test
  void mappedFilesMayHaveAnyName() throws IOException {
    put("a\u00e9");
    try (FileChannel channel = FileChannel.open(root.resolve("a\u00e9").resolve(SONAME))) {
      MemorySegment mapped =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.global());
      assertThat(mapped.byteSize()).isPositive();
      assertThat(SharedLibrary.loaded("libcudnn.so"))
          .anyMatch(file -> file.getFileName().toString().equals(SONAME));
      assertThat(SharedLibrary.loaded("libnosuch")).isEmpty();
    }
  }

  @Test
  void libraryPathGoesFirstAndNewerToolkitsBeforeOlder() throws IOException {
    put("usr/local/cuda-12.6/lib64");
    Path newer = put("usr/local/cuda-12.9/lib64");
    assertFound(find(QUERY, null), newer);
    Path first = put("first");
    environment.put("LD_LIBRARY_PATH", "/first");
    assertFound(find(QUERY, null), first);
  }

  @Test
  void whatWasNamedIsTheOnlyPlace() throws IOException {
    put("usr/lib64");
    Path byVariable = put("variable");
    Path byProperty = put("property");
    Path byOption = put("option", "renamed.so");
    environment.put("RESNET4J_CUDNN", byVariable.getParent().toString());
    assertFound(find(QUERY, null), byVariable);
    properties.put("resnet4j.cudnn", byProperty.toString());
    assertFound(find(QUERY, null), byProperty);
    assertFound(find(QUERY, byOption), byOption);
    Path absent = root.resolve("absent");
    assertThat(missing(find(QUERY, absent)).reason())
        .contains(absent + " (named by the option)", SONAME);
    properties.put("resnet4j.cudnn", absent.toString());
    assertThat(missing(find(QUERY, null)).remedy()).contains("-Dresnet4j.cudnn", SONAME);
  }

  @Test
  void missingTellsWhatWhereAndHow() throws IOException {
    Path folder = Files.createDirectories(root.resolve("usr/lib64"));
    LibraryStatus.Missing<SharedLibrary> missing =
        missing(
            find(
                new LibraryQuery(
                    "no such",
                    List.of("libnosuch.so.2", "libnosuch.so.1"),
                    "NO_SUCH",
                    "install it"),
                null));
    assertThat(missing.reason())
        .contains("libnosuch.so.2 or libnosuch.so.1", folder.toString(), "loader does not find");
    assertThat(missing.remedy()).contains("install it", "NO_SUCH", "libnosuch.so.2");
  }

  @Test
  void anotherMajorVersionIsNamed() throws IOException {
    Path old = write("usr/lib64", "libnosuch.so.8");
    write("usr/lib64", "libnosuch.so.8.9.7");
    String reason =
        missing(
                find(
                    new LibraryQuery("x", List.of("libnosuch.so.9"), "NO_SUCH", "install it"),
                    null))
            .reason();
    assertThat(reason).contains(old + " has another major version").doesNotContain("8.9.7");
  }

  @Test
  void theLoadersMessageIsPassedOn() throws IOException {
    Path broken = write("usr/lib64", "libnosuch.so.9");
    String reason =
        missing(
                find(
                    new LibraryQuery("x", List.of("libnosuch.so.9"), "NO_SUCH", "install it"),
                    null))
            .reason();
    assertThat(reason).contains(broken + " cannot be loaded: ").containsAnyOf("too short", "ELF");
  }

  @Test
  void aBrokenFileDoesNotHideAGoodOne() throws IOException {
    write("usr/lib64", SONAME);
    Path good = put("usr/local/cuda/lib64");
    assertFound(find(QUERY, null), good);
  }

  @Test
  void theBetterSonameGoesFirstWhereverItLies() throws IOException {
    put("usr/lib64", "libcublas.so.12");
    Path better = put("usr/local/cuda/lib64", "libcublas.so.13");
    LibraryQuery both =
        new LibraryQuery("b", List.of("libcublas.so.13", "libcublas.so.12"), "B", "install it");
    assertFound(find(both, null), better);
  }
}
