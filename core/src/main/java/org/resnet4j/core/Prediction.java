package org.resnet4j.core;

/**
 * One class and how sure the network is of it.
 *
 * @param index of the class in the network's output
 * @param label its name
 * @param probability softmax over all classes, 0 to 1
 */
public record Prediction(int index, String label, double probability) {}
