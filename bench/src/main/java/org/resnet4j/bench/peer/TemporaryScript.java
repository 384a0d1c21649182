package org.resnet4j.bench.peer;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.resnet4j.core.graph.Graph;

/**
 * A TorchScript file in a folder of its own, both of which are gone when this is closed or the
 * process ends.
 */
final class TemporaryScript implements AutoCloseable {
  private final Path folder;
  private final Path file;

  /**
   * Makes the folder.
   *
   * @throws PeerException if that fails
   */
  TemporaryScript() throws PeerException {
    try {
      folder = Files.createTempDirectory("resnet4j-");
    } catch (IOException e) {
      throw notWritten(e);
    }
    file = folder.resolve("network.pt");
    folder.toFile().deleteOnExit();
    file.toFile().deleteOnExit(); // before its folder: who is named last goes first
  }

  /**
   * Writes a graph.
   *
   * @return the file
   * @throws PeerException if that fails
   */
  Path write(Graph graph) throws PeerException {
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
      TorchScriptWriter.write(graph, out);
      return file;
    } catch (IOException e) {
      throw notWritten(e);
    }
  }

  private static PeerException notWritten(IOException e) {
    return new PeerException(
        PyTorch.NAME,
        "its network cannot be written to %s: %s"
            .formatted(System.getProperty("java.io.tmpdir"), e.getMessage()),
        "make room there, or name another folder: RESNET4J_JAVA_OPTS=-Djava.io.tmpdir=FOLDER",
        e);
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
      Files.delete(folder);
    } catch (IOException _) {
      // The end of the process is the next occasion.
    }
  }
}
