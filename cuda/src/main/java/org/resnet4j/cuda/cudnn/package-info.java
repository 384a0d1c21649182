/**
 * cuDNN 9 through {@code java.lang.foreign}: the legacy functions for convolution and pooling, and
 * the graph API for convolution with residual, bias and ReLU. Device addresses and handles are
 * {@code long}. Nothing here is thread-safe unless it says so: a device's thread makes, uses and
 * closes it.
 */
@NullMarked
package org.resnet4j.cuda.cudnn;

import org.jspecify.annotations.NullMarked;
