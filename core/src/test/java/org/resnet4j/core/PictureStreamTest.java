package org.resnet4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.Outcome.Answered;
import org.resnet4j.core.Outcome.Failed;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.RunCancelledException;
import org.resnet4j.core.conformance.ChildJvm;
import org.resnet4j.core.conformance.ClassPath;
import org.resnet4j.core.conformance.DeepCalls;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.model.SeededModels;
import tools.jackson.core.json.JsonFactory;

@Timeout(120)
class PictureStreamTest {
  private static final PretrainedModel TINY = SeededModels.tiny(7);
  private static final int LANES = 3;
  private static final int BATCH = 6;
  private static final int MANY = 1000;

  @TempDir private Path folder;

  /** Each answered by the number it begins with. */
  private static Classifier fake(FakePlan plan) {
    plan.serialSessions = LANES;
    return Classifier.open(TINY, plan, BATCH);
  }

  private static FakePlan plan() {
    return new FakePlan(Integer.MAX_VALUE, () -> {});
  }

  private static RgbImage grey(int value) {
    byte[] data = new byte[3 * 32 * 32];
    Arrays.fill(data, (byte) value);
    return new RgbImage(32, 32, data);
  }

  private static PictureStream<Integer, Classification> numbers(
      Classifier classifier, Iterable<Integer> numbers) {
    return classifier.classifyAll(numbers, (number, _) -> grey(number), 1);
  }

