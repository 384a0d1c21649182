/** Networks in the executors of an Apache Spark application. */
@NullMarked
package org.resnet4j.spark;

import org.jspecify.annotations.NullMarked;
