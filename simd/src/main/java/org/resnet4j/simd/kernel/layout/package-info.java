/** How activations lie in memory, and where kernels work: the ground floor. */
@NullMarked
package org.resnet4j.simd.kernel.layout;

import org.jspecify.annotations.NullMarked;
