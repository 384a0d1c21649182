/** What was measured, as results files hold it: written by one run, read by any later one. */
@NullMarked
package org.resnet4j.bench.result;

import org.jspecify.annotations.NullMarked;
