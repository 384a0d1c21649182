/** Rows of samples to rows of RGB, by Pillow's formulas. Knows no file. */
@NullMarked
package org.resnet4j.core.image.sample;

import org.jspecify.annotations.NullMarked;
