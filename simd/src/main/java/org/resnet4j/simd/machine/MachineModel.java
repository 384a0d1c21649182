package org.resnet4j.simd.machine;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a kind of processor does and what it has to wait for: the numbers from which algorithms are
 * chosen, and with them the bits of results. They are typical of a kind and constant, never
 * measured where they are used, so that equal processors give equal bits.
 *
 * @param name as options have it
 * @param description for people
 * @param multiplyAdds of float32, fused, in a cycle of a core
 * @param tileRows of a register tile of two vectors, at most
 * @param busyRows of such a tile, with fewer of which multiply-adds wait for each other
 * @param l1Bytes data cache of a core; for people
 * @param l2Bytes second cache of a core
 * @param gigahertz of a core at work
 * @param memoryGigabytes that a core reads from memory in a second, beside others that do
 */
public record MachineModel(
    String name,
    String description,
    int multiplyAdds,
    int tileRows,
    int busyRows,
    int l1Bytes,
    int l2Bytes,
    double gigahertz,
    double memoryGigabytes) {
  /** AMD's fourth generation: a vector of 512 bits takes its FMA unit two cycles of one of 256. */
  public static final MachineModel ZEN4 =
      new MachineModel("zen4", "AMD Zen 4", 16, 14, 2, 32 << 10, 1 << 20, 3.7, 29);

  /** AMD's fifth generation with units of full width, as servers have. */
  public static final MachineModel ZEN5 =
      new MachineModel("zen5", "AMD Zen 5", 32, 14, 4, 48 << 10, 1 << 20, 3.6, 28);

  /** Intel's servers with two FMA units of 512 bits: third to fifth generation and later. */
  public static final MachineModel XEON =
      new MachineModel("xeon", "Intel Xeon with AVX-512", 32, 14, 4, 48 << 10, 2 << 20, 2.9, 11);

  /** What is sound on any other: two FMA units of 256 bits, or four of 128. */
  public static final MachineModel GENERIC =
      new MachineModel("generic", "any other processor", 16, 6, 5, 32 << 10, 1 << 20, 3.0, 15);

  /** What the portable choice of algorithms is made for, on every processor. */
  public static final MachineModel PORTABLE = ZEN4;

  private static final List<MachineModel> ALL = List.of(ZEN4, ZEN5, XEON, GENERIC);

  private static final MachineModel CURRENT = of(Processor.current());

  /** This machine's. */
  public static MachineModel current() {
    return CURRENT;
  }

  /** Those that there are. */
  public static List<MachineModel> all() {
    return ALL;
  }

  /** Their names, with commas between, for messages. */
  public static String names() {
    return ALL.stream().map(MachineModel::name).collect(Collectors.joining(", "));
  }

  /** The model of a name. */
  public static Optional<MachineModel> named(String name) {
    return ALL.stream().filter(model -> model.name.equals(name)).findFirst();
  }

  /** The model of a processor. Sources: AMD's and Intel's lists of CPUID families and models. */
  static MachineModel of(Processor processor) {
    return switch (processor.vendor()) {
      case "AuthenticAMD" -> amd(processor);
      case "GenuineIntel" -> intel(processor);
      default -> GENERIC;
    };
  }

  private static MachineModel amd(Processor processor) {
    int model = processor.model();
    return switch (processor.family()) {
      case 0x19 ->
          (model >= 0x10 && model <= 0x1F)
                  || (model >= 0x60 && model <= 0x7F)
                  || (model >= 0xA0 && model <= 0xAF)
              ? ZEN4
              : GENERIC;
      case 0x1A -> isOfHalfWidth(model) ? ZEN4 : ZEN5;
      default -> GENERIC;
    };
  }

  /** Whether a Zen 5 has units of 256 bits: those of portable computers, but the largest. */
  private static boolean isOfHalfWidth(int model) {
    return (model >= 0x20 && model <= 0x2F) || (model >= 0x60 && model <= 0x6F);
  }

  private static MachineModel intel(Processor processor) {
    // Only Intel's servers have tiles, whatever number a virtual machine gives its processor.
    if (processor.flags().contains("amx_tile")) {
      return XEON;
    }
    return processor.family() != 6
        ? GENERIC
        : switch (processor.model()) {
          case 0x55, 0x6A, 0x6C, 0x8F, 0xAD, 0xAE, 0xCF -> XEON;
          default -> GENERIC;
        };
  }

  /** A part of the second cache, in floats: for what is to stay there. */
  public int l2Floats(double part) {
    return (int) (part * l2Bytes / Float.BYTES);
  }

  /** Bytes that a core reads from memory in a cycle. */
  public double memoryBytesPerCycle() {
    return memoryGigabytes / gigahertz;
  }

  /** For people: what it says. */
  public String text() {
    return String.format(
        Locale.ROOT,
        "%s (%s): %d multiply-adds a cycle at %.1f GHz, %d KB of L1, %d MB of L2,"
            + " %.0f GB/s from memory",
        name,
        description,
        multiplyAdds,
        gigahertz,
        l1Bytes >> 10,
        l2Bytes >> 20,
        memoryGigabytes);
  }
}
