import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.cuda.CudaBackendProvider;

/** The GPU backend: networks by cuDNN and cuBLAS on NVIDIA's devices. */
module org.resnet4j.cuda {
  requires transitive org.resnet4j.core;
  requires jcuda;

  exports org.resnet4j.cuda;

  provides BackendProvider with
      CudaBackendProvider;
}
