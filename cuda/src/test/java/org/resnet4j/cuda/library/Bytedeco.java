package org.resnet4j.cuda.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.resnet4j.cuda.library.NativeFunction.Kind;
import org.resnet4j.cuda.library.NativeFunction.Result;

/** Constants and signatures that others generated from the C headers, read from class files. */
public final class Bytedeco {
  private final Map<String, Long> constants;
  private final Map<String, List<MethodTypeDesc>> functions;

  /** Reads, for example, {@code cudnn}. */
  public Bytedeco(String header) {
    ClassModel model;
    try (InputStream in =
        ClassLoader.getSystemResourceAsStream("org/bytedeco/cuda/global/" + header + ".class")) {
      model = ClassFile.of().parse(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    constants =
        model.fields().stream()
            .filter(f -> "IJ".contains(f.fieldType().stringValue()))
            .filter(f -> f.findAttribute(Attributes.constantValue()).isPresent())
            .collect(
                Collectors.toMap(
                    f -> f.fieldName().stringValue(),
                    f ->
                        ((Number)
                                f.findAttribute(Attributes.constantValue())
                                    .orElseThrow()
                                    .constant()
                                    .constantValue())
                            .longValue()));
    functions =
        model.methods().stream()
            .filter(m -> (m.flags().flagsMask() & ClassFile.ACC_NATIVE) != 0)
            .collect(
                Collectors.groupingBy(
                    m -> m.methodName().stringValue(),
                    Collectors.mapping(m -> m.methodTypeSymbol(), Collectors.toList())));
  }

  /** Fails unless the C constant has this value. */
  public void checkConstant(String name, long value) {
    assertThat(constants).as(name).containsEntry(name, value);
  }

  /** Fails unless the C function takes as many parameters of these kinds. */
  public void checkFunction(NativeFunction function) {
    assertThat(functions).containsKey(function.name());
    // Overloads differ in how Java passes a pointer only.
    for (MethodTypeDesc type : functions.get(function.name())) {
      String parameters =
          type.parameterList().stream()
              .map(t -> t.isPrimitive() ? t.descriptorString() : "P")
              .collect(Collectors.joining());
      assertThat(letters(function)).as(function.name()).isEqualTo(parameters);
      String result = type.returnType().isPrimitive() ? type.returnType().descriptorString() : "P";
      assertThat(letter(function.result())).as(function.name()).isEqualTo(result);
    }
  }

  private static String letters(NativeFunction function) {
    return function.parameters().stream().map(p -> letter(p.kind())).collect(Collectors.joining());
  }

  private static String letter(Kind kind) {
    return switch (kind) {
      case OPAQUE, HOST -> "P";
      case INT32 -> "I";
      case INT64 -> "J";
      case FLOAT64 -> "D";
    };
  }

  private static String letter(Result result) {
    return switch (result) {
      case STATUS -> "I";
      case SIZE -> "J";
      case TEXT -> "P";
      case NONE -> "V";
    };
  }
}
