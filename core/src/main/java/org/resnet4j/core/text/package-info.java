/** Text of unknown origin in messages: names of files, tensors and labels. */
@NullMarked
package org.resnet4j.core.text;

import org.jspecify.annotations.NullMarked;
