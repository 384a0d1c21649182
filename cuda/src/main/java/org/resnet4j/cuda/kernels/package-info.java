/** The GPU backend's own kernels: PTX text by type of number, and what each is called with. */
@NullMarked
package org.resnet4j.cuda.kernels;

import org.jspecify.annotations.NullMarked;
