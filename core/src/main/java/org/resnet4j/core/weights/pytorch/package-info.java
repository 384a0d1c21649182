/** PyTorch's own weights files: zip archives and older pickles, read without running anything. */
@NullMarked
package org.resnet4j.core.weights.pytorch;

import org.jspecify.annotations.NullMarked;
