/**
 * The CUDA driver API: devices, memory, streams, events, graphs and kernels, each object owning one
 * native object. Device addresses and handles leave this package as {@code long}; JCuda's types
 * never do.
 *
 * <p>Source of all types: NVIDIA, CUDA Driver API; methods that make one call are named after it.
 */
@NullMarked
package org.resnet4j.cuda.driver;

import org.jspecify.annotations.NullMarked;
