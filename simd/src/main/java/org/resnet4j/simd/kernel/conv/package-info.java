/**
 * What a convolution is: its shape, the names of the algorithms, and what each of them makes of it.
 */
@NullMarked
package org.resnet4j.simd.kernel.conv;

import org.jspecify.annotations.NullMarked;
