/**
 * The engine: compiles a graph to steps on {@link org.resnet4j.simd.kernel} and runs them on a
 * fixed pool of threads.
 */
@NullMarked
package org.resnet4j.simd;

import org.jspecify.annotations.NullMarked;
