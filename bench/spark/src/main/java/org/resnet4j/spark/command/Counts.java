package org.resnet4j.spark.command;

/**
 * What became of pictures.
 *
 * @param all of them
 * @param refused those with an error
 */
record Counts(long all, long refused) {}
