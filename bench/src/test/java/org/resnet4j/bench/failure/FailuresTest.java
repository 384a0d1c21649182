package org.resnet4j.bench.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.backend.BackendUnavailableException;

class FailuresTest {
  /** As systems say it. */
  @ParameterizedTest
  @CsvSource({
    "No space left on device, make room on the disk",
    "Disk quota exceeded, make room on the disk",
    "There is not enough space on the disk, make room on the disk",
    "File too large, 'raise the limit of a file''s length (ulimit -f), or choose another disk'",
    "Is a directory, check the path",
  })
  void whatHelpsWhereAFileCannotBeWritten(String reason, String remedy) {
    assertThat(Failures.line(new FileSystemException("x.npy", null, reason)))
        .isEqualTo("x.npy: %s; %s".formatted(reason, remedy));
  }

  /** The JVM's second word of a class in whose initialisation memory ran out. */
  @Test
  void aClassThatDoesNotBeginIsNoDamage() {
    String line =
        Failures.line(
            new NoClassDefFoundError(
                "Could not initialize class jdk.incubator.vector.VectorOperators"));
    assertThat(line).contains("VectorOperators", "RESNET4J_JAVA_OPTS=-Xmx1g", "mvn clean package");
    assertThat(line).doesNotContain("installation is incomplete");
    assertThat(
            Failures.line(
                new BootstrapMethodError(
                    "bootstrap method initialization exception", new IllegalStateException())))
        .contains("memory ran out", "RESNET4J_JAVA_OPTS=-Xmx1g")
        .doesNotContain("installation is incomplete");
    assertThat(Failures.line(new NoClassDefFoundError("org/resnet4j/core/Network")))
        .startsWith("the installation is incomplete or damaged (");
    assertThat(Failures.line(new NoClassDefFoundError("jdk/incubator/vector/FloatVector")))
        .startsWith("Java was started without the module jdk.incubator.vector,")
        .endsWith("; add --add-modules jdk.incubator.vector to the java command");
  }

  @Test
  void whatIsMissingOfJavaGoesToTheLaunchersVariable() {
    assertThat(
            Failures.line(
                new BackendUnavailableException(
                    "simd", "no module", "add --add-modules x to the java command")))
        .isEqualTo(
            "backend 'simd' is not available: no module; add --add-modules x to"
                + " RESNET4J_JAVA_OPTS");
  }
}
