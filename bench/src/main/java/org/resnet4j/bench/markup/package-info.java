/** HTML and SVG as a tree of elements. */
@NullMarked
package org.resnet4j.bench.markup;

import org.jspecify.annotations.NullMarked;
