package org.resnet4j.core.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.resnet4j.core.onnx.OnnxScope.Value;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.weights.WeightsFileException;

/**
 * Operators that change no number: they compute extents, which are known without a run, or make one
 * row of a picture of one pixel. {@code x.view(x.size(0), -1)} becomes six of them.
 */
final class OnnxShapes {
  private static final int RANK = OnnxScope.PICTURE;

  /** Since then the axes of Squeeze and Unsqueeze are an input. */
  private static final int AXES_AS_INPUT = 13;

  private final OnnxScope scope;
  private final long opset;

  /** Images as the file states them; -1 if any. */
  private final long batch;

  OnnxShapes(OnnxScope scope, long opset, long batch) {
    this.scope = scope;
    this.opset = opset;
    this.batch = batch;
  }

  // ---- extents

  void shape(OnnxNode node) throws WeightsFileException {
    Value value = scope.value(node, 0);
    Shape shape = scope.shape(value);
    List<Long> extents = new ArrayList<>(List.of(OnnxScope.BATCH, (long) shape.channels()));
    if (value.rank() == RANK) {
      extents.addAll(List.of((long) shape.height(), (long) shape.width()));
    } else if (value.rank() > OnnxScope.ROW) {
      extents.add(shape.pixels());
    }
    int size = extents.size();
    scope.define(node, part(extents, node.number("start", 0), node.number("end", size)));
  }

  /** From one position up to another; both count from the end if they are negative. */
  private static List<Long> part(List<Long> all, long from, long to) {
    int size = all.size();
    int first = Math.clamp(from < 0 ? from + size : from, 0, size);
    int last = Math.clamp(to < 0 ? to + size : to, 0, size);
    return List.copyOf(all.subList(first, Math.max(first, last)));
  }

  void gather(OnnxNode node) throws WeightsFileException {
    List<Long> from = scope.numbers(node, 0);
    requireAxis0(node, node.number("axis", 0));
    List<Long> chosen = new ArrayList<>();
    for (long index : scope.numbers(node, 1)) {
      long position = index < 0 ? index + from.size() : index;
      if (position < 0 || position >= from.size()) {
        throw scope.refuse(node, "takes position " + index + " of " + from.size());
      }
      chosen.add(from.get((int) position));
    }
    scope.define(node, chosen);
  }

  void slice(OnnxNode node) throws WeightsFileException {
    List<Long> from = scope.numbers(node, 0);
    boolean inputs = node.inputs().size() > 1;
    List<Long> starts = inputs ? scope.numbers(node, 1) : node.numbers("starts");
    List<Long> ends = inputs ? scope.numbers(node, 2) : node.numbers("ends");
    List<Long> axes = node.hasInput(3) ? scope.numbers(node, 3) : node.numbers("axes");
    List<Long> steps = node.hasInput(4) ? scope.numbers(node, 4) : List.of();
    boolean plain =
        starts.size() == 1
            && ends.size() == 1
            && (steps.isEmpty() || steps.equals(List.of(1L)))
            && axes.size() <= 1;
    if (!plain) {
      throw scope.refuse(node, "slices more than a row of numbers");
    }
    requireAxis0(node, axes.isEmpty() ? 0 : axes.getFirst());
    scope.define(node, part(from, starts.getFirst(), ends.getFirst()));
  }

  /** A number and a row of one number are the same here. */
  void unsqueeze(OnnxNode node) throws WeightsFileException {
    List<Long> from = scope.numbers(node, 0);
    List<Long> axes = axes(node, AXES_AS_INPUT);
    if (from.size() != 1 || axes.size() != 1) {
      throw scope.refuse(node, "adds axes " + axes + " to " + from.size() + " numbers");
    }
    requireAxis0(node, axes.getFirst());
    scope.define(node, from);
  }

  void concat(OnnxNode node) throws WeightsFileException {
    requireAxis0(node, node.number("axis", -1));
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      all.addAll(scope.numbers(node, i));
      if (all.size() > OnnxTensor.MAX_NUMBERS) {
        throw scope.refuse(node, "joins more numbers than there are extents");
      }
    }
    scope.define(node, all);
  }

  void cast(OnnxNode node) throws WeightsFileException {
    if (node.number("to", 0) != ElementType.INT64) {
      throw scope.refuse(
          node, "makes " + ElementType.name(Math.clamp(node.number("to", 0), 0, 99)));
    }
    scope.define(node, scope.wholeNumbers(node, 0));
  }

  private void requireAxis0(OnnxNode node, long axis) throws WeightsFileException {
    if (axis != 0 && axis != -1) {
      throw scope.refuse(node, "works on axis " + axis + ", and a row of numbers has one");
    }
  }

  // ---- one row

  void flatten(OnnxNode node) throws WeightsFileException {
    long axis = node.number("axis", 1);
    Value from = scope.value(node, 0);
    if (axis != 1 && axis != 1 - from.rank()) {
      throw scope.refuse(node, "flattens from axis " + axis);
    }
    row(node, from);
  }

  void reshape(OnnxNode node) throws WeightsFileException {
    Value from = scope.value(node, 0);
    List<Long> shape = scope.numbers(node, 1);
    long channels = scope.shape(from).channels();
    boolean zeroKeeps = scope.flag(node, "allowzero", 0) == 0;
    boolean isRow = shape.size() == 2 && (shape.get(1) == -1 || shape.get(1) == channels);
    if (isRow) {
      long images = shape.get(0);
      isRow =
          images == OnnxScope.BATCH
              || (images == 0 && zeroKeeps)
              || (images == -1 && shape.get(1) != -1)
              || (images == 1 && batch == -1) // an exporter's that knew of one picture only
              || (images > 0 && images == batch);
    }
    if (!isRow) {
      String wanted = shape.toString().replace(Long.toString(OnnxScope.BATCH), "N");
      throw scope.refuse(node, "makes " + wanted + " of N x " + scope.shape(from));
    }
    row(node, from);
  }

  /** Height and width, both at once or one after the other. */
  void squeeze(OnnxNode node) throws WeightsFileException {
    Value from = scope.value(node, 0);
    Shape shape = scope.shape(from);
    List<Long> axes = axes(node, AXES_AS_INPUT);
    Set<Long> dropped = new HashSet<>();
    for (long axis : axes) {
      long positive = axis < 0 ? axis + from.rank() : axis;
      boolean isOne =
          switch (from.rank() - Math.clamp(positive, -1, RANK)) {
            case 1 -> from.rank() == RANK ? shape.width() == 1 : shape.pixels() == 1;
            case 2 -> from.rank() == RANK && shape.height() == 1;
            default -> false;
          };
      if (!isOne || !dropped.add(positive)) {
        dropped.clear();
        break;
      }
    }
    if (dropped.isEmpty()) {
      throw scope.refuse(node, "drops axes " + axes + " of N x " + shape);
    }
    scope.define(node, new Value(from.id(), from.rank() - dropped.size()));
  }

  private void row(OnnxNode node, Value from) throws WeightsFileException {
    Shape shape = scope.shape(from);
    if (shape.pixels() != 1) {
      throw scope.refuse(node, "makes one row of " + shape + ", and only C x 1 x 1 may be one");
    }
    scope.define(node, new Value(from.id(), OnnxScope.ROW));
  }

  /** The axes of an operator, which were an attribute until an operator set. */
  List<Long> axes(OnnxNode node, int since) throws WeightsFileException {
    return opset >= since && node.hasInput(1) ? scope.numbers(node, 1) : node.numbers("axes");
  }
}
