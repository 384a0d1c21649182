package org.resnet4j.core.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import org.resnet4j.core.weights.pytorch.PyTorchTarget;

/** Fuzzes the reader of PyTorch's files. */
class PyTorchFuzz {
  @DictionaryEntries({
    "ctorch._utils\n_rebuild_tensor_v2\n",
    "ctorch\nFloatStorage\n",
    "ctorch\nLongStorage\n",
    "ccollections\nOrderedDict\n",
    "storage",
    "data.pkl",
    "PK"
  })
  @FuzzTest
  void feed(byte[] content) {
    PyTorchTarget.feed(content);
  }
}
