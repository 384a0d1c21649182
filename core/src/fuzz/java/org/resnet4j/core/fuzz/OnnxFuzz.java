package org.resnet4j.core.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import org.resnet4j.core.onnx.OnnxTarget;

/** Fuzzes the reader of ONNX files. */
class OnnxFuzz {
  @DictionaryEntries({
    "Conv",
    "BatchNormalization",
    "GlobalAveragePool",
    "ReduceMean",
    "Gemm",
    "MatMul",
    "Reshape",
    "Squeeze",
    "Constant",
    "auto_pad",
    "SAME_UPPER",
    "location"
  })
  @FuzzTest
  void feed(byte[] content) {
    OnnxTarget.feed(content);
  }
}
