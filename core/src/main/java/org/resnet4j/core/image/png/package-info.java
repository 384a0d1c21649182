/** PNG, of any depth, interlaced or not; zlib is the JDK's. */
@NullMarked
package org.resnet4j.core.image.png;

import org.jspecify.annotations.NullMarked;
