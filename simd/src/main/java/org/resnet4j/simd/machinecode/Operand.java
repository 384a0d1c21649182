package org.resnet4j.simd.machinecode;

/** What an instruction works on. */
interface Operand {
  /** As the GNU assembler reads it, in Intel's syntax. */
  String text();

  /** A value that stands in the instruction. */
  record Immediate(int value) implements Operand {
    @Override
    public String text() {
      return Integer.toString(value);
    }
  }

  /**
   * What lies at an address.
   *
   * @param size its name for so many bytes
   */
  record Memory(String size, Address address) implements Operand {
    @Override
    public String text() {
      return size + " PTR " + address.text();
    }
  }

  /** The lanes of a vector that a mask has. */
  record Masked(Vector vector, Mask mask) implements Operand {
    @Override
    public String text() {
      return vector.text() + "{" + mask.text() + "}";
    }
  }
}
