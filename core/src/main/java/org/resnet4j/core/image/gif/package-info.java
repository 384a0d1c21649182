/** The first frame of a GIF. */
@NullMarked
package org.resnet4j.core.image.gif;

import org.jspecify.annotations.NullMarked;
