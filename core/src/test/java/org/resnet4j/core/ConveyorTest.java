package org.resnet4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.conformance.ChildJvm;
import org.resnet4j.core.conformance.ClassPath;

class ConveyorTest {
  private static final int PICTURES = 40;

  /** However little is left when a picture is taken, its consumer learns what became of it. */
  @Test
  void aConsumerNeverWaitsForWhatNobodyTook() throws Exception {
    List<String> endings =
        ChildJvm.run(
                List.of("-XX:+UseSerialGC", "-XX:-UseTLAB", "-Xmx16m"),
                ClassPath.of(Conveyor.class, FullHeap.class),
                FullHeap.class)
            .lines();
    assertThat(endings)
        .containsOnly(PICTURES + " and the end", FullHeap.AT + " and java.lang.OutOfMemoryError");
  }

  /** A source of pictures that fills the heap, but for some bytes, before it gives one of them. */
  static final class FullHeap implements Iterator<Integer> {
    /** Where a queue of the JDK's would grow. */
    static final int AT = 16;

    private static final int MOST_LEFT = 256;
    private static final int STEP = 16;
    private static final int LARGEST = 1 << 20;
    private static final int MANY = 10;
    private static final int SWEEPS = 20;

    /** Who has consumed the pictures before these. */
    private static WeakReference<@Nullable Thread> before = new WeakReference<>(null);

    private final int left;
    private int given;

    /** What fills the heap. */
    private @Nullable Object held;

    private FullHeap(int left) {
      this.left = left;
    }

    @Override
    public boolean hasNext() {
      return given < PICTURES;
    }

    @Override
    public Integer next() {
      if (given == PICTURES) {
        throw new NoSuchElementException();
      }
      if (given == AT) {
        fill();
      }
      return given++;
    }

    private void fill() {
      Object[] last = {null, left == 0 ? null : new byte[left]};
      held = last;
      for (int size = LARGEST; size > 0; ) {
        try {
          held = new Object[] {held, new byte[size]};
        } catch (OutOfMemoryError _) {
          size /= 2;
        }
      }
      for (int failures = 0; failures < MANY; ) { // since garbage of others may be found late
        try {
          held = new Link(held);
          failures = 0;
        } catch (OutOfMemoryError _) {
          failures++;
        }
      }
      last[1] = null;
    }

    /** No object is smaller, so that where one finds no room nothing does. */
    private record Link(@Nullable Object next) {}

    /** Prints for each number of bytes how many outcomes there were, and what came then. */
    public static void main(String[] arguments) throws InterruptedException {
      System.out.println(takeAll(LARGEST)); // what is linked later may find no memory
      boolean ranOut = false;
      for (int sweep = 0; sweep < SWEEPS && !ranOut; sweep++) { // the JVM has garbage of its own
        for (int left = 0; left <= MOST_LEFT; left += STEP) {
          String ending = takeAll(left);
          System.out.println(ending);
          ranOut |= !ending.startsWith(PICTURES + " ");
        }
      }
    }

    private static String takeAll(int left) throws InterruptedException {
      while (before.get() != null) { // or its thread would give memory back while this goes on
        System.gc();
        Thread.sleep(1);
      }
      FullHeap source = new FullHeap(left);
      Conveyor<Integer, Integer> conveyor = new Conveyor<>(source, PICTURES + 1);
      for (Feed.Place<Integer, Integer> place = conveyor.take(null);
          place != null;
          place = conveyor.take(null)) {
        source.held = null;
        place.put(new Outcome.Answered<>(place.picture(), 0));
      }
      source.held = null;
      Consumer consumer = new Consumer(conveyor);
      Thread thread = Thread.ofPlatform().daemon().start(consumer);
      before = new WeakReference<>(thread);
      return thread.join(Duration.ofSeconds(10))
          ? consumer.outcomes + " and " + consumer.end
          : "it waits";
    }
  }

  private static final class Consumer implements Runnable {
    private final Conveyor<Integer, Integer> conveyor;
    private int outcomes;
    private String end = "";

    Consumer(Conveyor<Integer, Integer> conveyor) {
      this.conveyor = conveyor;
    }

    @Override
    public void run() {
      try {
        while (conveyor.next() != null) {
          outcomes++;
        }
        end = "the end";
      } catch (OutOfMemoryError | InterruptedException e) {
        end = e.getClass().getName();
      }
    }
  }
}
