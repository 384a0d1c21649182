package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.option.Inputs;

class InputsTest {
  private static final Path SNEAKER = Run.SAMPLES.resolve("00.png");

  @TempDir Path folder;

  private void make(String... names) throws IOException {
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.copy(SNEAKER, file);
    }
  }

  private List<String> names(Inputs inputs) {
    return inputs.files().stream().map(file -> folder.relativize(file).toString()).toList();
  }

  @Test
  void picturesHaveManyNamesAndHiddenFilesAreNone() throws Exception {
    make("b.JPG", "a.png", "c.jfif", "d.jpe", "e.Jpeg", "._a.png", ".hidden.jpg", "notes.txt");
    make("f.gif", "g.bmp", "h.dib", "i.tif", "j.TIFF", "k.webp", "l.heic", "m.psd");
    make("Thumbs.db", ".DS_Store", "sub/f.png", "sub/deep/g.jpg", "sub/._f.png", "g.png/h.png");
    Inputs flat = Inputs.of(List.of(folder), false);
    assertThat(names(flat))
        .containsExactly(
            "a.png", "b.JPG", "c.jfif", "d.jpe", "e.Jpeg", "f.gif", "g.bmp", "h.dib", "i.tif",
            "j.TIFF", "k.webp");
    assertThat(flat.passedOver()).isEqualTo(2);
    assertThat(flat.single()).isFalse();
    Inputs all = Inputs.of(List.of(folder), true);
    assertThat(names(all))
        .containsExactly(
            "a.png",
            "b.JPG",
            "c.jfif",
            "d.jpe",
            "e.Jpeg",
            "f.gif",
            "g.bmp",
            "g.png/h.png",
            "h.dib",
            "i.tif",
            "j.TIFF",
            "k.webp",
            "sub/deep/g.jpg",
            "sub/f.png");
    assertThat(all.passedOver()).isEqualTo(3);
  }

  /** Not every command has the option that others are told of. */
  @Test
  void onlyWhereDirectoriesCanBeSearchedIsItSaid() throws Exception {
    make("sub/a.png");
    assertThatThrownBy(() -> Inputs.of(List.of(folder), false)).hasMessageContaining("--recursive");
    assertThatThrownBy(() -> Inputs.flat(List.of(folder)))
        .hasMessageEndingWith("; name one that holds pictures");
  }

  @Test
  void linksAreFollowedAndHiddenDirectoriesAreNot() throws Exception {
    make("real/a.png", "real/sub/b.png", "real/.thumbnails/c.png");
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("real"));
    assertThat(names(Inputs.of(List.of(link), false))).containsExactly("link/a.png");
    assertThat(names(Inputs.of(List.of(link), true)))
        .containsExactly("link/a.png", "link/sub/b.png");
    Files.createSymbolicLink(folder.resolve("real/sub/round"), folder.resolve("real"));
    Files.createSymbolicLink(folder.resolve("real/c.png"), folder.resolve("nowhere"));
    assertThat(names(Inputs.of(List.of(link), true)))
        .containsExactly("link/a.png", "link/c.png", "link/sub/b.png");
  }

  @Test
  void aDirectoryWithoutPicturesSaysHowToLookDeeper() throws IOException {
    make("sub/f.png", "._x.png");
    assertThatThrownBy(() -> Inputs.of(List.of(folder), false))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("--recursive");
    Files.delete(folder.resolve("sub/f.png"));
    assertThatThrownBy(() -> Inputs.of(List.of(folder), true))
        .isInstanceOf(CommandException.class)
        .hasMessageNotContaining("--recursive");
  }

  @Test
  void saysHowManyItPassedOver() throws IOException {
    make("a.png", "b.png", "._a.png", "sub/c.png");
    Run run = Run.of("classify", folder, "--recursive").succeeded();
    assertThat(run.out()).contains("3 images in ", ", 1 hidden file passed over");
    assertThat(run.out()).contains(folder.resolve("sub/c.png").toString());
  }

  @Test
  void aDashIsStandardInput() throws IOException {
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream(Files.readAllBytes(SNEAKER)));
      Map<String, Object> line =
          Json.object(Run.of("classify", "-", "--json").succeeded().out().strip());
      assertThat(line).containsEntry("image", "-");
      assertThat(line.get("predictions").toString()).contains("Sneaker");
      System.setIn(new ByteArrayInputStream(new byte[0]));
      assertThat(Run.of("classify", "-").refused().err()).contains("standard input: ");
    } finally {
      System.setIn(before);
    }
  }

  /** Forty links would lead to the last folder in a million ways. */
  @Test
  @Timeout(20)
  void aFolderIsSearchedOnceHoweverManyLinksLeadThere() throws Exception {
    Path last = folder;
    for (int i = 0; i < 20; i++) {
      Path next = Files.createDirectory(folder.resolve("d" + i));
      Files.createSymbolicLink(last.resolve("a"), next);
      Files.createSymbolicLink(last.resolve("b"), next);
      last = next;
    }
    Files.createFile(last.resolve("x.png"));
    assertThat(Inputs.of(List.of(folder), true).files()).containsExactly(last.resolve("x.png"));
    Path behind = Files.createDirectory(folder.resolve("z"));
    Files.createSymbolicLink(behind.resolve("link"), last);
    Files.createSymbolicLink(behind.resolve("up"), folder);
    assertThat(Inputs.of(List.of(behind), true).files())
        .containsExactly(behind.resolve("link/x.png"));
  }

  /** Or it says where it could not go. */
  @Test
  void noFolderIsTooDeep() throws Exception {
    Path deep = folder;
    for (int i = 0; i < 150; i++) {
      deep = Files.createDirectory(deep.resolve("d"));
    }
    Files.createFile(deep.resolve("x.png"));
    assertThat(Inputs.of(List.of(folder), true).files()).containsExactly(deep.resolve("x.png"));
  }
}
