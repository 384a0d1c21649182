/**
 * The SIMD kernel library: GEMM, convolution and pooling on {@code float[]}.
 *
 * <p>It knows floats, strides and vector widths, but no graph. Counts and offsets are in floats
 * unless a name says bytes. Read in this order: {@code BlockedLayout}, {@code TileKernel}, {@code
 * TileSpec}, {@code ImplicitGemm}.
 */
@NullMarked
package org.resnet4j.simd.kernel;

import org.jspecify.annotations.NullMarked;
