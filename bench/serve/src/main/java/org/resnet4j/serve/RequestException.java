package org.resnet4j.serve;

import java.io.Serial;

/** A request that is answered by an error. */
final class RequestException extends Exception {
  static final int BAD_REQUEST = 400;
  static final int NOT_FOUND = 404;
  static final int METHOD_NOT_ALLOWED = 405;
  static final int TOO_LARGE = 413;
  static final int UNSUPPORTED_TYPE = 415;
  static final int INTERNAL = 500;
  static final int UNAVAILABLE = 503;
  static final int TIMED_OUT = 504;

  @Serial private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * @param status of HTTP
   * @param message what is wrong; what to do about it
   */
  RequestException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** 400: the request is none that is understood. */
  static RequestException bad(String message) {
    return new RequestException(BAD_REQUEST, message);
  }

  int status() {
    return status;
  }
}
