package org.resnet4j.bench;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may see whom. */
class ArchitectureTest {
  private static final String ROOT = "org.resnet4j.";
  private static final DescribedPredicate<JavaClass> OURS = resideInAPackage("org.resnet4j..");

  private static JavaClasses project;

  @BeforeAll
  static void read() {
    project =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.resnet4j");
  }

  /** A million small objects, which every collection after this would walk. */
  @AfterAll
  static void forget() {
    project = new ClassFileImporter().importClasses();
  }

  @ParameterizedTest
  @CsvSource({
    "core, core",
    "simd, core simd",
    "cuda, core cuda",
    "golden, core golden",
    "serve, core serve",
    "bench, core simd cuda golden serve bench",
  })
  void modules(String module, String visible) {
    check(ROOT + module + "..", visible, "..");
  }

  @ParameterizedTest
  @CsvSource({
    "core.tensor, core.tensor",
    "core.graph, core.tensor core.graph",
    "core.graph.pass, core.tensor core.graph core.graph.pass",
    "core.file, core.file",
    "core.text, core.text",
    "core.stack, core.stack",
    "core.json, core.json",
    "core.weights, core.tensor core.text core.weights",
    "core.weights.content, core.text core.weights core.weights.content",
    "core.weights.safetensors, core.tensor core.file core.text core.weights core.weights.content"
        + " core.weights.safetensors",
    "core.weights.pytorch, core.tensor core.text core.weights core.weights.content"
        + " core.weights.pytorch",
    "core.image.jpeg, core.image.jpeg",
    "core.image.system, core.image.system",
    "core.image.sample, core.image.sample",
    "core.image, core.tensor core.text core.image.sample core.image.system core.image",
    "core.image.source, core.image core.image.source",
    "core.image.bmp, core.image core.image.sample core.image.source core.image.bmp",
    "core.image.gif, core.image core.image.sample core.image.source core.image.gif",
    "core.image.png, core.image core.image.sample core.image.source core.image.png",
    "core.image.tiff, core.image core.image.sample core.image.source core.image.tiff",
    "core.image.jfif, core.image core.image.jpeg core.image.sample core.image.source"
        + " core.image.system core.image.jfif",
    "core.image.webp, core.image core.image.source core.image.system core.image.webp",
    "core.image.decode, core.stack core.image core.image.bmp core.image.gif core.image.jfif"
        + " core.image.png core.image.source core.image.tiff core.image.webp core.image.decode",
    "core.model, core.tensor core.graph core.weights core.weights.pytorch"
        + " core.weights.safetensors core.image core.onnx core.text core.json core.stack core.model",
    "core.hub, core.model core.file core.text core.json core.stack core.hub",
    "core.backend, core.tensor core.graph core.stack core.text core.backend",
    "core.plan, core.tensor core.graph core.plan",
    "core.onnx, core.tensor core.graph core.weights core.weights.content core.file core.text"
        + " core.onnx",
    "core.reference, core.tensor core.graph core.stack core.text core.backend core.plan"
        + " core.reference",
    "simd.machine, simd.machine",
    "simd.machinecode, simd.machinecode",
    "simd.kernel.layout, simd.machine simd.machinecode simd.kernel.layout",
    "simd.kernel.conv, simd.machine simd.kernel.layout simd.kernel.conv",
    "simd.kernel.tile, core.stack simd.machine simd.machinecode simd.kernel.layout simd.kernel.tile",
    "simd.kernel.gemm, core.stack simd.machine simd.kernel.layout simd.kernel.tile simd.kernel.gemm",
    "simd.kernel.direct, simd.machine simd.kernel.layout simd.kernel.conv simd.kernel.tile"
        + " simd.kernel.gemm simd.kernel.direct",
    "simd.kernel.winograd, core.stack simd.machine simd.machinecode simd.kernel.layout"
        + " simd.kernel.conv simd.kernel.tile simd.kernel.winograd",
    "simd.kernel.strassen, core.stack simd.machine simd.machinecode simd.kernel.layout"
        + " simd.kernel.conv simd.kernel.tile"
        + " simd.kernel.strassen",
    "simd.kernel.grouped, core.stack simd.machine simd.machinecode simd.kernel.layout simd.kernel.conv"
        + " simd.kernel.tile simd.kernel.grouped",
    "simd.kernel.matrix, core.backend core.text simd.machine simd.machinecode simd.kernel.layout"
        + " simd.kernel.conv simd.kernel.tile simd.kernel.matrix",
    "simd.kernel.pooling, core.stack simd.machine simd.machinecode simd.kernel.layout simd.kernel.tile"
        + " simd.kernel.pooling",
    "simd.kernel, core.stack simd.machine simd.kernel simd.kernel.layout simd.kernel.conv simd.kernel.tile"
        + " simd.kernel.gemm simd.kernel.direct simd.kernel.winograd simd.kernel.strassen"
        + " simd.kernel.grouped simd.kernel.pooling",
    "simd, core.tensor core.graph core.backend core.plan core.file core.text core.stack simd simd.machine simd.kernel"
        + " simd.machinecode simd.kernel.layout simd.kernel.conv simd.kernel.tile"
        + " simd.kernel.matrix",
    "cuda.driver, core.backend cuda.driver",
    "cuda.kernels, cuda.driver cuda.kernels",
    "cuda.library, cuda.driver cuda.library",
    "cuda.cudnn, cuda.driver cuda.library cuda.cudnn",
    "cuda.cublas, cuda.driver cuda.library cuda.cublas",
    "cuda.device, core.backend core.stack cuda.driver cuda.kernels cuda.library cuda.cudnn cuda.cublas"
        + " cuda.device",
    "cuda.conv, core.tensor core.graph core.backend cuda.driver cuda.kernels cuda.cudnn cuda.cublas"
        + " cuda.device cuda.conv",
    "cuda.lowering, core.tensor core.graph core.backend core.plan cuda.kernels cuda.device cuda.conv"
        + " cuda.lowering",
    "cuda.memory, core.tensor core.graph core.backend core.plan cuda.driver cuda.kernels cuda.device"
        + " cuda.conv cuda.lowering cuda.memory",
    "bench.result, bench.result",
    "bench.markup, bench.markup",
    "bench.drawing, core.tensor core.graph bench.markup bench.drawing",
    "bench.page, core.. bench.result bench.markup bench.drawing bench.page",
    "bench.screen, core.. bench.screen",
    "bench.failure, core.. bench.screen bench.failure",
    "bench.output, core.. bench.screen bench.failure bench.output",
    "bench.measure, core.. simd.. golden.. bench.measure",
    "bench.peer, core.. bench.measure bench.peer",
    "bench.option, core.. simd.. golden.. bench.screen bench.failure bench.output bench.measure"
        + " bench.peer bench.option",
    "bench.report, core.. simd.. golden.. bench.screen bench.failure bench.measure bench.option"
        + " bench.result bench.report",
    "bench.picture, core.. golden.. bench.screen bench.failure bench.option bench.report"
        + " bench.picture",
    "bench.run, core.. simd.. golden.. bench.screen bench.failure bench.output bench.measure"
        + " bench.option bench.result bench.report bench.run",
    "bench.files, core.. serve.. bench.screen bench.failure bench.output bench.measure"
        + " bench.option bench.result bench.report bench.run bench.files",
    "bench.command, core.. simd.. golden.. serve.. bench.screen bench.failure bench.output"
        + " bench.measure bench.peer bench.option bench.result bench.report bench.run bench.files"
        + " bench.page bench.drawing bench.markup bench.picture bench.command",
  })
  void packages(String user, String visible) {
    check(ROOT + user, visible, "");
  }

