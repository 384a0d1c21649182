/** What every format of weights files is read by: bytes on disk or in memory, and elements. */
@NullMarked
package org.resnet4j.core.weights.content;

import org.jspecify.annotations.NullMarked;
