/** From a picture file of any format to its pixels. */
@NullMarked
package org.resnet4j.core.image.decode;

import org.jspecify.annotations.NullMarked;
