/** Weights files: strict safetensors reading and writing. */
@NullMarked
package org.resnet4j.core.weights;

import org.jspecify.annotations.NullMarked;
