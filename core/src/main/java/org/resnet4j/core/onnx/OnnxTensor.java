package org.resnet4j.core.onnx;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A constant of an ONNX graph, as the file describes it; its values are read when they are needed.
 *
 * @param type of its elements, ONNX's number
 * @param numbers its values, if it has them as a list of whole numbers
 * @param begin where its values begin in the file or beside it; -1 if nowhere
 * @param bytes how many they take; -1 if as many as its extents need
 * @param file beside the model, that has the values, or null if the model itself has them
 */
record OnnxTensor(
    String name,
    List<Long> dims,
    int type,
    @Nullable List<Long> numbers,
    long begin,
    long bytes,
    @Nullable String file) {}
