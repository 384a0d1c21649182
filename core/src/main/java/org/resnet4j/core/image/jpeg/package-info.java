/**
 * JPEG from coded bytes to samples, bit-equal to libjpeg-turbo: entropy decoding of sequential and
 * progressive scans, inverse DCT, upsampling. Knows nothing of colour, files and messages.
 *
 * <p>What libjpeg would warn of is refused by {@link
 * org.resnet4j.core.image.jpeg.JpegFaultException}; but for bytes behind the last pixel.
 */
@NullMarked
package org.resnet4j.core.image.jpeg;

import org.jspecify.annotations.NullMarked;
