package org.resnet4j.cuda.kernels;

/** One float32 for each colour of a pixel. */
public record Rgb(float red, float green, float blue) {}
