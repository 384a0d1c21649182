package org.resnet4j.simd.kernel.matrix;

import org.resnet4j.core.backend.Requirement;

/** Says what is found of matrix units in a JVM of its own. */
final class MatrixUnitProbe {
  private MatrixUnitProbe() {}

  public static void main(String[] args) {
    switch (MatrixUnit.current()) {
      case Requirement.Met(_, String found) ->
          System.out.println(found + "; wrong: " + MatrixAnswers.fault());
      case Requirement.Without(_, String reason, String remedy) ->
          System.out.println(reason + "; " + remedy);
      case Requirement.Unmet unmet -> throw new AssertionError(unmet);
    }
  }
}
