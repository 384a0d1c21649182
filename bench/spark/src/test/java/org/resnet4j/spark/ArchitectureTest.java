package org.resnet4j.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  /** What a program calls needs neither the command's options nor picocli. */
  @Test
  void onlyTheCommandKnowsTheWorkbench() {
    noClasses()
        .that()
        .resideInAPackage("org.resnet4j.spark")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.resnet4j.bench..",
            "org.resnet4j.golden..",
            "org.resnet4j.spark.command..",
            "picocli..")
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("org.resnet4j.spark"));
  }
}
