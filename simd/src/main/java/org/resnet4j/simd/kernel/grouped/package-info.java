/** Convolutions of few channels a group, and depthwise ones. */
@NullMarked
package org.resnet4j.simd.kernel.grouped;

import org.jspecify.annotations.NullMarked;
