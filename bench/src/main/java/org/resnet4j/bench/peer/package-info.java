/** Other engines, which are fetched when they are first asked for. */
@NullMarked
package org.resnet4j.bench.peer;

import org.jspecify.annotations.NullMarked;
