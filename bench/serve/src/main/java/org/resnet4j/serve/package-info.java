/** A classifier behind HTTP: the Open Inference Protocol, and pictures as they are. */
@NullMarked
package org.resnet4j.serve;

import org.jspecify.annotations.NullMarked;
