/** A network as a picture, in the manner of figures 3 and 5 of He et al. 2015. */
@NullMarked
package org.resnet4j.bench.drawing;

import org.jspecify.annotations.NullMarked;
