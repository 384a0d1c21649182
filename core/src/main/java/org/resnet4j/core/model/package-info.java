/**
 * The ResNet family: specifications, the shared network builder, and networks with their weights.
 */
@NullMarked
package org.resnet4j.core.model;

import org.jspecify.annotations.NullMarked;
