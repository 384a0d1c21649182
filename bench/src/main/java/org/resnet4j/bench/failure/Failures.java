package org.resnet4j.bench.failure;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.NonFiniteResultException;
import org.resnet4j.core.backend.BackendUnavailableException;
import org.resnet4j.core.backend.DeviceFailedException;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsMismatchException;

/** From an exception to the one line a user reads. */
public final class Failures {
  /** How systems say that a disk takes no more. */
  private static final Pattern FULL =
      Pattern.compile("(?i)no space left|not enough space|quota exceeded|file too large");

  private Failures() {}

  /** {@code "<file>: <cause>; <remedy>"} without line breaks. */
  public static String line(Throwable failure) {
    return Quote.oneLine(
        switch (failure) {
          case CommandException e -> message(e);
          case ImageDecodeException e -> message(e).replace("maxPixels", "--max-pixels");
          case WeightsFileException e -> message(e);
          case WeightsMismatchException e -> mismatch(e);
          case NoSuchFileException e ->
              e.getReason() == null
                  ? file(e) + ": there is no such file or folder; check the path"
                  : file(e) + ": " + e.getReason() + "; make it, or check the path";
          case AccessDeniedException e -> file(e) + ": access is denied; check its permissions";
          case FileSystemException e ->
              "%s: %s; %s"
                  .formatted(
                      file(e),
                      e.getReason() == null ? "cannot be read" : e.getReason(),
                      remedy(e.getReason()));
          case IOException e -> message(e);
          case BackendUnavailableException e ->
              message(e)
                  .replace("leave the device out", "leave --device out")
                  .replace("to the java command", "to RESNET4J_JAVA_OPTS");
          case InsufficientMemoryException e ->
              message(e).replace("with -Xmx", "with -Xmx in RESNET4J_JAVA_OPTS");
          case DeviceFailedException e -> "the device fails: " + message(e) + "; " + e.remedy();
          case NonFiniteResultException e -> message(e);
          case IllegalArgumentException e -> message(e);
          case LinkageError e -> Damage.line(e);
          case StackOverflowError _ ->
              "the stack is too small; raise it: RESNET4J_JAVA_OPTS=-Xss2m, or leave -Xss out";
          case OutOfMemoryError e -> OutOfMemory.line(e, Limits.current());
          default ->
              "internal error: %s; run it again with --debug and report what it prints"
                  .formatted(failure);
        });
  }

  /** Whether a system's text says that a disk takes no more. */
  public static boolean meansFullDisk(@Nullable String reason) {
    return reason != null && FULL.matcher(reason).find();
  }

  private static String remedy(@Nullable String reason) {
    if (reason != null && reason.equalsIgnoreCase("file too large")) {
      return "raise the limit of a file's length (ulimit -f), or choose another disk";
    }
    return meansFullDisk(reason) ? "make room on the disk" : "check the path";
  }

  private static String file(FileSystemException e) {
    String name = String.valueOf(e.getFile());
    return name.isEmpty() ? "''" : name;
  }

  /** The first of each kind; {@code --debug} shows them all. */
  private static String mismatch(WeightsMismatchException e) {
    List<String> kinds = new ArrayList<>();
    add(kinds, "missing", e.mismatch().missing(), name -> name);
    add(kinds, "unexpected", e.mismatch().unexpected(), name -> name);
    add(
        kinds,
        "of another shape",
        e.mismatch().shapes(),
        shape -> "%s is %s, expected %s".formatted(shape.name(), shape.actual(), shape.expected()));
    return "%s: does not fit %s: %s; %s"
        .formatted(
            e.source(),
            e.architecture(),
            String.join(", ", kinds),
            e.hint().orElse("choose the network with --model, or leave it to the file"));
  }

  private static <T> void add(
      List<String> kinds, String kind, List<T> items, Function<T, String> text) {
    if (!items.isEmpty()) {
      String first = text.apply(items.getFirst()) + (items.size() == 1 ? "" : ", ...");
      kinds.add(items.size() + " " + kind + " (" + first + ")");
    }
  }

  private static String message(Exception e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
