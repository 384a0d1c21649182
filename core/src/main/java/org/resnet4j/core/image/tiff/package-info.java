/** The first page of a TIFF: strips and tiles, LZW, deflate and PackBits, planar or not. */
@NullMarked
package org.resnet4j.core.image.tiff;

import org.jspecify.annotations.NullMarked;
