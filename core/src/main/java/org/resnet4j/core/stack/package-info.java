/** Calls near the end of a thread's stack. */
@NullMarked
package org.resnet4j.core.stack;

import org.jspecify.annotations.NullMarked;
