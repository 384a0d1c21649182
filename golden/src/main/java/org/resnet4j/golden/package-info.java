/** The verifier, and what PyTorch answers for every network, the embedded model and its samples. */
@NullMarked
package org.resnet4j.golden;

import org.jspecify.annotations.NullMarked;
