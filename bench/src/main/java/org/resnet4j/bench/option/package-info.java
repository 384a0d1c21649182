/** Options that commands share, and what they open. */
@NullMarked
package org.resnet4j.bench.option;

import org.jspecify.annotations.NullMarked;
