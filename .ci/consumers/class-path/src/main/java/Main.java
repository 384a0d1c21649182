import java.nio.file.Path;
import org.resnet4j.core.Classifier;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.model.ModelOptions;
import org.resnet4j.core.model.PretrainedModel;

void main(String[] args) throws Exception {
  var model = PretrainedModel.load(Path.of(args[0]), ModelOptions.defaults());
  try (var backend = Backends.open("simd", BackendOptions.defaults());
      var classifier = Classifier.open(model, backend, 1)) {
    IO.println(classifier.classify(Path.of(args[1]), 1).predictions().getFirst().label());
  }
}
