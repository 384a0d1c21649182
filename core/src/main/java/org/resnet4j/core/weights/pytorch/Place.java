package org.resnet4j.core.weights.pytorch;

/**
 * Where a storage lies.
 *
 * @param position of its first byte in the file
 * @param elements how many it has
 */
record Place(long position, long elements) {}
