package org.resnet4j.core.weights.pytorch;

import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Content;
import org.resnet4j.core.weights.content.Faults;
import org.resnet4j.core.weights.pytorch.Pickled.Storage;

/**
 * What {@code torch.save} wrote before PyTorch 1.6: five pickles, of a magic number, the protocol,
 * facts of the machine, the object and the keys of its storages; then each storage's length and
 * elements.
 */
final class LegacySaved {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long PROTOCOL = 1001;
  private static final ValueLayout.OfLong I64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Content content;
  private final Content.Access access;
  private final Faults faults;

  private LegacySaved(Content content, Content.Access access, Faults faults) {
    this.content = content;
    this.access = access;
    this.faults = faults;
  }

  static PyTorchFile.Saved read(Content content, Content.Access access, Faults faults)
      throws WeightsFileException {
    long limit = Math.min(content.size(), ZipSaved.MAX_PICKLE_BYTES);
    PickleInput in = new PickleInput(access, 0, limit, faults);
    if (!MAGIC.equals(new Unpickler(in, faults).read())
        || !Long.valueOf(PROTOCOL).equals(new Unpickler(in, faults).read())) {
      throw faults.of(Code.BAD_PICKLE, "is a pickle, but none of torch.save");
    }
    if (!(new Unpickler(in, faults).read() instanceof Map<?, ?> machine)
        || !Boolean.TRUE.equals(machine.get("little_endian"))) {
      throw in.bad("has its values in another byte order than little");
    }
    Unpickler saved = new Unpickler(in, faults);
    StateDicts.Found found = StateDicts.find(saved.read(), faults);
    if (!(new Unpickler(in, faults).read() instanceof List<?> keys)) {
      throw in.bad("has no list of its storages");
    }
    return new PyTorchFile.Saved(
        found,
        new LegacySaved(content, access, faults).places(keys, saved.storages(), in.position()));
  }

  /** Storages follow each other, each after the number of its elements. */
  private Map<Storage, Place> places(List<?> keys, Map<String, Storage> storages, long position)
      throws WeightsFileException {
    Map<Storage, Place> places = new HashMap<>();
    for (Object key : keys) {
      Storage storage = key instanceof String name ? storages.get(name) : null;
      if (storage == null || position > content.size() - Long.BYTES) {
        throw bad(key, "is not in the file");
      }
      long elements = access.bytes(position, Long.BYTES).get(I64, 0);
      position += Long.BYTES;
      int bytesPer = storage.dtype().bits() / Byte.SIZE;
      if (elements < 0 || elements > (content.size() - position) / bytesPer) {
        throw bad(key, "is cut off");
      }
      places.put(storage, new Place(position, elements));
      position += elements * bytesPer;
    }
    return places;
  }

  private WeightsFileException bad(Object key, String problem) {
    return faults.of(
        Code.DATA_TRUNCATED,
        "has a storage "
            + Quote.name(key instanceof String name ? name : "?")
            + " that "
            + problem);
  }
}
