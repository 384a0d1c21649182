/**
 * JPEG files: what may be in one, which of it makes pixels, and in which colours. Coded bytes are
 * {@code image.jpeg}'s.
 */
@NullMarked
package org.resnet4j.core.image.jfif;

import org.jspecify.annotations.NullMarked;
