/**
 * WebP from coded bytes to pixels, by the system's libwebp. Knows nothing of containers, files and
 * messages.
 *
 * <p>It is the one library that the project calls for a picture: how libwebp upsamples chroma is
 * part of Pillow's pixels, and no decoder in Java has the same. Nothing is loaded before the first
 * WebP picture comes.
 */
@NullMarked
package org.resnet4j.core.image.webp;

import org.jspecify.annotations.NullMarked;
