package org.resnet4j.core.weights.pytorch;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
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
          "state_dict_ema",
          "ema_state_dict",
          "weights");

  private StateDicts() {}

  /**
   * A state dict.
   *
   * @param tensors by their names
   * @param choice which it is of several, for people; null if the file has one
   */
  record Found(Map<String, View> tensors, @Nullable String choice) {}

  /**
   * The state dict in what a file holds.
   *
   * @throws WeightsFileException if there is none
   */
  static Found find(Object root, Faults faults) throws WeightsFileException {
    if (root instanceof Map<?, ?> map) {
      Map<String, Map<String, View>> inner = new LinkedHashMap<>();
      for (String key : KEYS) {
        Map<String, View> tensors =
            map.get(key) instanceof Map<?, ?> under ? tensors(under) : Map.of();
        if (!tensors.isEmpty()) {
          inner.put(key, tensors);
        }
      }
      if (!inner.isEmpty()) {
        return first(inner);
      }
      Map<String, View> whole = tensors(map);
      if (!whole.isEmpty()) {
        return new Found(whole, null);
      }
    }
    throw faults.of(
        Code.NO_STATE_DICT,
        "has no tensors by name, and none under one of the keys " + String.join(", ", KEYS));
  }

  private static Found first(Map<String, Map<String, View>> inner) {
    Iterator<Map.Entry<String, Map<String, View>>> all = inner.entrySet().iterator();
    Map.Entry<String, Map<String, View>> first = all.next();
    StringJoiner others = new StringJoiner("', '", "under '" + first.getKey() + "', not '", "'");
    all.forEachRemaining(other -> others.add(other.getKey()));
    return new Found(first.getValue(), inner.size() > 1 ? others.toString() : null);
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
