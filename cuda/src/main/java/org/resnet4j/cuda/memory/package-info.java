/**
 * What lies where: a batch's parts and values on the device, their slots on the host, and the
 * weights.
 */
@NullMarked
package org.resnet4j.cuda.memory;

import org.jspecify.annotations.NullMarked;
