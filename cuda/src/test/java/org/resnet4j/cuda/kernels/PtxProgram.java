package org.resnet4j.cuda.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The entries of a PTX text, taken apart. Blocks are not scopes here: a text must not need them.
 */
record PtxProgram(List<Entry> entries) {
  private static final Pattern ENTRY =
      Pattern.compile("\\.visible\\s+\\.entry\\s+(\\w+)\\s*\\(([^)]*)\\)");
  private static final Pattern PARAMETER = Pattern.compile("\\.param\\s+\\.(\\w+)\\s+(\\w+)");
  private static final Pattern LABEL = Pattern.compile("(\\w+):\\s*");
  private static final Pattern INSTRUCTION =
      Pattern.compile("(?:@(!?)(%\\w+)\\s+)?([a-z][\\w.]*)\\s*(.*)", Pattern.DOTALL);

  record Entry(
      String name,
      List<PtxParameter> parameters,
      List<Instruction> instructions,
      Map<String, Integer> labels) {}

  record PtxParameter(String type, String name) {}

  /** {@code guard} is empty if there is none. */
  record Instruction(String guard, boolean negated, String opcode, List<String> operands) {}

  static PtxProgram parse(String text) {
    String code = text.replaceAll("//[^\n]*", "");
    List<Entry> entries = new ArrayList<>();
    Matcher entry = ENTRY.matcher(code);
    int from = 0;
    while (entry.find(from)) {
      from = entry.end();
      int next = code.indexOf(".visible", from);
      String body = code.substring(from, next < 0 ? code.length() : next);
      entries.add(entry(entry.group(1), entry.group(2), body));
    }
    return new PtxProgram(entries);
  }

  private static Entry entry(String name, String header, String body) {
    List<PtxParameter> parameters =
        PARAMETER
            .matcher(header)
            .results()
            .map(found -> new PtxParameter(found.group(1), found.group(2)))
            .toList();
    List<Instruction> instructions = new ArrayList<>();
    Map<String, Integer> labels = new HashMap<>();
    for (String statement : body.replaceAll("[{}]", " ").split(";", -1)) {
      String rest = statement.strip();
      Matcher label = LABEL.matcher(rest);
      while (label.lookingAt()) {
        labels.put(label.group(1), instructions.size());
        rest = rest.substring(label.end());
        label = LABEL.matcher(rest);
      }
      if (!rest.isEmpty() && !rest.startsWith(".")) {
        instructions.add(instruction(rest));
      }
    }
    return new Entry(name, parameters, instructions, labels);
  }

  private static Instruction instruction(String text) {
    Matcher parts = INSTRUCTION.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not an instruction: " + text);
    }
    List<String> operands =
        parts.group(4).isEmpty() ? List.of() : Arrays.asList(parts.group(4).split("\\s*,\\s*"));
    String guard = parts.group(2) == null ? "" : parts.group(2);
    return new Instruction(guard, "!".equals(parts.group(1)), parts.group(3), operands);
  }
}
