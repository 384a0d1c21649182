/**
 * What every backend must do, as tests: {@link BackendConformance} is the suite, the rest its
 * parts. Packed as this module's test-jar.
 */
@NullMarked
package org.resnet4j.core.conformance;

import org.jspecify.annotations.NullMarked;
