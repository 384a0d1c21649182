package org.resnet4j.core.conformance;

/** A part of {@link BackendConformance}: tests as default methods. */
interface Conformance {
  /** What is tested. */
  Subject subject();
}
