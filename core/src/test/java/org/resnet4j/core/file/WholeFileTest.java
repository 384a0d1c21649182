package org.resnet4j.core.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.core.conformance.ChildJvm;
import org.resnet4j.core.conformance.ClassPath;

@Timeout(60)
class WholeFileTest {
  private static final int EXIT_CODE = 7;

  @TempDir private Path folder;

  @Test
  void replacesWhatIsThere() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");
    WholeFile.replace(file, channel -> put(channel, "new"));
    assertThat(file).hasContent("new");
    assertThat(folder).isDirectoryContaining("glob:**/file");
    assertThat(Files.list(folder)).hasSize(1);
  }

  @Test
  void afterAFailureTheOldFileIsThereAlone() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");
    IOException failure = new IOException("the disk is full");
    assertThatThrownBy(() ->
            WholeFile.replace(
                file,
                channel -> {
                  put(channel, "ne");
                  throw failure;
                }))
        .hasMessage(file + ": the disk is full")
        .hasCause(failure);
    assertThat(file).hasContent("old");
    assertThat(Files.list(folder)).hasSize(1);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void whatALinkLeadsToIsReplacedAndTheLinkStays() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("none"));
    WholeFile.check(link);
    WholeFile.check(dangling);
    assertThat(file).hasContent("old");
    assertThat(folder.resolve("none")).doesNotExist();
    WholeFile.replace(link, channel -> put(channel, "new"));
    WholeFile.replace(dangling, channel -> put(channel, "made"));
    assertThat(link).isSymbolicLink();
    assertThat(dangling).isSymbolicLink();
    assertThat(file).hasContent("new");
    assertThat(folder.resolve("none")).hasContent("made");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
  }

  /** Each would be lost, and a file be there in its place. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void whatIsNoFileIsNotReplaced() throws Exception {
    Path fifo = folder.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    Path output = Files.createSymbolicLink(folder.resolve("output"), Path.of("/proc/self/fd/1"));
    Path loop = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
    for (Path no :
        new Path[] {fifo, output, loop, folder, Path.of("/"), Path.of(""), Path.of("/dev/null")}) {
      assertThatThrownBy(() -> WholeFile.replace(no, channel -> put(channel, "new")))
          .as(no.toString())
          .isInstanceOf(FileSystemException.class)
          .hasMessageStartingWith(no.toString());
      assertThatThrownBy(() -> WholeFile.check(no)).isInstanceOf(FileSystemException.class);
    }
    assertThat(Files.readAttributes(fifo, BasicFileAttributes.class).isOther()).isTrue();
    assertThat(Files.list(folder)).hasSize(3);
    Path absent = folder.resolve("absent/file");
    assertThatThrownBy(() -> WholeFile.check(absent))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(absent + ": its folder does not exist");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatTheSystemKeepsForStreamsIsToldByItsName() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/dev/stdout"));
    assertThat(WholeFile.isSystems(Path.of("/dev/stdout"))).isTrue();
    assertThat(WholeFile.isSystems(Path.of("/dev/shm/../stdout"))).isTrue();
    assertThat(WholeFile.isSystems(link)).isTrue();
    assertThat(WholeFile.isSystems(folder.resolve("file"))).isFalse();
    assertThat(WholeFile.isSystems(Path.of("/dev/shm/file"))).isFalse();
  }

  /** Two that create a file at once: one does, whichever looks first. */
  @Test
  void whatIsThereIsNotCreated() throws Exception {
    Path file = folder.resolve("file");
    WholeFile.create(file, channel -> put(channel, "new"));
    assertThat(file).hasContent("new");
    assertThatThrownBy(() -> WholeFile.create(file, channel -> put(channel, "newer")))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessage(file.toString());
    Path other = folder.resolve("other");
    assertThatThrownBy(() ->
            WholeFile.create(
                other,
                channel -> {
                  put(channel, "late");
                  Files.writeString(other, "early");
                }))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessage(other.toString());
    assertThat(other).hasContent("early");
    assertThat(Files.list(folder)).hasSize(2);
  }

  /** Nobody reads what is written whom the old file was kept from. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void whatIsWrittenIsAsPrivateAsWhatWasThere() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    WholeFile.replace(
        file,
        channel -> {
          try (var entries = Files.list(folder)) {
            assertThat(entries.filter(each -> !each.equals(file)))
                .singleElement()
                .satisfies(partial ->
                    assertThat(
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(partial)))
                        .isEqualTo("rw-------"));
          }
          put(channel, "new");
        });
    assertThat(file).hasContent("new");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whoseTheFileWasHisItStays() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "old");
    assumeTrue(
        new ProcessBuilder("chown", "65534:65534", file.toString()).start().waitFor() == 0,
        "only root gives files away");
    WholeFile.replace(file, channel -> put(channel, "new"));
    assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(65534);
    assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(65534);
  }

  /** A number may be that of a jar, of which the JVM reads its classes. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void whatThisProcessHasOpenForItselfIsNoStream() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "mine");
    try (FileChannel _ = FileChannel.open(file)) {
      Path own = null;
      try (var open = Files.list(Path.of("/proc/self/fd"))) {
        for (Path each : open.toList()) {
          if (Files.exists(each) && Files.isSameFile(each, file)) {
            own = each;
          }
        }
      }
      Path found = own;
      assertThat(WholeFile.isSystems(found)).isTrue();
      assertThatThrownBy(() -> WholeFile.checkStream(found))
          .isInstanceOf(FileSystemException.class)
          .hasMessageContaining("name the file itself");
    }
    WholeFile.checkStream(Path.of("/dev/null"));
    WholeFile.checkStream(Path.of("/dev/stdout"));
  }

  @Test
  void aProcessThatEndsLeavesNothing() throws Exception {
    ChildJvm.End end =
        ChildJvm.run(
            List.of(),
            ClassPath.of(WholeFile.class, Ending.class),
            Ending.class,
            folder.resolve("file").toString());
    assertThat(end.status()).as(end.output()).isEqualTo(EXIT_CODE);
    assertThat(folder).isEmptyDirectory();
  }

  /** Ends while it writes, as after SIGTERM, if the file is there under its other name. */
  static final class Ending {
    private Ending() {}

    public static void main(String[] args) throws IOException {
      Path file = Path.of(args[0]);
      WholeFile.replace(
          file,
          channel -> {
            put(channel, "a part");
            try (var files = Files.list(Objects.requireNonNull(file.getParent()))) {
              System.exit(files.count() == 1 ? EXIT_CODE : 1);
            }
          });
    }
  }

  private static void put(FileChannel channel, String text) throws IOException {
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** As in a server whose applications come and go. */
  @Test
  void keepsNoLoaderOfItsClass(@TempDir Path folder) throws Exception {
    WeakReference<ClassLoader> loader = replaceByAnotherLoader(folder.resolve("file"));
    assertThat(folder.resolve("file")).hasContent("content");
    while (loader.get() != null) {
      System.gc();
      Thread.sleep(10);
    }
  }

  private static WeakReference<ClassLoader> replaceByAnotherLoader(Path file) throws Exception {
    URL[] classes = {WholeFile.class.getProtectionDomain().getCodeSource().getLocation()};
    try (URLClassLoader loader = new URLClassLoader(classes, null)) {
      Class<?> other = loader.loadClass(WholeFile.class.getName());
      assertThat(other).isNotEqualTo(WholeFile.class);
      other
          .getMethod("replace", Path.class, byte[].class)
          .invoke(null, file, "content".getBytes(StandardCharsets.UTF_8));
      return new WeakReference<>(loader);
    }
  }
}
