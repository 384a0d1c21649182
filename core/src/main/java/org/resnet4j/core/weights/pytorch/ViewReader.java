package org.resnet4j.core.weights.pytorch;

import java.lang.foreign.MemorySegment;
import org.resnet4j.core.weights.DType;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.content.Content;
import org.resnet4j.core.weights.content.Decoder;
import org.resnet4j.core.weights.pytorch.Pickled.View;

/** Reads the elements of one view of a storage as floats, in row-major order. */
final class ViewReader {
  private final Content.Access access;
  private final long storage;
  private final View view;
  private final DType dtype;
  private final int bytesPer;

  /**
   * @param storage where the storage begins in the file
   */
  ViewReader(Content.Access access, long storage, View view) {
    this.access = access;
    this.storage = storage;
    this.view = view;
    this.dtype = view.storage().dtype();
    this.bytesPer = dtype.bits() / Byte.SIZE;
  }

  float[] floats() throws WeightsFileException {
    float[] values = new float[Math.toIntExact(view.elements())];
    if (values.length == 0) {
      return values;
    }
    if (view.isContiguous()) {
      run(view.offset(), values);
      return values;
    }
    float[] span = new float[Math.toIntExact(view.span())];
    run(view.offset(), span);
    gather(span, values);
    return values;
  }

  /** Consecutive elements of the storage, as many as {@code into} takes. */
  private void run(long first, float[] into) throws WeightsFileException {
    int step = Content.CHUNK_BYTES / bytesPer;
    long position = storage + first * bytesPer;
    for (int at = 0; at < into.length; ) {
      int count = Math.min(step, into.length - at);
      MemorySegment bytes = access.bytes(position, count * bytesPer);
      Decoder.floats(dtype, bytes, into, at, count);
      at += count;
      position += (long) count * bytesPer;
    }
  }

  private void gather(float[] span, float[] values) {
    int rank = view.shape().size();
    int[] index = new int[rank];
    int from = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = span[from];
      // The next index, the last axis fastest.
      for (int axis = rank - 1; axis >= 0; axis--) {
        int stride = view.strides().get(axis).intValue();
        from += stride;
        if (++index[axis] < view.shape().get(axis)) {
          break;
        }
        from -= index[axis] * stride;
        index[axis] = 0;
      }
    }
  }
}
