/** From a graph to a device's steps: {@link org.resnet4j.cuda.lowering.CudaCompiler}. */
@NullMarked
package org.resnet4j.cuda.lowering;

import org.jspecify.annotations.NullMarked;
