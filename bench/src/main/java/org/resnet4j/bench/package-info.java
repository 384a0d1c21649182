/** The {@code resnet4j} command. */
@NullMarked
package org.resnet4j.bench;

import org.jspecify.annotations.NullMarked;
