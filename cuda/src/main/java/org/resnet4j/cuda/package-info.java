/** The GPU backend's provider. */
@NullMarked
package org.resnet4j.cuda;

import org.jspecify.annotations.NullMarked;
