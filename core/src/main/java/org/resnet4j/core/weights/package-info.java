/**
 * Named tensors of a network, whatever file they come from: names, extents, values, all checked.
 */
@NullMarked
package org.resnet4j.core.weights;

import org.jspecify.annotations.NullMarked;
