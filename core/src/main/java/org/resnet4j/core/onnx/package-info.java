/** A graph as an ONNX file, which other engines read. */
@NullMarked
package org.resnet4j.core.onnx;

import org.jspecify.annotations.NullMarked;
