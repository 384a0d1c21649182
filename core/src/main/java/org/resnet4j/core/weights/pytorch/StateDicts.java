package org.resnet4j.core.weights.pytorch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Faults;
import org.resnet4j.core.weights.pytorch.Pickled.View;

/**
 * Finds the state dict in what a file holds: one level down, where a single tensor may be beside
 * it, or the whole.
 */
final class StateDicts {
  /** Where training programs put it, the first that is there counts. */
  private static final List<String> KEYS =
      List.of(
          "state_dict",
          "model_state_dict",
          "model",
          "net",
          "params",
          "model_ema",
          "state_dict_ema");

  private StateDicts() {}

  /**
   * The tensors of what a file holds, by their names.
   *
   * @throws WeightsFileException if there are none
   */
  static Map<String, View> find(Object root, Faults faults) throws WeightsFileException {
    if (root instanceof Map<?, ?> map) {
      for (String key : KEYS) {
        Map<String, View> inner =
            map.get(key) instanceof Map<?, ?> under ? tensors(under) : Map.of();
        if (!inner.isEmpty()) {
          return inner;
        }
      }
      Map<String, View> whole = tensors(map);
      if (!whole.isEmpty()) {
        return whole;
      }
    }
    throw faults.of(
        Code.NO_STATE_DICT,
        "has no tensors by name, and none under one of the keys " + String.join(", ", KEYS));
  }

  private static Map<String, View> tensors(Map<?, ?> map) {
    Map<String, View> tensors = new LinkedHashMap<>();
    map.forEach((key, value) -> {
      if (key instanceof String name && value instanceof View view) {
        tensors.put(name, view);
      }
    });
    return tensors;
  }
}
