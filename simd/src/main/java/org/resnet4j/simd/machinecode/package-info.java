/**
 * Machine code that Java makes at run time: a small assembler for x86-64, and memory that holds its
 * code and may be called. Knows nothing of convolutions.
 */
@NullMarked
package org.resnet4j.simd.machinecode;

import org.jspecify.annotations.NullMarked;
