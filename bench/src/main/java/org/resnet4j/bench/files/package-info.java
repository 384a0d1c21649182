/** From files to answers: what {@code bench --files} measures. */
@NullMarked
package org.resnet4j.bench.files;

import org.jspecify.annotations.NullMarked;
