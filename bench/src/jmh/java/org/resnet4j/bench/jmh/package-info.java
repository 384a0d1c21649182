/** Benchmarks of the kernels alone; compiled with the tests, never shipped. */
@NullMarked
package org.resnet4j.bench.jmh;

import org.jspecify.annotations.NullMarked;
