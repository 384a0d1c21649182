/** Convolutions of 1x1 by a level of Strassen's algorithm. */
@NullMarked
package org.resnet4j.simd.kernel.strassen;

import org.jspecify.annotations.NullMarked;
