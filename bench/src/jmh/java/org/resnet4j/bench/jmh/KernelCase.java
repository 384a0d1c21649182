package org.resnet4j.bench.jmh;

/** One line of the results: a problem, and who solves it. A benchmark's parameter spells it out. */
sealed interface KernelCase permits ConvCase, GemmCase {
  /** What is computed. */
  String problem();

  /** By which algorithm or library. */
  String engine();

  /** Of the definition, whatever an algorithm saves. */
  long multiplyAdds();

  /** The name of the parameter of the benchmark that times it. */
  String kind();

  /** The parameter's value. */
  default String parameter() {
    return problem() + " " + engine();
  }

  /** Both, which is what filters are looked for in. */
  default String line() {
    return kind() + " " + parameter();
  }
}
