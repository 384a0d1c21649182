package org.resnet4j.simd;

import java.util.concurrent.CountDownLatch;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;

/** Exits while eight threads run a network, and prints how. */
final class ExitProbe {
  private static final int CALLERS = 8;

  private ExitProbe() {}

  public static void main(String[] args) throws InterruptedException {
    SimdBackend backend = new SimdBackend(2);
    Plan plan = backend.compile(SmallNetworks.least());
    CountDownLatch running = new CountDownLatch(5 * CALLERS);
    for (int i = 0; i < CALLERS; i++) {
      Session session = plan.newSession(2);
      new Thread(() -> run(session, running)).start(); // one that would keep the JVM alive
    }
    running.await();
    System.out.println("exits after " + 5 * CALLERS + " runs");
    System.exit(0);
  }

  private static void run(Session session, CountDownLatch running) {
    float[] images = new float[2 * 16 * 4 * 4];
    float[] logits = new float[20];
    while (true) {
      session.run(2, images, logits);
      running.countDown();
    }
  }
}
