package org.resnet4j.core.image;

import java.awt.image.Raster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;

/**
 * The JDK's own reader of one format. Plug-ins from the class path are passed over: their pixels
 * may differ, and with them the answers.
 */
enum JdkReader {
  JPEG {
    @Override
    Raster samples(ImageReader reader) throws IOException {
      // Unlike read, this converts nothing: no ICC profile, no guess about CMYK.
      return reader.readRaster(0, null);
    }
  },
  PNG {
    @Override
    Raster samples(ImageReader reader) throws IOException {
      return reader.read(0).getRaster();
    }
  };

  abstract Raster samples(ImageReader reader) throws IOException;

  /**
   * The undecoded samples of the picture in {@code content}.
   *
   * @param harmless whether a warning of the reader leaves the pixels whole; any other fails
   * @throws ImageDecodeException whatever goes wrong in the reader
   */
  Raster read(Source source, byte[] content, Predicate<String> harmless)
      throws ImageDecodeException {
    List<String> warnings = new ArrayList<>();
    ImageReader reader = null;
    try (ImageInputStream in = new ArrayImageInputStream(content)) {
      reader = provider().createReaderInstance();
      reader.addIIOReadWarningListener((origin, warning) -> warnings.add(warning));
      reader.setInput(in, true, true);
      Raster raster = samples(reader);
      for (String warning : warnings) {
        if (!harmless.test(warning)) {
          throw source.corrupt(warning);
        }
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

  private ImageDecodeException failure(Source source, Exception e) {
    if (e.getCause() instanceof OutOfMemoryError error) {
      throw error;
    }
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return source.error(
        "the " + name() + " cannot be decoded (" + reason + ")",
        "copy it again, or save it again as an ordinary JPEG or PNG",
        e);
  }

  private ImageReaderSpi provider() {
    String format = name().toLowerCase(Locale.ROOT);
    Iterator<ImageReaderSpi> providers =
        IIORegistry.getDefaultInstance()
            .getServiceProviders(
                ImageReaderSpi.class,
                candidate ->
                    candidate.getClass().getModule() == ImageReader.class.getModule()
                        && List.of(((ImageReaderSpi) candidate).getFormatNames()).contains(format),
                true);
    return providers.next();
  }
}
