/** Files that commands write: what they may replace, and what is known of it before the work. */
@NullMarked
package org.resnet4j.bench.output;

import org.jspecify.annotations.NullMarked;
