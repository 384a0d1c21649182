/**
 * A device and its libraries: what is there ({@link org.resnet4j.cuda.device.CudaProbe}), what is
 * missing and what to do about it ({@link org.resnet4j.cuda.device.Diagnosis}), and the opened
 * device ({@link org.resnet4j.cuda.device.CudaContext}).
 */
@NullMarked
package org.resnet4j.cuda.device;

import org.jspecify.annotations.NullMarked;
