/**
 * Models of the Hugging Face hub, or of a server that answers as it does, in the cache that its own
 * Python library uses. Nothing here is called by any other package: a network is asked only by who
 * calls {@link org.resnet4j.core.hub.Hub}.
 */
@NullMarked
package org.resnet4j.core.hub;

import org.jspecify.annotations.NullMarked;
