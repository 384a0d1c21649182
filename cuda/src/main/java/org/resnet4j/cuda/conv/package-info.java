/**
 * Convolutions: what is asked ({@link org.resnet4j.cuda.conv.ConvProblem}), in which ways the
 * libraries and our own kernel compute it ({@link org.resnet4j.cuda.conv.ConvCandidates}), and
 * which way is taken ({@link org.resnet4j.cuda.conv.ConvChooser}).
 */
@NullMarked
package org.resnet4j.cuda.conv;

import org.jspecify.annotations.NullMarked;
