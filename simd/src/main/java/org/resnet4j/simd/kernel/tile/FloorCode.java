package org.resnet4j.simd.kernel.tile;

import java.util.function.Function;
import org.resnet4j.simd.kernel.layout.Floor;
import org.resnet4j.simd.machinecode.Address;
import org.resnet4j.simd.machinecode.Assembler;
import org.resnet4j.simd.machinecode.Mask;
import org.resnet4j.simd.machinecode.Register;
import org.resnet4j.simd.machinecode.Vector;
import org.resnet4j.simd.machinecode.VectorLoop;
import org.resnet4j.simd.machinecode.VectorValues;

/** Machine code that raises values to a {@link Floor} and stores them. */
public final class FloorCode {
  private static final Mask BELOW = new Mask(1);
  private static final int LIMIT_BYTES = Floor.LIMIT_AT * Float.BYTES;

  private final VectorLoop loop;
  private final Register base;
  private final int floor;
  private final int limit;

  /**
   * For a loop's values.
   *
   * @param base points at the floor
   */
  public FloorCode(VectorLoop loop, Register base) {
    this.loop = loop;
    this.base = base;
    VectorValues values = loop.values();
    this.floor = values.constant((code, to, _) -> code.vmovups(to, Address.of(base, 0)));
    this.limit = values.constant((code, to, _) -> code.vmovups(to, Address.of(base, LIMIT_BYTES)));
  }

  /**
   * Raises a value, which is no longer one then, and stores it.
   *
   * @param place where it is stored
   */
  public void store(int value, Function<Assembler, Address> place) {
    if (loop.scratch().isWide()) {
      loop.values()
          .use(
              (code, _, from) -> {
                raise(code, from.get(0), from.get(2), from.get(1), loop.scratch());
                code.vmovups(place.apply(code), from.get(0));
              },
              value,
              floor,
              limit);
    } else {
      loop.values()
          .use(
              (code, _, from) -> {
                Vector below = loop.scratch();
                code.vcmpltps(below, from.get(0), Address.of(base, LIMIT_BYTES));
                code.vblendvps(from.get(0), from.get(0), from.get(1), below);
                code.vmovups(place.apply(code), from.get(0));
              },
              value,
              floor);
    }
  }

  /**
   * Replaces what is below a limit by the floor.
   *
   * @param scratch a register of which nothing is needed
   */
  public static void raise(
      Assembler code, Vector value, Vector limit, Vector floor, Vector scratch) {
    if (value.isWide()) {
      code.vcmpltps(BELOW, value, limit);
      code.vmovaps(value, BELOW, floor);
    } else {
      code.vcmpltps(scratch, value, limit);
      code.vblendvps(value, value, floor, scratch);
    }
  }
}
