/**
 * Shared libraries that are called through {@code java.lang.foreign}: where they lie, whether they
 * can be opened, and calls of their functions with return codes checked in one place. Knows no
 * library in particular.
 */
@NullMarked
package org.resnet4j.cuda.library;

import org.jspecify.annotations.NullMarked;
