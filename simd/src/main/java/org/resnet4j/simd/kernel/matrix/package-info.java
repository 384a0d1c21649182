/**
 * Convolution in bfloat16 on the processor's matrix units, by machine code that is made at run
 * time: Intel's AMX, and AVX-512 BF16.
 */
@NullMarked
package org.resnet4j.simd.kernel.matrix;

import org.jspecify.annotations.NullMarked;
