/** A classifier of resnet4j behind HTTP. */
module org.resnet4j.serve {
  requires transitive org.resnet4j.core;
  requires jdk.httpserver;
  requires jdk.management;
  requires tools.jackson.core;

  exports org.resnet4j.serve;
}
