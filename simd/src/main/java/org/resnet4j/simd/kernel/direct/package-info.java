/** Convolutions that multiply each input with each of its weights, by the micro-kernel. */
@NullMarked
package org.resnet4j.simd.kernel.direct;

import org.jspecify.annotations.NullMarked;
