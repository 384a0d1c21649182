/** What is known of processors, which one this is, and what this JVM makes of its vectors. */
@NullMarked
package org.resnet4j.simd.machine;

import org.jspecify.annotations.NullMarked;
