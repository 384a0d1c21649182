package org.resnet4j.simd.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessorTest {
  @Test
  void isReadWhereLinuxNamesIt(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("cpuinfo");
    assertThat(Processor.read(file)).isEmpty();
    Files.writeString(
        file,
        """
        processor\t: 0
        vendor_id\t: GenuineIntel
        cpu family\t: 6
        model\t\t: 207
        model name\t: Some CPU @ 2 GHz
        flags\t\t: fpu  vme amx_bf16

        processor\t: 1
        model\t\t: 1
        """);
    assertThat(Processor.read(file))
        .contains(
            new Processor(
                "GenuineIntel", 6, 207, "Some CPU @ 2 GHz", Set.of("fpu", "vme", "amx_bf16")));
    Files.writeString(file, "model name : Some CPU\ncpu family : many\n");
    assertThat(Processor.read(file)).contains(new Processor("", 0, 0, "Some CPU", Set.of()));
    Files.writeString(file, "processor : 0\nBogoMIPS : 100.00\n");
    assertThat(Processor.read(file)).isEmpty();
    Files.write(file, new byte[] {'m', (byte) 0xff, '\n'});
    assertThat(Processor.read(file)).isEmpty();
  }

  @Test
  void isReadWhereWindowsNamesIt() {
    assertThat(
            Processor.ofIdentifier(
                Map.of(
                    "PROCESSOR_IDENTIFIER", "AMD64 Family 25 Model 17 Stepping 1, AuthenticAMD")))
        .contains(new Processor("AuthenticAMD", 25, 17, "", Set.of()));
    assertThat(Processor.ofIdentifier(Map.of("PROCESSOR_IDENTIFIER", "ARMv8 (64-bit)"))).isEmpty();
    assertThat(Processor.ofIdentifier(Map.of())).isEmpty();
  }

  @Test
  void hasATextForPeople() {
    assertThat(new Processor("AuthenticAMD", 25, 17, "AMD EPYC", Set.of()).text())
        .isEqualTo("AMD EPYC");
    assertThat(new Processor("AuthenticAMD", 25, 17, "", Set.of()).text())
        .isEqualTo("AuthenticAMD family 25 model 17");
    assertThat(Processor.current().text()).isNotBlank();
  }

  /** As AMD and Intel number their server processors, and one of each kind that is none of them. */
  @ParameterizedTest
  @CsvSource({
    "AuthenticAMD, 25, 17, zen4", // Genoa
    "AuthenticAMD, 25, 160, zen4", // Bergamo
    "AuthenticAMD, 25, 97, zen4", // Raphael
    "AuthenticAMD, 25, 1, generic", // Milan
    "AuthenticAMD, 26, 2, zen5", // Turin
    "AuthenticAMD, 26, 17, zen5", // Turin Dense
    "AuthenticAMD, 26, 68, zen5", // Granite Ridge
    "AuthenticAMD, 26, 36, zen4", // Strix Point
    "AuthenticAMD, 23, 49, generic", // Rome
    "GenuineIntel, 6, 85, xeon", // Skylake to Cooper Lake
    "GenuineIntel, 6, 106, xeon", // Ice Lake
    "GenuineIntel, 6, 143, xeon", // Sapphire Rapids
    "GenuineIntel, 6, 207, xeon", // Emerald Rapids
    "GenuineIntel, 6, 173, xeon", // Granite Rapids
    "GenuineIntel, 6, 154, generic", // Alder Lake
    "GenuineIntel, 15, 85, generic",
    "'', 0, 0, generic",
  })
  void kinds(String vendor, int family, int model, String kind) {
    MachineModel found = MachineModel.of(new Processor(vendor, family, model, "", Set.of()));
    assertThat(found.name()).isEqualTo(kind);
    assertThat(MachineModel.named(kind)).contains(found);
    assertThat(found.text()).startsWith(kind + " (").contains("multiply-adds a cycle");
  }

  /** A virtual machine may give its processor any number. */
  @Test
  void whoHasTilesIsAXeon() {
    Processor processor = new Processor("GenuineIntel", 6, 167, "", Set.of("amx_tile"));
    assertThat(MachineModel.of(processor)).isEqualTo(MachineModel.XEON);
  }
}
