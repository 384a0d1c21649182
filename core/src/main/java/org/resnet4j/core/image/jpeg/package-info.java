/**
 * JPEG from coded bytes to samples, bit-equal to libjpeg-turbo: entropy decoding of sequential and
 * progressive scans, inverse DCT, upsampling. Knows nothing of colour, files and messages.
 *
 * <p>Only what is coded without any fault is decoded here; for all else there is {@link
 * org.resnet4j.core.image.jpeg.UnusualJpegException}, and the caller asks the JDK's reader.
 */
@NullMarked
package org.resnet4j.core.image.jpeg;

import org.jspecify.annotations.NullMarked;
