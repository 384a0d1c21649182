package org.resnet4j.core.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  /**
   * A table of names finds "aB" and "b!" equal, if it multiplies by 33: as many names as their
   * combinations would be sought one by one, or refused.
   */
  @ParameterizedTest
  @ValueSource(ints = {8, 10, 12})
  void hostileNamesAreNamesLikeOthers(int pairs) {
    String text =
        IntStream.range(0, 1 << pairs)
            .mapToObj(i -> "\"%s\": %s".formatted(name(i, pairs), i))
            .collect(Collectors.joining(",", "{", "}"));
    for (int round = 0; round < 3; round++) {
      Map<?, ?> read = (Map<?, ?>) Json.read(text);
      assertThat(read).hasSize(1 << pairs);
      assertThat(read.get(name(5, pairs))).isEqualTo(5);
    }
  }

  private static String name(int bits, int pairs) {
    return IntStream.range(0, pairs)
        .mapToObj(i -> (bits >> i & 1) == 0 ? "aB" : "b!")
        .collect(Collectors.joining());
  }
}
