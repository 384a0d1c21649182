/** The facade: from an image file to the classes in it. */
@NullMarked
package org.resnet4j.core;

import org.jspecify.annotations.NullMarked;
