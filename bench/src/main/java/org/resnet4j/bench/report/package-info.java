/** What commands print and write of what they have measured. */
@NullMarked
package org.resnet4j.bench.report;

import org.jspecify.annotations.NullMarked;
