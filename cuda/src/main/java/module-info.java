import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.cuda.CudaBackendProvider;

/**
 * What the GPU backend stands on; its provider is found and says that there is no such backend yet.
 */
module org.resnet4j.cuda {
  requires transitive org.resnet4j.core;
  requires jcuda;

  exports org.resnet4j.cuda;

  provides BackendProvider with
      CudaBackendProvider;
}
