package org.resnet4j.cuda.cudnn;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What cuDNN tells of an engine. Values that this binding does not name are left out. Immutable and
 * thread-safe.
 *
 * @param index its number in this version of cuDNN
 * @param notes on its numbers
 * @param behavior notes on how it is made and run
 */
public record Engine(long index, Set<NumericalNote> notes, Set<BehaviorNote> behavior) {
  private static final int LIMIT = 32;

  /** Copies the sets. */
  public Engine {
    notes = Set.copyOf(notes);
    behavior = Set.copyOf(behavior);
  }

  /** For example {@code eng 12 winograd}: its number, and what its numbers are made of. */
  public String text() {
    return Stream.concat(
            Stream.of("eng " + index),
            notes.stream()
                .filter(note -> note != NumericalNote.STRICT_NAN_PROP)
                .sorted()
                .map(note -> note.name().toLowerCase(Locale.ROOT)))
        .collect(Collectors.joining(" "));
  }

  static Engine read(CudnnHandle cudnn, BackendDescriptor configuration) {
    try (BackendDescriptor engine =
        BackendDescriptor.create(cudnn, DescriptorType.ENGINE_DESCRIPTOR)) {
      configuration.get(Attribute.ENGINECFG_ENGINE, engine);
      return new Engine(
          engine.getInt64(Attribute.ENGINE_GLOBAL_INDEX),
          named(
              NumericalNote.values(),
              engine.getInts(Attribute.ENGINE_NUMERICAL_NOTE, AttributeType.NUMERICAL_NOTE, LIMIT)),
          named(
              BehaviorNote.values(),
              engine.getInts(Attribute.ENGINE_BEHAVIOR_NOTE, AttributeType.BEHAVIOR_NOTE, LIMIT)));
    }
  }

  private static <T extends CudnnConstant> Set<T> named(T[] constants, int[] values) {
    return Arrays.stream(values)
        .mapToObj(value -> CudnnConstant.named(constants, value))
        .filter(Objects::nonNull)
        .collect(Collectors.toSet());
  }
}
