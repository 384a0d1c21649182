package org.resnet4j.bench.option;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.backend.Availability;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.backend.Requirement;

class SlownessTest {
  private record Provider(String name, Requirement requirement) implements BackendProvider {
    @Override
    public Availability availability() {
      return new Availability.Available("here");
    }

    @Override
    public List<Requirement> requirements() {
      return List.of(requirement);
    }

    @Override
    public Backend open(BackendOptions options) {
      throw new UnsupportedOperationException();
    }
  }

  private static String warnings(String name) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal = new Terminal(new ByteArrayOutputStream(), err, Terminal.Features.PLAIN);
    List<BackendProvider> providers =
        List.of(
            new Provider("fast", new Requirement.Met("speed", "9 times")),
            new Provider("slow", new Requirement.Unmet("speed", "no C2", "start it with C2")));
    Slowness.warn(terminal, name, providers);
    terminal.err().flush();
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void namesTheCauseOfASlowBackendAndOfNoOther() {
    assertThat(warnings("slow"))
        .isEqualTo("resnet4j: warning: backend 'slow': no C2; start it with C2\n");
    assertThat(warnings("fast")).isEmpty();
  }
}
