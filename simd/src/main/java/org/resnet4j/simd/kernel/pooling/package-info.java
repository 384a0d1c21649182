/** Machine code for max pooling. */
@NullMarked
package org.resnet4j.simd.kernel.pooling;

import org.jspecify.annotations.NullMarked;
