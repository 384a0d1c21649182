module consumer {
  requires org.resnet4j.core;
}
