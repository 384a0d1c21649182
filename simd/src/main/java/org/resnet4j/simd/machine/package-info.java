/** What is known of processors, and which one this is. */
@NullMarked
package org.resnet4j.simd.machine;

import org.jspecify.annotations.NullMarked;
