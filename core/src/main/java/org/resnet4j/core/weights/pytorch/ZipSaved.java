package org.resnet4j.core.weights.pytorch;

import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Content;
import org.resnet4j.core.weights.content.Faults;
import org.resnet4j.core.weights.pytorch.Pickled.Storage;
import org.resnet4j.core.weights.pytorch.Pickled.View;

/**
 * The archive that {@code torch.save} writes since PyTorch 1.6: {@code NAME/data.pkl}, and a member
 * {@code NAME/data/KEY} for each storage.
 */
final class ZipSaved {
  static final int MAX_PICKLE_BYTES = 1 << 24;

  private static final String PICKLE = "data.pkl";

  private ZipSaved() {}

  static PyTorchFile.Saved read(Content content, Content.Access access, Faults faults)
      throws WeightsFileException {
    ZipDirectory directory = ZipDirectory.read(content, access, faults);
    String folder = folder(directory, faults);
    checkByteOrder(directory, folder, access, faults);
    ZipDirectory.Member pickle = member(directory, folder + PICKLE, faults);
    if (pickle.bytes() > MAX_PICKLE_BYTES) {
      throw faults.of(
          Code.FORBIDDEN_PICKLE,
          "has a pickle of %s bytes, as where it holds arrays itself".formatted(pickle.bytes()));
    }
    long begin = directory.position(pickle);
    Object root =
        new Unpickler(new PickleInput(access, begin, begin + pickle.bytes(), faults), faults)
            .read();
    StateDicts.Found found = StateDicts.find(root, faults);
    Map<Storage, Place> places = new HashMap<>();
    for (View view : found.tensors().values()) {
      Storage storage = view.storage();
      if (!places.containsKey(storage)) {
        places.put(storage, place(directory, folder, storage, faults));
      }
    }
    return new PyTorchFile.Saved(found, places);
  }

  /** What precedes {@code data.pkl}: the archive's name and a slash. */
  private static String folder(ZipDirectory directory, Faults faults) throws WeightsFileException {
    List<String> folders =
        directory.members().keySet().stream()
            .filter(name -> name.equals(PICKLE) || name.endsWith("/" + PICKLE))
            .map(name -> name.substring(0, name.length() - PICKLE.length()))
            .toList();
    if (folders.size() != 1) {
      throw faults.of(
          Code.BAD_ARCHIVE,
          folders.isEmpty()
              ? "is a zip archive, but none of torch.save"
              : "has several pickles of torch.save");
    }
    String folder = folders.getFirst();
    if (directory.members().containsKey(folder + "constants.pkl")) {
      throw faults.of(Code.TORCHSCRIPT, "is a TorchScript program, which is not run here");
    }
    return folder;
  }

  private static void checkByteOrder(
      ZipDirectory directory, String folder, Content.Access access, Faults faults)
      throws WeightsFileException {
    ZipDirectory.Member order = directory.members().get(folder + "byteorder");
    if (order == null) {
      return;
    }
    int length = (int) Math.min(order.bytes(), 16);
    byte[] bytes = access.bytes(directory.position(order), length).toArray(ValueLayout.JAVA_BYTE);
    String text = new String(bytes, StandardCharsets.US_ASCII);
    if (!text.equals("little")) {
      throw faults.of(
          Code.BAD_ARCHIVE,
          "has its values in the byte order " + Quote.name(text) + ", not little");
    }
  }

  private static Place place(ZipDirectory directory, String folder, Storage storage, Faults faults)
      throws WeightsFileException {
    ZipDirectory.Member member = member(directory, folder + "data/" + storage.key(), faults);
    return new Place(
        directory.position(member), member.bytes() / (storage.dtype().bits() / Byte.SIZE));
  }

  private static ZipDirectory.Member member(ZipDirectory directory, String name, Faults faults)
      throws WeightsFileException {
    ZipDirectory.Member member = directory.members().get(name);
    if (member == null) {
      throw faults.of(Code.BAD_ARCHIVE, "lacks " + Quote.name(name));
    }
    return member;
  }
}
