/** {@code resnet4j spark-classify}. */
@NullMarked
package org.resnet4j.spark.command;

import org.jspecify.annotations.NullMarked;
