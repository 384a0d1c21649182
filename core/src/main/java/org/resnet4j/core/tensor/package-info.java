/** Dense float32 tensors and the shape of one image's activation. */
@NullMarked
package org.resnet4j.core.tensor;

import org.jspecify.annotations.NullMarked;
