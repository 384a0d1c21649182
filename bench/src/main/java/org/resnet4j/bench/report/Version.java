package org.resnet4j.bench.report;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version the build wrote into the jar. */
public final class Version implements IVersionProvider {
  private static final String RESOURCE = "version.properties";

  @Override
  public String[] getVersion() throws IOException {
    return new String[] {
      "resnet4j " + number(),
      "Java %s (%s)".formatted(Runtime.version(), System.getProperty("java.vendor"))
    };
  }

  /** The number alone. */
  public static String number() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IOException(RESOURCE + ": not in the jar; build again with mvn package");
      }
      properties.load(in);
    }
    return properties.getProperty("version");
  }
}
