/** From a picture file to a network's input, bit-equal to torchvision on Pillow. */
@NullMarked
package org.resnet4j.core.image;

import org.jspecify.annotations.NullMarked;
