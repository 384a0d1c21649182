package org.resnet4j.core.onnx;

import java.util.List;
import java.util.Map;

/**
 * What an ONNX file says, before anything of it is understood.
 *
 * @param producer the program that wrote it, empty if it does not say
 * @param opset version of ONNX's own operators
 * @param metadata what it says of itself
 * @param nodes in the order of execution
 * @param constants by their names
 * @param inputs what a run is given, without constants, by name
 * @param outputs names of the values that a run gives
 */
record OnnxGraph(
    String producer,
    long opset,
    Map<String, String> metadata,
    List<OnnxNode> nodes,
    Map<String, OnnxTensor> constants,
    Map<String, Input> inputs,
    List<String> outputs) {

  /**
   * What a run is given.
   *
   * @param type of its elements, ONNX's number
   * @param extents -1 for those that a run chooses
   */
  record Input(int type, List<Long> extents) {
    /** Of what is no tensor, or does not say what it is. */
    static final Input UNKNOWN = new Input(0, List.of());
  }
}
