/**
 * cuBLAS 12 and 13, and cuBLASLt on which it stands, through {@code java.lang.foreign}. Device
 * addresses and handles are {@code long}. Nothing here is thread-safe unless it says so.
 */
@NullMarked
package org.resnet4j.cuda.cublas;

import org.jspecify.annotations.NullMarked;
