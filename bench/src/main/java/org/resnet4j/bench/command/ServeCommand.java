package org.resnet4j.bench.command;

import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.failure.ExitCodes;
import org.resnet4j.bench.failure.Failures;
import org.resnet4j.bench.measure.BackendEngines;
import org.resnet4j.bench.option.AtLeastOne;
import org.resnet4j.bench.option.BackendArguments;
import org.resnet4j.bench.option.DecodingArguments;
import org.resnet4j.bench.option.ModelArguments;
import org.resnet4j.bench.option.PortNumber;
import org.resnet4j.bench.option.Seconds;
import org.resnet4j.bench.option.Subject;
import org.resnet4j.bench.option.Workload;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.Classifier;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.text.Quote;
import org.resnet4j.serve.InferenceServer;
import org.resnet4j.serve.ServerOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code resnet4j serve}. */
@Command(
    name = "serve",
    description = {
      "Answers over HTTP until it is ended.",
      "",
      "Pictures at /v2/models/NAME/classify, tensors by the Open Inference Protocol at"
          + " /v2/models/NAME/infer, metrics at /metrics."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  resnet4j serve",
      "  resnet4j serve --weights resnet50.safetensors --port 8000 --host 0.0.0.0",
      "  curl -H 'Content-Type: image/jpeg' --data-binary @cat.jpg"
          + " localhost:8080/v2/models/resnet50/classify"
    })
public final class ServeCommand implements Callable<Integer> {
  private static final int USUAL_PORT = 8080;
  private static final Duration WARM_UP = Duration.ofSeconds(10);

  private final Terminal terminal;

  @Mixin private ModelArguments modelArguments = new ModelArguments();

  @Mixin private BackendArguments backendArguments = new BackendArguments();

  @Mixin private DecodingArguments decodingArguments = new DecodingArguments();

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Where to listen: 0.0.0.0 for callers elsewhere. Default: 127.0.0.1.")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "N",
      converter = PortNumber.class,
      description = "0 is any that is free. Default: 8080.")
  private int port = USUAL_PORT;

  @Option(
      names = "--batch",
      paramLabel = "N",
      converter = AtLeastOne.class,
      description = "Most images that run at once. Default: 8.")
  private int batch = 8;

  @Option(
      names = "--queue",
      paramLabel = "N",
      converter = AtLeastOne.class,
      description = "How many wait; more are refused with 503. Default: 256.")
  private int queue = 256;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      converter = Seconds.class,
      description = "For a request to come, and for its answer, whole ones. Default: 30.")
  private double seconds = 30;

  @Option(
      names = "--max-bytes",
      paramLabel = "N",
      converter = AtLeastOne.class,
      description = "Of a request's body. Default: 32 MiB.")
  private int maxBytes = 32 << 20;

  public ServeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, CommandException {
    InetSocketAddress address = address();
    DecodeOptions decoding = decodingArguments.options();
    ServerOptions options =
        new ServerOptions(
            address,
            Math.min(maxBytes, ServerOptions.MOST_BODY_BYTES),
            Duration.ofSeconds(Math.max(1, Math.round(seconds))),
            queue,
            Duration.ZERO);
    PretrainedModel model =
        modelArguments.loadClassifier(terminal, "serve one that tells classes apart");
    Workload workload =
        new Workload(new Subject(model.name(), model.graph(), model::graph), batch, false);
    BackendArguments.Choice choice = backendArguments.open(terminal);
    try (Backend backend = choice.backend()) {
      workload.check(BackendEngines.isOnCpu(backend.name()));
      serve(choice, model, decoding, options);
    } catch (InsufficientMemoryException e) {
      throw workload.refused(e);
    }
    return ExitCodes.OK;
  }

  private void serve(
      BackendArguments.Choice choice,
      PretrainedModel model,
      DecodeOptions decoding,
      ServerOptions options)
      throws IOException, CommandException {
    try (Classifier classifier = Classifier.open(model, choice.backend(), batch, decoding)) {
      classifier.warmUp(WARM_UP);
      try (InferenceServer server = start(classifier, options)) {
        begun(choice, decoding, model, server);
        await(server);
      }
    }
  }

  private InetSocketAddress address() throws CommandException {
    if (host.isBlank()) {
      throw new CommandException(
          "--host", "names nothing", "name an address of this machine, or leave the option out");
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException _) {
      throw new CommandException(
          "--host " + Quote.line(host), "there is no such host", "name an address of this machine");
    }
  }

  private InferenceServer start(Classifier classifier, ServerOptions options)
      throws IOException, CommandException {
    try {
      return InferenceServer.start(classifier, options);
    } catch (BindException | UnresolvedAddressException e) {
      throw new CommandException(
          "--host %s --port %s".formatted(Quote.line(host), port),
          "cannot be listened at: " + e.getMessage(),
          "choose another port, or an address of this machine");
    }
  }

  private void begun(
      BackendArguments.Choice choice,
      DecodeOptions decoding,
      PretrainedModel model,
      InferenceServer server)
      throws IOException {
    InetSocketAddress address = server.address();
    PrintStream out = terminal.out();
    out.println("device   " + Quote.line(choice.device(decoding)));
    out.println("model    " + Quote.line(model.name()) + ", " + model.classes() + " classes");
    out.println(
        "address  http://%s:%s%s"
            .formatted(asHost(address.getAddress()), address.getPort(), server.path()));
    terminal.flushIfRead();
  }

  /** An address as a part of one that can be copied. */
  private static String asHost(InetAddress address) {
    String host = address.getHostAddress();
    return address instanceof Inet6Address ? "[" + host + "]" : host;
  }

  /** Until the process is told to end, which lets requests in flight finish, or the thread is. */
  private static void await(InferenceServer server) throws CommandException {
    Thread end = new Thread(server::close, "resnet4j-serve-end");
    Runtime.getRuntime().addShutdownHook(end);
    try {
      server.await();
      new CountDownLatch(1).await(); // closed by the end of the process, which goes on
    } catch (InterruptedException _) {
      Runtime.getRuntime().removeShutdownHook(end);
    } catch (IllegalStateException e) {
      Runtime.getRuntime().removeShutdownHook(end);
      throw new CommandException(
          "the server",
          "nobody is answered any more",
          Failures.line(Objects.requireNonNull(e.getCause())));
    }
  }
}
