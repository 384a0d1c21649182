package org.resnet4j.simd.kernel.tile;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.resnet4j.simd.machine.VectorWidth;

/** Of loops whose results do not depend on the width of vectors. */
public final class Species {
  /** Of {@link VectorWidth#preferred}; at most 512 bits. */
  public static final VectorSpecies<Float> PREFERRED =
      switch (VectorWidth.preferred()) {
        case BITS_128 -> FloatVector.SPECIES_128;
        case BITS_256 -> FloatVector.SPECIES_256;
        case BITS_512 -> FloatVector.SPECIES_512;
      };

  private Species() {}
}
