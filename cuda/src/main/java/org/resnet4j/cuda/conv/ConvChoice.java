package org.resnet4j.cuda.conv;

/**
 * The way in which a convolution is computed.
 *
 * @param name of the method, with engine or algorithm and what its numbers are made of
 * @param candidate built
 */
public record ConvChoice(String name, ConvCandidate candidate) {}
