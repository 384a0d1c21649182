/** What a screen shows. */
@NullMarked
package org.resnet4j.bench.screen;

import org.jspecify.annotations.NullMarked;
