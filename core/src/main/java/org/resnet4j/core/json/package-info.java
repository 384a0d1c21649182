/** JSON texts as Java's own values. */
@NullMarked
package org.resnet4j.core.json;

import org.jspecify.annotations.NullMarked;
