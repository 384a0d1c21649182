/**
 * What the decoders of all formats read from: a file piece by piece, its limits, how a camera was
 * held.
 */
@NullMarked
package org.resnet4j.core.image.source;

import org.jspecify.annotations.NullMarked;
