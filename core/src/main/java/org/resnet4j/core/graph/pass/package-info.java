/** Rewrites of a graph: batch-norm folding and fusion. One small file per pass. */
@NullMarked
package org.resnet4j.core.graph.pass;

import org.jspecify.annotations.NullMarked;
