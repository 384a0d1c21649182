/** The commands, a class for each. */
@NullMarked
package org.resnet4j.bench.command;

import org.jspecify.annotations.NullMarked;
