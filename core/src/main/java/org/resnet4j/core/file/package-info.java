/** Files that are written whole or not at all. */
@NullMarked
package org.resnet4j.core.file;

import org.jspecify.annotations.NullMarked;