  private static void check(String user, String visible, String suffix) {
    String[] allowed =
        Arrays.stream(visible.split(" ")).map(name -> ROOT + name + suffix).toArray(String[]::new);
    classes()
        .that(resideInAPackage(user))
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(allowed).or(DescribedPredicate.not(OURS)))
        .check(project);
  }

  /**
   * A class that calls the Vector API cannot be linked without its module, and everything else is
   * to work without it where kernels are machine code.
   */
  @Test
  void theVectorApiIsKeptInFewClasses() {
    Set<String> users =
        project.stream()
            .filter(each -> resideInAPackage(ROOT + "simd..").test(each))
            .filter(each ->
                each.getDirectDependenciesFromSelf().stream()
                    .anyMatch(
                        to -> to.getTargetClass().getPackageName().equals("jdk.incubator.vector")))
            .map(each -> each.getName().substring(ROOT.length()))
            .collect(Collectors.toSet());
    assertThat(users)
        .containsExactlyInAnyOrder(
            "simd.kernel.VectorPooling",
            "simd.kernel.gemm.EightRows",
            "simd.kernel.gemm.VectorLanes",
            "simd.kernel.matrix.MatrixCopy",
            "simd.kernel.matrix.MatrixPooling",
            "simd.kernel.strassen.VectorSums",
            "simd.kernel.tile.Species",
            "simd.machine.CpuFeatures", // asks where it is there
            "simd.machine.VectorWidth");
  }

  @Test
  void nobodyInCoreKnowsTheReferenceBackend() {
    classes()
        .that(resideInAPackage(ROOT + "core.reference"))
        .should()
        .onlyHaveDependentClassesThat(
            resideInAPackage(ROOT + "core.reference")
                .or(DescribedPredicate.not(resideInAPackage(ROOT + "core.."))))
        .check(project);
  }

  @Test
  void theRulesSawEveryModule() {
    for (String module : new String[] {"core", "simd", "cuda", "golden", "bench"}) {
      assertThat(project.stream().anyMatch(resideInAPackage(ROOT + module + ".."))).isTrue();
    }
  }
}
