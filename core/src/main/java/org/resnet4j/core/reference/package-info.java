/** The executable definition of every operator: plain loops in double. The oracle of every test. */
@NullMarked
package org.resnet4j.core.reference;

import org.jspecify.annotations.NullMarked;
