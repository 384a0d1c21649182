package org.resnet4j.core.image.png;

import java.awt.image.Raster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.source.Source;

/**
 * The JDK's own reader of PNG, which is Java. Plug-ins from the class path are passed over: their
 * pixels may differ, and with them the answers.
 */
final class JdkPngReader {
  private JdkPngReader() {}

  /**
   * The undecoded samples of the picture in {@code content}.
   *
   * @throws ImageDecodeException whatever goes wrong in the reader, and if it warns of anything
   */
  static Raster read(Source source, byte[] content) throws ImageDecodeException {
    List<String> warnings = new ArrayList<>();
    ImageReader reader = null;
    try (ImageInputStream in = new ArrayImageInputStream(content)) {
      reader = provider().createReaderInstance();
      reader.addIIOReadWarningListener((origin, warning) -> warnings.add(warning));
      reader.setInput(in, true, true);
      Raster raster = reader.read(0).getRaster();
      if (!warnings.isEmpty()) {
        throw source.corrupt(warnings.getFirst());
      }
      return raster;
    } catch (ImageDecodeException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Readers answer damaged files with any unchecked exception, so none is specific enough.
      throw failure(source, e);
    } finally {
      if (reader != null) {
        reader.dispose();
      }
    }
  }

  private static ImageDecodeException failure(Source source, Exception e) {
    if (e.getCause() instanceof OutOfMemoryError error) {
      throw error;
    }
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return source.error(
        "the PNG cannot be decoded (" + reason + ")",
        "copy it again, or save it again as an ordinary JPEG or PNG",
        e);
  }

  private static ImageReaderSpi provider() {
    Iterator<ImageReaderSpi> providers =
        IIORegistry.getDefaultInstance()
            .getServiceProviders(
                ImageReaderSpi.class,
                candidate ->
                    candidate.getClass().getModule() == ImageReader.class.getModule()
                        && List.of(((ImageReaderSpi) candidate).getFormatNames()).contains("png"),
                true);
    return providers.next();
  }
}
