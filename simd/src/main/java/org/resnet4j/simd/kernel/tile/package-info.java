/**
 * The micro-kernel: its specification, the generator of its byte code, its table, and how lines are
 * cut into tiles.
 */
@NullMarked
package org.resnet4j.simd.kernel.tile;

import org.jspecify.annotations.NullMarked;
