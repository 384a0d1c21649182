/** The intermediate representation: eight operators, immutable graphs in execution order. */
@NullMarked
package org.resnet4j.core.graph;

import org.jspecify.annotations.NullMarked;
