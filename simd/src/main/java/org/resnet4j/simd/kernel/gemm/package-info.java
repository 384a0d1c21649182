/** General matrix multiplication. */
@NullMarked
package org.resnet4j.simd.kernel.gemm;

import org.jspecify.annotations.NullMarked;
