"""Reads and writes safetensors files with NumPy alone.

Layout: header length (uint64, little endian), JSON header padded with spaces to
a multiple of 8, then the tensors' bytes in header order without holes. Equal
arguments give equal bytes.
"""

import json
import struct

import numpy as np

_DTYPES = {"F32": np.dtype("<f4"), "F64": np.dtype("<f8"), "I64": np.dtype("<i8")}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}


def write(path, tensors, metadata):
    """Writes `tensors` (name to array) in their order, and string `metadata`.

    Raises ValueError for an element type other than float32, float64 or int64,
    and for metadata that is not text.
    """
    for key, value in metadata.items():
        if not isinstance(value, str):
            raise ValueError(f"{path}: metadata {key!r} must be text, got {value!r}")
    header = {"__metadata__": metadata}
    blobs = []
    offset = 0
    for name, array in tensors.items():
        blob = array.tobytes()  # C order, whatever the array's strides are
        header[name] = {
            "dtype": _dtype_name(path, name, array.dtype),
            "shape": list(array.shape),
            "data_offsets": [offset, offset + len(blob)],
        }
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        file.writelines(blobs)


def read(path):
    """Returns (tensors, metadata) of a file; the arrays are copies."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        if entry["dtype"] not in _DTYPES:
            raise ValueError(f"{path}: tensor {name!r} has element type {entry['dtype']}; "
                             f"this reader knows {', '.join(_DTYPES)}")
        flat = np.frombuffer(data[begin:end], _DTYPES[entry["dtype"]])
        tensors[name] = flat.reshape(entry["shape"]).copy()
    return tensors, metadata


def _dtype_name(path, tensor, dtype):
    if dtype not in _NAMES:
        raise ValueError(f"{path}: tensor {tensor!r} has element type {dtype}; "
                         "convert it to float32, float64 or int64")
    return _NAMES[dtype]
