package org.resnet4j.core.image;

/**
 * The part of a picture that a network sees, in the picture's pixels; beyond the picture where the
 * crop is padded.
 *
 * @param left of the first column
 * @param top of the first row
 * @param width of the part
 * @param height of the part
 */
public record CropArea(double left, double top, double width, double height) {}
