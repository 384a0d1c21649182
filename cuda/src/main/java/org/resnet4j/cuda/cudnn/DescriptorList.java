package org.resnet4j.cuda.cudnn;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.cuda.driver.Resources;

/** Descriptors that are closed together. Not thread-safe. */
final class DescriptorList implements AutoCloseable {
  private final CudnnHandle cudnn;
  private final Resources owned = new Resources();
  private final List<BackendDescriptor> descriptors = new ArrayList<>();

  DescriptorList(CudnnHandle cudnn) {
    this.cudnn = cudnn;
  }

  /** Creates one and owns it. */
  BackendDescriptor add(DescriptorType type) {
    BackendDescriptor descriptor = owned.own(BackendDescriptor.create(cudnn, type));
    descriptors.add(descriptor);
    return descriptor;
  }

  BackendDescriptor last() {
    return descriptors.getLast();
  }

  List<BackendDescriptor> first(int count) {
    return descriptors.subList(0, count);
  }

  BackendDescriptor[] toArray() {
    return descriptors.toArray(BackendDescriptor[]::new);
  }

  /** Closes all, the last first, also if some fail; throws the first failure. Idempotent. */
  @Override
  public void close() {
    owned.close();
  }
}
