/** BMP, plain and by run lengths. */
@NullMarked
package org.resnet4j.core.image.bmp;

import org.jspecify.annotations.NullMarked;
