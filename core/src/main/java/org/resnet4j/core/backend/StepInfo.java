package org.resnet4j.core.backend;

import org.resnet4j.core.tensor.Shape;

/**
 * One step of a plan, for profiles and reports.
 *
 * @param node name of the graph node
 * @param kernel algorithm and kernel chosen
 * @param shape of the step's value, per image
 * @param multiplyAdds per image, as the node's definition counts them whatever the algorithm does
 * @param performed multiply-adds per image that the kernel does, as far as the backend knows: fewer
 *     where the algorithm saves some, more where it pads
 * @param weightBytes size of the packed weights the step reads
 * @param activationBytes size of the step's value for one image, in the backend's layout
 */
public record StepInfo(
    String node,
    String kernel,
    Shape shape,
    long multiplyAdds,
    long performed,
    long weightBytes,
    long activationBytes) {}
