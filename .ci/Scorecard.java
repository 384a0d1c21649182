import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/*
 * Writes golden/RELIABILITY.md: each row of .ci/scorecard.tsv with the tests that prove it, whether they passed, and the last
 * figure. Tests print figures as lines "R1: ..." and, where a run takes minutes, "soak R1: ..."; both are found in surefire's
 * reports, the latter also in target/soak/*.log, and stay on the page with their date until there are newer ones.
 *
 * --check writes nothing and fails if a test is missing, did not run or failed, or if the page is not the table's.
 * Run from the top folder after mvn verify: java .ci/Scorecard.java [--check]
 */

static final Path TABLE = Path.of(".ci/scorecard.tsv");
static final Path PAGE = Path.of("golden/RELIABILITY.md");
/** Folders; a proof names a module by the last part. */
static final List<String> MODULES = List.of("core", "simd", "cuda", "golden", "bench", "bench/serve", "bench/spark");
static final Pattern FIGURE = Pattern.compile("^(soak )?(R\\d+): (.+)$", Pattern.MULTILINE);
static final String FAILED = "failed";
static final int COLUMNS = 7;
static final int ID = 1;
static final int LATEST = 5;
static final int LONG_RUN = 6;

/** A row of the table: {@code proofs} are {@code module/Class#method} or commands in backticks. */
record Row(String id, String what, String target, List<String> proofs, String missing) {
  /** The tests among the proofs. */
  List<String> tests() {
    return proofs.stream().filter(proof -> !proof.startsWith("`")).toList();
  }
}

/** One case of a test that surefire ran. */
record Case(String module, String type, String name, boolean failed, boolean skipped) {
  /** Whether {@code test}, {@code module/Class#method}, is this case's. */
  boolean isOf(String test) {
    String[] parts = test.split("[/#]");
    return module.equals(parts[0])
        && (type.equals(parts[1]) || type.endsWith("." + parts[1]))
        && name.split("[^\\w]", 2)[0].equals(parts[2]);
  }
}

/** What all reports say: the cases, and the figures printed for each row, longer runs' apart. */
record Reports(List<Case> cases, Map<String, Set<String>> figures, Map<String, Set<String>> soaks) {}

void main(String... args) throws IOException, XMLStreamException {
  List<Row> rows = rows();
  Reports reports = reports();
  String old = Files.exists(PAGE) ? Files.readString(PAGE) : "";
  String page = page(rows, reports, old);
  if (args.length == 0) {
    Files.writeString(PAGE, page);
    return;
  }
  boolean shown = rows.stream().flatMap(row -> row.tests().stream()).allMatch(test -> problem(test, reports) == null);
  boolean current = lasting(page).equals(lasting(old));
  if (!current) {
    System.err.println(PAGE + " is not what " + TABLE + " says: run java .ci/Scorecard.java and commit the page");
  }
  if (!shown || !current) {
    System.exit(1);
  }
}

List<Row> rows() throws IOException {
  List<Row> rows = new ArrayList<>();
  for (String line : Files.readAllLines(TABLE)) {
    if (line.startsWith("#") || line.isBlank()) {
      continue;
    }
    String[] cells = line.split("\t", -1);
    if (cells.length != 5) {
      throw new IOException(TABLE + ": not five cells: " + line);
    }
    List<String> proofs = Stream.of(cells[3].split(", ")).filter(proof -> !proof.isBlank()).toList();
    rows.add(new Row(cells[0], cells[1], cells[2], proofs, cells[4]));
  }
  return rows;
}