  private static List<Integer> upTo(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  /** Numbers without an end, and how many of them were asked for. */
  private static final class Endless implements Iterable<Integer> {
    private final AtomicInteger asked = new AtomicInteger();

    @Override
    public Iterator<Integer> iterator() {
      return Stream.generate(asked::getAndIncrement).iterator();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 50})
  void answersAreThoseOfSingleCallsInOrder(int count) throws Exception {
    List<RgbImage> pictures = ClassifierTest.pictures(count);
    try (Backend backend = Backends.open("reference", new BackendOptions(2));
        Classifier classifier = Classifier.open(TINY, backend, 4);
        FeatureExtractor extractor = FeatureExtractor.open(TINY, backend, 4)) {
      List<List<Prediction>> expected =
          pictures.stream().map(each -> classifier.classify(each, 3).predictions()).toList();
      try (PictureStream<RgbImage, Classification> outcomes =
              classifier.classifyAll(pictures, (picture, _) -> picture, 3);
          Stream<Outcome<RgbImage, Classification>> stream = outcomes.stream()) {
        assertThat(stream.map(each -> ((Answered<?, Classification>) each).answer().predictions()))
            .isEqualTo(expected);
      }
      try (PictureStream<RgbImage, float[]> outcomes =
          extractor.extractAll(pictures, (picture, _) -> picture)) {
        List<float[]> features = new ArrayList<>();
        outcomes.forEach(each -> features.add(((Answered<?, float[]>) each).answer()));
        assertThat(features.toArray(float[][]::new))
            .isDeepEqualTo(extractor.extract(pictures).toArray(float[][]::new));
      }
    }
  }

  @Test
  void lanesKeepTheOrderHoweverTheyTurnOut() {
    try (Classifier classifier = fake(plan());
        PictureStream<Integer, Classification> outcomes = numbers(classifier, upTo(MANY))) {
      List<Integer> seen = new ArrayList<>();
      outcomes.forEach(each -> seen.add(each.picture()));
      assertThat(seen).isEqualTo(upTo(MANY));
    }
  }

  /** Each has a session of its own, in which its share of the batch fits. */
  @Test
  void everyThreadRunsItsOwnPictures() {
    CountDownLatch together = new CountDownLatch(LANES);
    FakePlan plan =
        new FakePlan(
            Integer.MAX_VALUE,
            () -> {
              together.countDown();
              awaitUnchecked(together);
            });
    try (Classifier classifier = fake(plan);
        PictureStream<Integer, Classification> outcomes = numbers(classifier, upTo(MANY))) {
      assertThat(outcomes).hasSize(MANY);
    }
    assertThat(plan.openedSerial).hasValue(LANES);
    assertThat(plan.closedSessions.get()).isEqualTo(plan.opened.get());
  }

  /** One, or some but not one for each thread. */
  @ParameterizedTest
  @ValueSource(ints = {1, LANES})
  void whereFewSessionsFitTheUsualOnesServe(int sessions) {
    FakePlan plan = new FakePlan(sessions, () -> {});
    try (Classifier classifier = fake(plan);
        PictureStream<Integer, Classification> outcomes = numbers(classifier, upTo(MANY))) {
      assertThat(outcomes.stream().filter(each -> each instanceof Answered)).hasSize(MANY);
    }
    assertThat(plan.mostRunning).hasValueLessThanOrEqualTo(sessions);
    assertThat(plan.closedSessions.get()).isEqualTo(plan.opened.get());
  }

  @Test
  void fewerPicturesThanThreadsAreRunByAllTogether() {
    FakePlan plan = plan();
    try (Classifier classifier = fake(plan);
        PictureStream<Integer, Classification> outcomes = numbers(classifier, upTo(LANES - 1))) {
      assertThat(outcomes).hasSize(LANES - 1);
    }
    assertThat(plan.openedSerial).hasValue(0);
  }

  @Test
  void whatIsNoPictureFailsAlone() throws Exception {
    List<Path> files = new ArrayList<>();
    Path sound = Path.of("../golden/samples/00.png");
    for (int i = 0; i < 40; i++) {
      Path broken = folder.resolve(i + ".png");
      if (i % 3 == 0) {
        Files.writeString(broken, "no picture");
      }
      files.add(i % 3 < 2 ? broken : sound); // in this order: broken, missing, sound
    }
    try (Classifier classifier = fake(plan());
        PictureStream<Path, Classification> outcomes = classifier.classifyAll(files, 1)) {
      int index = 0;
      for (Outcome<Path, Classification> outcome : outcomes) {
        Path file = files.get(index);
        assertThat(outcome.picture()).isEqualTo(file);
        if (index++ % 3 < 2) {
          assertThat(((Failed<?, ?>) outcome).cause())
              .isInstanceOf(ImageDecodeException.class)
              .hasMessageContaining(file.toString());
        } else {
          assertThat(outcome).isInstanceOf(Answered.class);
        }
      }
      assertThat(index).isEqualTo(files.size());
    }
  }

  @Test
  void aReaderThatThrowsFailsItsPictureAlone() {
    try (Classifier classifier = fake(plan());
        PictureStream<Integer, Classification> outcomes =
            classifier.classifyAll(upTo(20), (number, _) -> grey(100 / (number - 7)), 1)) {
      assertThat(outcomes.stream().filter(each -> each instanceof Failed))
          .singleElement()
          .isInstanceOfSatisfying(
              Failed.class,
              failed -> {
                assertThat(failed.picture()).isEqualTo(7);
                assertThat(failed.cause()).isInstanceOf(ArithmeticException.class);
              });
    }
  }

  /** It runs on the stream's threads. */
  @Test
  void anInterruptThatAReaderLeavesIsNobodysAffair() {
    PictureReader<Integer> reader =
        (number, _) -> {
          if (number % 10 == 3) {
            Thread.currentThread().interrupt();
          }
          return grey(number);
        };
    try (Backend backend = Backends.open("reference", new BackendOptions(2));
        Classifier classifier = Classifier.open(TINY, backend, 4);
        PictureStream<Integer, Classification> outcomes =
            classifier.classifyAll(upTo(40), reader, 1)) {
      assertThat(outcomes.stream()).hasSize(40).allMatch(each -> each instanceof Answered);
    }
  }

  /** Also where the last batch is not full. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8, 17})
  void anInterruptThatASourceLeavesIsNobodysAffair(int count) {
    Iterable<Integer> source =
        () ->
            new Iterator<>() {
              private int next;

              @Override
              public boolean hasNext() {
                Thread.currentThread().interrupt();
                return next < count;
              }

              @Override
              public Integer next() {
                return next++;
              }
            };
    try (Backend backend = Backends.open("reference", new BackendOptions(2));
        Classifier classifier = Classifier.open(TINY, backend, 4);
        PictureStream<Integer, Classification> outcomes = numbers(classifier, source)) {
      assertThat(outcomes.stream()).hasSize(count).allMatch(each -> each instanceof Answered);
    }
  }

  /** The others go on as far as there is room; when it is there, so are they. */
  @Test
  void aSlowPictureHoldsNobodyUp() throws Exception {
    CountDownLatch slow = new CountDownLatch(1);
    CountDownLatch others = new CountDownLatch(60);
    try (Classifier classifier = fake(plan());
        PictureStream<Integer, Classification> outcomes =
            classifier.classifyAll(
                upTo(61),
                (number, _) -> {
                  if (number == 0) {
                    awaitUnchecked(slow);
                  } else {
                    others.countDown();
                  }
                  return grey(number);
                },
                1)) {
      others.await();
      slow.countDown();
      assertThat(outcomes).hasSize(61);
    }
  }

  @Test
  void aSlowConsumerBoundsWhatIsOnTheWay() throws Exception {
    Endless endless = new Endless();
    try (Classifier classifier = fake(plan());
        PictureStream<Integer, Classification> outcomes = numbers(classifier, endless)) {
      Iterator<Outcome<Integer, Classification>> iterator = outcomes.iterator();
      for (int i = 0; i < 500; i++) {
        assertThat(iterator.next().picture()).isEqualTo(i);
        assertThat(endless.asked.get() - i).isLessThan(100);
      }
      int before;
      do { // the threads work until there is no more room
        before = endless.asked.get();
        Thread.sleep(50);
      } while (endless.asked.get() != before);
      assertThat(before - 500).isBetween(2 * BATCH, 100);
    }
  }

  @Test
  void closeEndsTheThreadsAndAConsumerWhoWaits() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (Classifier classifier = fake(plan())) {
      PictureStream<Integer, Classification> outcomes =
          classifier.classifyAll(
              new Endless(),
              (number, _) -> {
                awaitOrEnd(never);
                return grey(number);
              },
              1);
      CompletableFuture<Boolean> waiting =
          CompletableFuture.supplyAsync(outcomes.iterator()::hasNext);
      Thread.sleep(20);
      outcomes.close();
      assertThat(waiting.get()).isFalse();
      assertThat(threads()).isEmpty();
    }
  }

