package org.resnet4j.core.model;

import java.nio.file.Path;
import org.resnet4j.core.weights.Checkpoint;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.pytorch.PyTorchFile;
import org.resnet4j.core.weights.safetensors.SafetensorsFile;

/** Opens a weights file by what it is, not by what it is called. */
final class WeightsFiles {
  private WeightsFiles() {}

  /**
   * A PyTorch file if it begins like one, else a safetensors file.
   *
   * @throws WeightsFileException if it cannot be read or is neither
   */
  static Checkpoint open(Path file) throws WeightsFileException {
    return PyTorchFile.isOne(file) ? PyTorchFile.open(file) : SafetensorsFile.open(file);
  }
}
