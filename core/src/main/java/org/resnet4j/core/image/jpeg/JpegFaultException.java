package org.resnet4j.core.image.jpeg;

/** A JPEG has a fault, which the message names. */
public final class JpegFaultException extends Exception {
  private static final long serialVersionUID = 1;

  JpegFaultException(String what) {
    super(what, null, false, false); // caught by its only caller, who does not look at a trace
  }
}
