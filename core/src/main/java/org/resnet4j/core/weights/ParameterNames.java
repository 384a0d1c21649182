package org.resnet4j.core.weights;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.text.Quote;

/**
 * Which tensor of a file is which parameter, by torchvision's names.
 *
 * <p>What surrounds a network's names is dropped, such as {@code module.} or {@code
 * model.backbone.}, whatever it is, if the file holds one network; {@link NamingScheme} has the
 * names that others give to the same parameters; counters are ignored; and if two tensors alone are
 * left that make one linear layer, they are {@code fc}. Nothing else is renamed: a name that no
 * rule knows stays as it is, for {@link StateDict#check} to find.
 *
 * <p>Immutable.
 */
public final class ParameterNames {
  private static final Pattern COUNTER = Pattern.compile("(.*\\.)?num_batches_tracked|n_averaged");
  private static final Pattern BODY = Pattern.compile("(conv1|bn1)\\..*|layer\\d+\\.\\d+\\..*");
  private static final String HEAD = "fc";

  private final Map<String, String> inFile = new LinkedHashMap<>();
  private final Map<String, List<Long>> shapes = new LinkedHashMap<>();
  private final StringJoiner renamed = new StringJoiner(", ");
  private @Nullable String doubt;

  private ParameterNames() {}

  /**
   * Names the tensors of a file.
   *
   * @param tensors names and extents in the file, as {@link Checkpoint#shapes} has them
   */
  public static ParameterNames of(Map<String, List<Long>> tensors) {
    ParameterNames names = new ParameterNames();
    List<Place> places = Place.find(tensors.keySet());
    if (places.size() == 1) {
      names.takeFrom(tensors, places.getFirst());
      names.nameHead();
    } else {
      tensors.forEach((name, shape) -> names.take(name, name, shape));
      names.doubt = places.isEmpty() ? null : Place.several(places);
    }
    return names;
  }

  /**
   * Where a file has a network.
   *
   * @param prefix what precedes its names
   */
  private record Place(NamingScheme scheme, String prefix) {
    static List<Place> find(Iterable<String> names) {
      List<Place> places = new ArrayList<>();
      for (NamingScheme scheme : NamingScheme.ALL) {
        scheme.prefixes(names).forEach(prefix -> places.add(new Place(scheme, prefix)));
      }
      return places;
    }

    static String several(List<Place> places) {
      StringJoiner prefixes = new StringJoiner(", ");
      places.forEach(place -> prefixes.add(Quote.name(place.prefix)));
      return "the file holds "
          + places.size()
          + " networks, whose names begin with "
          + prefixes
          + "; save the one that is wanted alone";
    }
  }

  private void takeFrom(Map<String, List<Long>> tensors, Place place) {
    NamingScheme scheme = place.scheme;
    tensors.forEach((name, shape) -> {
      boolean inside = name.startsWith(place.prefix);
      String own = inside ? scheme.torchvision(name.substring(place.prefix.length())) : name;
      // A name that is taken keeps its own, which nothing knows.
      boolean taken = inFile.containsKey(own) || tensors.containsKey(own);
      take(taken ? name : own, name, shape);
    });
    if (!place.prefix.isEmpty()) {
      renamed.add("without the prefix " + Quote.name(place.prefix));
    }
    if (!scheme.equals(NamingScheme.TORCHVISION)) {
      renamed.add("from the names of " + scheme.owner());
    }
  }

  private void take(String parameter, String name, List<Long> shape) {
    if (!COUNTER.matcher(parameter).matches()) {
      inFile.put(parameter, name);
      shapes.put(parameter, shape);
    }
  }

  /** One linear layer at the end is the classifier, whatever it is called. */
  private void nameHead() {
    List<String> rest =
        shapes.keySet().stream().filter(name -> !BODY.matcher(name).matches()).sorted().toList();
    if (rest.size() != 2 || !rest.getFirst().endsWith(".bias")) {
      return;
    }
    String layer = rest.getFirst().substring(0, rest.getFirst().length() - ".bias".length());
    String weight = layer + ".weight";
    if (layer.equals(HEAD)
        || !rest.getLast().equals(weight)
        || rank(weight) != 2
        || rank(layer + ".bias") != 1) {
      return;
    }
    for (String part : List.of(".weight", ".bias")) {
      inFile.put(HEAD + part, inFile.remove(layer + part));
      shapes.put(HEAD + part, shapes.remove(layer + part));
    }
    renamed.add("with " + Quote.name(layer) + " as the classifier");
  }

  private int rank(String parameter) {
    return shapes.getOrDefault(parameter, List.of()).size();
  }

  /** Whether there is any tensor beside the stem's and the blocks'. */
  public boolean hasHead() {
    return shapes.keySet().stream().anyMatch(name -> !BODY.matcher(name).matches());
  }

  /** Extents by torchvision's names, in the file's order; unmodifiable. */
  public Map<String, List<Long>> shapes() {
    return Collections.unmodifiableMap(shapes);
  }

  /** The file's name for each parameter, by torchvision's names; unmodifiable. */
  public Map<String, String> inFile() {
    return Collections.unmodifiableMap(inFile);
  }

  /** What was renamed, for people, such as {@code "without the prefix 'module.'"}. */
  public Optional<String> renamed() {
    return renamed.length() == 0 ? Optional.empty() : Optional.of(renamed.toString());
  }

  /** Why nothing was renamed although there is a network, for people. */
  public Optional<String> doubt() {
    return Optional.ofNullable(doubt);
  }
}
