/** Safetensors files: strict reading and writing. */
@NullMarked
package org.resnet4j.core.weights.safetensors;

import org.jspecify.annotations.NullMarked;
