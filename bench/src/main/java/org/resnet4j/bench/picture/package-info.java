/** Pictures that are named, and what became of them. */
@NullMarked
package org.resnet4j.bench.picture;

import org.jspecify.annotations.NullMarked;
