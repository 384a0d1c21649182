/**
 * Libraries of the system's that decode pictures, from coded bytes to pixels. Knows nothing of
 * containers, files and messages.
 *
 * <p>WebP needs libwebp: how it upsamples chroma is part of Pillow's pixels, and no decoder in Java
 * has the same. JPEG needs none: libjpeg-turbo gives the pixels that the decoder in Java gives, in
 * less time. Nothing is loaded before the first such picture comes.
 */
@NullMarked
package org.resnet4j.core.image.system;

import org.jspecify.annotations.NullMarked;
