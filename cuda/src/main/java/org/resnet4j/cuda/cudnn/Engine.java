package org.resnet4j.cuda.cudnn;

import java.util.Set;
import java.util.TreeSet;

/**
 * What cuDNN tells of an engine. Values that this binding does not name are left out. Immutable and
 * thread-safe.
 *
 * @param notes on its numbers
 * @param behavior notes on how it is made and run
 */
public record Engine(Set<NumericalNote> notes, Set<BehaviorNote> behavior) {
  private static final int LIMIT = 32;

  /** Copies the sets. */
  public Engine {
    notes = Set.copyOf(notes);
    behavior = Set.copyOf(behavior);
  }

  static Engine read(Cudnn cudnn, BackendDescriptor configuration) {
    try (BackendDescriptor engine =
        BackendDescriptor.create(cudnn, DescriptorType.ENGINE_DESCRIPTOR)) {
      configuration.get(Attribute.ENGINECFG_ENGINE, engine);
      Set<NumericalNote> notes = new TreeSet<>();
      for (int value :
          engine.getInts(Attribute.ENGINE_NUMERICAL_NOTE, AttributeType.NUMERICAL_NOTE, LIMIT)) {
        for (NumericalNote note : NumericalNote.values()) {
          if (note.value() == value) {
            notes.add(note);
          }
        }
      }
      Set<BehaviorNote> behavior = new TreeSet<>();
      for (int value :
          engine.getInts(Attribute.ENGINE_BEHAVIOR_NOTE, AttributeType.BEHAVIOR_NOTE, LIMIT)) {
        for (BehaviorNote note : BehaviorNote.values()) {
          if (note.value() == value) {
            behavior.add(note);
          }
        }
      }
      return new Engine(notes, behavior);
    }
  }
}
