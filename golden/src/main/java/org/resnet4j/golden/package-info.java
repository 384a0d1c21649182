/** The embedded demo model, the sample pictures and what PyTorch answers for them. */
@NullMarked
package org.resnet4j.golden;

import org.jspecify.annotations.NullMarked;
