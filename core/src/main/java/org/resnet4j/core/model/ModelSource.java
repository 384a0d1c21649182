package org.resnet4j.core.model;

import java.io.IOException;

/** A model's file or folder, of which everything is known but its weights. */
interface ModelSource {
  /** As {@link PretrainedModel#load(java.nio.file.Path, ModelOptions)} says. */
  PretrainedModel load() throws IOException;

  /** As {@link LoadedNetwork#load(java.nio.file.Path, ModelOptions)} says. */
  LoadedNetwork network() throws IOException;
}
