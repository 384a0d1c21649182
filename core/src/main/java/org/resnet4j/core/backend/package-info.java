/** The backend SPI: provider, backend, plan, session. */
@NullMarked
package org.resnet4j.core.backend;

import org.jspecify.annotations.NullMarked;
