/** Golden data, the embedded demo model and the sample pictures of resnet4j. */
module org.resnet4j.golden {
  requires transitive org.resnet4j.core;

  exports org.resnet4j.golden;
}
