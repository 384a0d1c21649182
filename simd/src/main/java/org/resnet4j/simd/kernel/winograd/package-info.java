/** Convolutions of 3x3 by Winograd's minimal filtering. */
@NullMarked
package org.resnet4j.simd.kernel.winograd;

import org.jspecify.annotations.NullMarked;
