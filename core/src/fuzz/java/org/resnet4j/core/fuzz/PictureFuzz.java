package org.resnet4j.core.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import org.resnet4j.core.image.decode.PictureTarget;

/** Fuzzes the decoders of pictures. */
class PictureFuzz {
  @DictionaryEntries({
    "IHDR",
    "PLTE",
    "IDAT",
    "IEND",
    "tRNS",
    "eXIf",
    "gAMA",
    "iCCP",
    "acTL",
    "JFIF",
    "Exif",
    "Adobe",
    "ICC_PROFILE",
    "II*",
    "MM"
  })
  @FuzzTest
  void feed(byte[] content) {
    PictureTarget.feed(content);
  }
}
