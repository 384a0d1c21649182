/** Times engines against each other: turns, statistics, and the machine's limit. */
@NullMarked
package org.resnet4j.bench.measure;

import org.jspecify.annotations.NullMarked;
