package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor.Provides;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.reference.ReferenceBackendProvider;
import org.resnet4j.cuda.CudaBackendProvider;
import org.resnet4j.simd.SimdBackendProvider;

class ProvidersTest {
  /** On the class path one file counts, on the module path the other. */
  @ParameterizedTest
  @ValueSource(
      classes = {
        ReferenceBackendProvider.class,
        SimdBackendProvider.class,
        CudaBackendProvider.class
      })
  void areTheSameOnBothPaths(Class<?> provider) throws IOException, URISyntaxException {
    Path place = Path.of(provider.getProtectionDomain().getCodeSource().getLocation().toURI());
    ModuleReference module = ModuleFinder.of(place).findAll().iterator().next();
    String service = BackendProvider.class.getName();
    List<String> provided =
        module.descriptor().provides().stream()
            .filter(provides -> provides.service().equals(service))
            .map(Provides::providers)
            .findFirst()
            .orElse(List.of());
    assertThat(provided).containsExactly(provider.getName());
    try (ModuleReader reader = module.open();
        InputStream services = reader.open("META-INF/services/" + service).orElseThrow()) {
      assertThat(new String(services.readAllBytes(), StandardCharsets.UTF_8).lines())
          .containsExactlyElementsOf(provided);
    }
  }
}
