/** Pages and pictures for people: HTML and SVG that need nothing but themselves. */
@NullMarked
package org.resnet4j.bench.page;

import org.jspecify.annotations.NullMarked;
