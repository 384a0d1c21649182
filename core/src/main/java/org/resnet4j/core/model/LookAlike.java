package org.resnet4j.core.model;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.weights.Mismatch;

/**
 * A network that is often taken for one of the family, told by a tensor that no member has or that
 * every member has.
 *
 * @param tell the tensor's name: unexpected, or missing
 * @param beside what must not be missing for a missing tensor to tell anything; null if the tensor
 *     is unexpected
 * @param words what it is, for people
 */
record LookAlike(Pattern tell, @Nullable String beside, String words) {
  private static final List<LookAlike> ALL =
      List.of(
          unexpected(
              "(^|\\.)layer\\d+\\.\\d+\\.(se|se_module|fc[12])\\.",
              "its blocks have squeeze-and-excitation (SE-ResNet), which is not built here"),
          unexpected(
              "(^|\\.)conv1\\.\\d\\.",
              "its stem is of several 3x3 (ResNet-C, -D, -S), which is not built here"),
          unexpected(
              "(^|\\.)layer\\d+\\.\\d+\\.downsample\\.2\\.",
              "its shortcuts are pooled (ResNet-D), which is not built here"),
          unexpected(
              "(^|\\.)(stages\\.\\d+\\.blocks\\.\\d+|layer\\d+\\.\\d+)\\.(norm1|preact)\\.",
              "it normalises before its convolutions (ResNetV2, BiT), which is not built here"),
          unexpected(
              "\\.(attn|attention|self_attn)\\.|(^|\\.)cls_token$",
              "it is a transformer, no ResNet"),
          unexpected(
              "\\.(_packed_params|zero_point$)",
              "it is quantised, and values are needed as floats"),
          unexpected(
              "(^|\\.)conv1\\.bias$",
              "its convolutions have biases: save the network before its normalisation is folded"),
          missing(
              "^bn1\\.running_mean$",
              "conv1.weight",
              "it normalises without running statistics (group norm), which is not built here"),
          missing(
              "^layer4\\.0\\.conv1\\.weight$",
              "layer3.0.conv1.weight",
              "it has fewer than four stages (the paper's ResNets for CIFAR), which is not built"
                  + " here"));

  private static LookAlike unexpected(String tell, String words) {
    return new LookAlike(Pattern.compile(tell), null, words);
  }

  private static LookAlike missing(String tell, String beside, String words) {
    return new LookAlike(Pattern.compile(tell), beside, words);
  }

  /** What a network is that does not fit, for people; empty if nothing tells it. */
  static Optional<String> of(Mismatch mismatch) {
    return ALL.stream().filter(kind -> kind.isTold(mismatch)).map(LookAlike::words).findFirst();
  }

  private boolean isTold(Mismatch mismatch) {
    if (beside != null && mismatch.missing().contains(beside)) {
      return false;
    }
    List<String> names = beside == null ? mismatch.unexpected() : mismatch.missing();
    return names.stream().anyMatch(name -> tell.matcher(name).find());
  }
}
