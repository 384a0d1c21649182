/** PNG: its chunks are checked here, its lines are unpacked by the JDK. */
@NullMarked
package org.resnet4j.core.image.png;

import org.jspecify.annotations.NullMarked;
