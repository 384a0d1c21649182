/** From an exception to one line and an exit code. */
@NullMarked
package org.resnet4j.bench.failure;

import org.jspecify.annotations.NullMarked;