Reports reports() throws IOException, XMLStreamException {
  Reports reports = new Reports(new ArrayList<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
  for (String module : MODULES) {
    for (Path report : files(Path.of(module, "target", "surefire-reports"), "TEST-", ".xml")) {
      read(module.substring(module.lastIndexOf('/') + 1), report, reports);
    }
  }
  for (Path log : files(Path.of("target", "soak"), "", ".log")) {
    note(Files.readString(log), reports);
  }
  return reports;
}

List<Path> files(Path folder, String prefix, String suffix) throws IOException {
  if (!Files.isDirectory(folder)) {
    return List.of();
  }
  try (Stream<Path> files = Files.list(folder)) {
    return files
        .filter(file -> file.getFileName().toString().startsWith(prefix))
        .filter(file -> file.toString().endsWith(suffix))
        .sorted()
        .toList();
  }
}

void read(String module, Path report, Reports reports) throws IOException, XMLStreamException {
  XMLStreamReader xml = XMLInputFactory.newDefaultFactory().createXMLStreamReader(Files.newBufferedReader(report));
  Case open = null;
  while (xml.hasNext()) {
    int event = xml.next();
    if (event == XMLStreamConstants.START_ELEMENT) {
      switch (xml.getLocalName()) {
        case "testcase" -> open = new Case(module, attribute(xml, "classname"), attribute(xml, "name"), false, false);
        case "failure", "error" -> open = new Case(module, open.type(), open.name(), true, false);
        case "skipped" -> open = new Case(module, open.type(), open.name(), false, true);
        case "system-out" -> note(xml.getElementText(), reports);
        default -> {}
      }
    } else if (event == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals("testcase")) {
      reports.cases().add(open);
    }
  }
}

String attribute(XMLStreamReader xml, String name) {
  String value = xml.getAttributeValue(null, name);
  return value == null ? "" : value;
}

void note(String output, Reports reports) {
  Matcher figure = FIGURE.matcher(output);
  while (figure.find()) {
    Map<String, Set<String>> figures = figure.group(1) == null ? reports.figures() : reports.soaks();
    figures.computeIfAbsent(figure.group(2), _ -> new LinkedHashSet<>()).add(figure.group(3).strip());
  }
}

/** Why {@code test} proves nothing, or null. */
String problem(String test, Reports reports) {
  List<Case> cases = reports.cases().stream().filter(each -> each.isOf(test)).toList();
  if (cases.isEmpty()) {
    return "did not run";
  } else if (cases.stream().anyMatch(Case::failed)) {
    return FAILED;
  }
  return cases.stream().allMatch(Case::skipped) ? "was skipped" : null;
}

String page(List<Row> rows, Reports reports, String old) {
  Map<String, String> figures = column(old, LATEST);
  Map<String, String> soaks = column(old, LONG_RUN);
  LocalDate today = LocalDate.now(ZoneOffset.UTC);
  reports.soaks().forEach((id, printed) -> soaks.put(id, cell(String.join("; ", printed)) + " (" + today + ")"));
  StringBuilder page = new StringBuilder("""
      # What holds, and what shows it

      Each row is a promise with the tests that hold it. Written by `java .ci/Scorecard.java` from the reports of `mvn verify`, which `.ci/run` checks;
      the rows are in `.ci/scorecard.tsv`. A figure is what the last build printed on the machine that wrote this page, or how many tests
      passed; a long run's has its date. `.ci/soak` says how long runs are made.

      """);
  long green = rows.stream().filter(row -> row.missing().isEmpty()).count();
  page.append("%d of %d rows are green.%n%n".formatted(green, rows.size()));
  page.append("| | what | target | shown by | figure | long run | status |\n|---|---|---|---|---|---|---|\n");
  for (Row row : rows) {
    String shown = row.proofs().stream().map(this::linked).collect(Collectors.joining(", "));
    page.append(
        "| %s | %s | %s | %s | %s | %s | %s |%n"
            .formatted(
                row.id(),
                row.what(),
                row.target(),
                shown,
                figure(row, reports, figures.getOrDefault(row.id(), "")),
                soaks.getOrDefault(row.id(), ""),
                row.missing().isEmpty() ? "green" : row.missing()));
  }
  return page.toString();
}

String linked(String proof) {
  return proof.startsWith("`") ? proof : "`" + proof + "`";
}

/** What this build's tests say, or what the page said if it did not run them all. */
String figure(Row row, Reports reports, String old) {
  for (String test : row.tests()) {
    String problem = problem(test, reports);
    if (problem != null) {
      System.err.println(row.id() + ": " + test + " " + problem);
      return problem.equals(FAILED) ? "**" + test + " failed**" : old;
    }
  }
  Set<String> printed = reports.figures().get(row.id());
  if (printed != null) {
    return cell(String.join("; ", printed));
  }
  long passed =
      reports.cases().stream()
          .filter(each -> !each.skipped() && row.tests().stream().anyMatch(each::isOf))
          .count();
  return passed == 0 ? old : passed == 1 ? "1 test" : passed + " tests";
}

String cell(String text) {
  return text.replace("|", "\\|");
}

/** A column of the page as it is, by row. */
Map<String, String> column(String page, int column) {
  Map<String, String> found = new LinkedHashMap<>();
  eachRow(page, cells -> {
    found.put(cells[ID].strip(), cells[column].strip());
    return cells;
  });
  found.values().removeIf(String::isEmpty);
  return found;
}

/** A page without its figures. */
String lasting(String page) {
  return eachRow(page, cells -> {
    cells[LATEST] = "";
    cells[LONG_RUN] = "";
    return cells;
  });
}

String eachRow(String page, UnaryOperator<String[]> change) {
  return page.lines()
      .map(line -> {
        String[] cells = line.split("(?<!\\\\)\\|", -1);
        boolean row = cells.length == COLUMNS + 2 && cells[ID].strip().matches("R\\d+");
        return row ? String.join("|", change.apply(cells)) : line;
      })
      .collect(Collectors.joining("\n"));
}
