/** The first frame of a WebP, by the system's libwebp. */
@NullMarked
package org.resnet4j.core.image.webp;

import org.jspecify.annotations.NullMarked;
