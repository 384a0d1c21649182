package org.resnet4j.cuda.cudnn;

/** How an engine behaves. Source: {@code cudnnBackendBehaviorNote_t}. Thread-safe. */
public enum BehaviorNote implements CudnnConstant {
  /** Compiled when the plan is made. */
  RUNTIME_COMPILATION(0),
  /** Can fill a CUDA graph without capture. */
  SUPPORTS_CUDA_GRAPH_NATIVE_API(3);

  private final int value;

  BehaviorNote(int value) {
    this.value = value;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public String cName() {
    return "CUDNN_BEHAVIOR_NOTE_" + name();
  }
}
