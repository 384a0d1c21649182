/** Where activations live: lifetimes and the arena that holds them. Shared by the backends. */
@NullMarked
package org.resnet4j.core.plan;

import org.jspecify.annotations.NullMarked;
