/** Goes through the configurations that engines are compared in, and keeps what is found. */
@NullMarked
package org.resnet4j.bench.run;

import org.jspecify.annotations.NullMarked;