  /** Two threads of a stream that wait for each other's end would never end. */
  @Test
  void readersMayCloseIt() throws Exception {
    CountDownLatch all = new CountDownLatch(LANES);
    CompletableFuture<PictureStream<?, ?>> own = new CompletableFuture<>();
    try (Classifier classifier = fake(plan());
        PictureStream<Integer, Classification> outcomes =
            classifier.classifyAll(
                new Endless(),
                (number, _) -> {
                  all.countDown();
                  awaitOrEnd(all);
                  own.join().close();
                  return grey(number);
                },
                1)) {
      own.complete(outcomes);
      assertThat(outcomes.iterator().hasNext()).isFalse();
    }
    assertThat(threads()).isEmpty();
  }

  /** Otherwise it would keep its threads and pictures for ever. */
  @Test
  void aStreamThatNobodyReachesEnds() throws Exception {
    try (Classifier classifier = fake(plan())) {
      numbers(classifier, new Endless()).iterator().next();
      assertThat(threads()).isNotEmpty();
      while (!threads().isEmpty()) {
        System.gc();
        Thread.sleep(20);
      }
    }
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("resnet4j-pictures-"))
        .toList();
  }

  /** After all that it gave before. */
  @Test
  void whatTheSourceThrowsIsTheConsumers() {
    List<Integer> seen = new ArrayList<>();
    try (Classifier classifier = fake(plan());
        PictureStream<Integer, Classification> outcomes = numbers(classifier, fiveAndThrow())) {
      Iterator<Outcome<Integer, Classification>> iterator = outcomes.iterator();
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> iterator.forEachRemaining(each -> seen.add(each.picture())))
            .isInstanceOf(IllegalCallerException.class);
      }
    }
    assertThat(seen).isEqualTo(upTo(5));
  }

  private static Iterable<Integer> fiveAndThrow() {
    Stream<Integer> numbers =
        Stream.concat(upTo(5).stream(), Stream.generate(PictureStreamTest::none));
    return numbers::iterator;
  }

  private static int none() {
    throw new IllegalCallerException("no more");
  }

  @Test
  void aClosedClassifierEndsItsStreams() {
    Classifier classifier = fake(plan());
    try (PictureStream<Integer, Classification> outcomes = numbers(classifier, new Endless())) {
      Iterator<Outcome<Integer, Classification>> iterator = outcomes.iterator();
      iterator.next();
      classifier.close();
      assertThatThrownBy(() -> iterator.forEachRemaining(_ -> {}))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("this classifier is closed");
    }
    assertThatThrownBy(() -> numbers(classifier, upTo(2)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("this classifier is closed");
  }

  /** Which no run of the network would notice. */
  @Test
  void aClosedClassifierEndsAStreamOfBrokenPictures() {
    Classifier classifier = fake(plan());
    try (PictureStream<Integer, Classification> outcomes =
        classifier.classifyAll(new Endless(), (_, _) -> grey(none()), 1)) {
      Iterator<Outcome<Integer, Classification>> iterator = outcomes.iterator();
      assertThat(iterator.next()).isInstanceOf(Failed.class);
      classifier.close();
      assertThatThrownBy(() -> iterator.forEachRemaining(_ -> {}))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("this classifier is closed");
    }
  }

  /** The others go on; nobody is asked more than twice. */
  @Test
  void aPictureForWhichThereIsNoMemoryEvenAloneFails() {
    AtomicInteger tries = new AtomicInteger();
    try (Classifier classifier = fake(plan());
        PictureStream<Integer, Classification> outcomes =
            classifier.classifyAll(
                upTo(20),
                (number, _) -> {
                  if (number == 7) {
                    tries.incrementAndGet();
                    throw new OutOfMemoryError("test");
                  }
                  return grey(number);
                },
                1)) {
      assertThat(outcomes.stream().filter(each -> each instanceof Failed))
          .singleElement()
          .isInstanceOfSatisfying(
              Failed.class,
              failed ->
                  assertThat(failed.cause())
                      .isInstanceOf(ImageDecodeException.class)
                      .hasMessage(
                          "7: not enough memory to decode it; scale it down or raise -Xmx"));
    }
    assertThat(tries).hasValue(2);
  }

  /** In a heap where a session fits and another batch's pictures do not. */
  @Test
  void saysHowMuchMemoryItsPicturesNeed() throws Exception {
    ChildJvm.End end =
        ChildJvm.run(
            List.of("-Xmx96m"),
            ClassPath.of(PictureStream.class, FullHeap.class, JsonFactory.class),
            FullHeap.class);
    assertThat(end.output())
        .contains(
            "InsufficientMemoryException: a batch of 8000 needs 25 MB for its pictures",
            "raise the heap with -Xmx");
  }

  /** Fills its heap but for less than a batch. */
  static final class FullHeap {
    private static final int PIECE = 1 << 20;

    private FullHeap() {}

    public static void main(String[] args) {
      Classifier classifier = Classifier.open(TINY, plan(), 8000);
      byte[][] pieces = new byte[100][];
      int held = 0;
      try {
        while (held < pieces.length) {
          pieces[held] = new byte[PIECE];
          held++;
        }
      } catch (OutOfMemoryError _) {
        Arrays.fill(pieces, 0, 8, null);
      }
      try {
        numbers(classifier, upTo(9)).close();
      } catch (InsufficientMemoryException e) {
        System.out.println(e);
      }
      System.exit(pieces[held - 1].length == PIECE ? 0 : 1);
    }
  }

  @Test
  void anErrorOfTheEngineIsTheConsumers() {
    FakePlan plan =
        new FakePlan(
            Integer.MAX_VALUE,
            () -> {
              throw new StackOverflowError("test");
            });
    try (Classifier classifier = fake(plan);
        PictureStream<Integer, Classification> outcomes = numbers(classifier, upTo(9))) {
      assertThatThrownBy(() -> outcomes.iterator().next())
          .isInstanceOf(StackOverflowError.class)
          .hasMessage("test");
    }
  }

  @Test
  void aConsumerCanBeInterrupted() {
    try (Classifier classifier = fake(plan());
        PictureStream<Integer, Classification> outcomes =
            classifier.classifyAll(
                upTo(9),
                (number, _) -> {
                  awaitOrEnd(new CountDownLatch(1));
                  return grey(number);
                },
                1)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> outcomes.iterator().next())
          .isInstanceOf(RunCancelledException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void isConsumedOnce() {
    try (Classifier classifier = fake(plan());
        PictureStream<Integer, Classification> outcomes = numbers(classifier, upTo(2))) {
      assertThat(outcomes).hasSize(2);
      assertThatThrownBy(outcomes::stream).isInstanceOf(IllegalStateException.class);
    }
  }

  /** Asks for one outcome after the other and ends after some. */
  private static final class Some implements Flow.Subscriber<Outcome<Integer, Classification>> {
    private final int wanted;
    private final long atOnce;
    private final List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private final CompletableFuture<Flow.Subscription> subscribed = new CompletableFuture<>();

    Some(int wanted) {
      this(wanted, 1);
    }

    Some(int wanted, long atOnce) {
      this.wanted = wanted;
      this.atOnce = atOnce;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscribed.complete(given);
      given.request(atOnce);
    }

    @Override
    public void onNext(Outcome<Integer, Classification> outcome) {
      seen.add(outcome.picture());
      if (seen.size() == wanted) {
        subscribed.join().cancel();
        end.complete("cancelled");
      }
      if (atOnce == 1) {
        subscribed.join().request(1);
      }
    }

    @Override
    public void onError(Throwable failure) {
      end.complete(failure.toString());
    }

    @Override
    public void onComplete() {
      end.complete("complete");
    }
  }

  @Test
  void aSubscriberGetsAllOfThemOrAsManyAsItWants() throws Exception {
    try (Classifier classifier = fake(plan())) {
      Some all = new Some(Integer.MAX_VALUE);
      numbers(classifier, upTo(MANY)).subscribe(all);
      assertThat(all.end.get(60, TimeUnit.SECONDS)).isEqualTo("complete");
      assertThat(all.seen).isEqualTo(upTo(MANY));

      Some some = new Some(10);
      numbers(classifier, new Endless()).subscribe(some);
      assertThat(some.end.get(60, TimeUnit.SECONDS)).isEqualTo("cancelled");
      awaitNoThreads();
      assertThat(some.seen).isEqualTo(upTo(10));

      Some unbounded = new Some(Integer.MAX_VALUE, Long.MAX_VALUE);
      numbers(classifier, upTo(MANY)).subscribe(unbounded);
      assertThat(unbounded.end.get(60, TimeUnit.SECONDS)).isEqualTo("complete");
      assertThat(unbounded.seen).isEqualTo(upTo(MANY));
    }
  }

  @Test
  void aSubscriberIsToldAFailureAfterWhatCameBeforeIt() throws Exception {
    try (Classifier classifier = fake(plan())) {
      Some failed = new Some(Integer.MAX_VALUE);
      numbers(classifier, fiveAndThrow()).subscribe(failed);
      assertThat(failed.end.get(60, TimeUnit.SECONDS)).contains("no more");
      assertThat(failed.seen).isEqualTo(upTo(5));

      Some none = new Some(Integer.MAX_VALUE, 0);
      numbers(classifier, upTo(5)).subscribe(none);
      assertThat(none.end.get(60, TimeUnit.SECONDS)).contains("at least one");
      assertThat(none.seen).isEmpty();
    }
  }

  /** One that has stopped asking, and one for which no outcome comes. */
  @Test
  void closeAndCancelNeedNoOutcome() throws Exception {
    try (Classifier classifier = fake(plan())) {
      Some stopped = new Some(Integer.MAX_VALUE, 3);
      PictureStream<Integer, Classification> outcomes = numbers(classifier, new Endless());
      outcomes.subscribe(stopped);
      while (stopped.seen.size() < 3) {
        Thread.sleep(5);
      }
      outcomes.close();
      assertThat(stopped.end.get(60, TimeUnit.SECONDS)).isEqualTo("complete");
      assertThat(stopped.seen).isEqualTo(upTo(3));

      Some waiting = new Some(Integer.MAX_VALUE);
      CountDownLatch asked = new CountDownLatch(1);
      classifier
          .classifyAll(
              new Endless(),
              (number, _) -> {
                asked.countDown();
                awaitOrEnd(new CountDownLatch(1));
                return grey(number);
              },
              1)
          .subscribe(waiting);
      asked.await();
      waiting.subscribed.get().cancel();
      awaitNoThreads();
      assertThat(waiting.end).isNotDone();
    }
  }

  @Test
  void aSubscriberThatThrowsEndsTheStream() throws Exception {
    try (Classifier classifier = fake(plan())) {
      Flow.Subscriber<Object> throwing =
          new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
              Thread.currentThread().setUncaughtExceptionHandler((_, _) -> {});
              subscription.request(1);
            }

            @Override
            public void onNext(Object outcome) {
              throw new IllegalCallerException("test");
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onComplete() {}
          };
      numbers(classifier, new Endless()).subscribe(throwing);
      awaitNoThreads();
    }
  }

  @Test
  void aSecondSubscriberIsRefused() {
    try (Classifier classifier = fake(plan());
        PictureStream<Integer, Classification> outcomes = numbers(classifier, upTo(2))) {
      assertThatThrownBy(() -> outcomes.subscribe(null)).isInstanceOf(NullPointerException.class);
      assertThat(outcomes).hasSize(2);
      Some second = new Some(1);
      outcomes.subscribe(second);
      assertThat(second.end.join()).contains("can be consumed once");
    }
  }

  private static void awaitNoThreads() throws InterruptedException {
    while (!threads().isEmpty()) {
      Thread.sleep(20);
    }
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitOrEnd(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException _) {
      // The stream was closed.
    }
  }

  /** Whoever catches it gets what comes next, and nothing is left out. */
  @Test
  void theEndOfAConsumersStackLosesNoOutcome() throws Exception {
    List<Integer> pictures = IntStream.range(0, 400).boxed().toList();
    for (int round = 0; round < 10; round++) {
      try (Classifier classifier = Classifier.open(TINY, plan(), 4);
          PictureStream<Integer, Classification> stream =
              classifier.classifyAll(pictures, (number, _) -> grey(number), 1)) {
        Taken taken = new Taken(stream.iterator(), pictures.size());
        Thread.sleep(3); // until there are outcomes to be lost
        DeepCalls.fromTheEnd(round, taken::next);
        while (taken.outcomes.hasNext()) {
          taken.next();
        }
        assertThat(Arrays.stream(taken.seen).map(each -> each == null ? null : each.picture()))
            .containsExactlyElementsOf(pictures);
      }
    }
  }

  /** Takes outcomes where nothing can be called between one and its place. */
  private static final class Taken {
    private final Iterator<Outcome<Integer, Classification>> outcomes;

    private final @Nullable Outcome<Integer, Classification>[] seen;

    private int count;

    @SuppressWarnings({"unchecked", "rawtypes"})
    Taken(Iterator<Outcome<Integer, Classification>> outcomes, int most) {
      this.outcomes = outcomes;
      this.seen = new Outcome[most];
    }

    void next() {
      Outcome<Integer, Classification> outcome = outcomes.next();
      seen[count] = outcome;
      count++;
    }
  }
}
