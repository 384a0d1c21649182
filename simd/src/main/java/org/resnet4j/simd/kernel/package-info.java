/**
 * The SIMD kernel library: GEMM, convolution and pooling on {@code float[]}.
 *
 * <p>It knows floats, strides and vector widths, but no graph. Counts and offsets are in floats
 * unless a name says bytes. Here is what knows all algorithms; each of them has a package of its
 * own below, and the micro-kernel is in {@code tile}.
 */
@NullMarked
package org.resnet4j.simd.kernel;

import org.jspecify.annotations.NullMarked;
