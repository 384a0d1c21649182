"""Writes reference.safetensors and verdicts.txt with the reference implementation.

Needs only: pip install safetensors==0.8.0. Run it in this folder; the output is deterministic.
verdicts.txt has one line per file: what safetensors.deserialize says (accept or reject), then the
file in base64.
"""

import base64
import ctypes
import random
import struct

import safetensors


def file(header, data=b""):
    header = header if isinstance(header, bytes) else header.encode("utf-8")
    return struct.pack("<Q", len(header)) + header + data


def entry(name, dtype, shape, begin, end):
    return f'"{name}":{{"dtype":"{dtype}","shape":{shape},"data_offsets":[{begin},{end}]}}'


def verdict(content):
    try:
        safetensors.deserialize(content)
        return "accept"
    except safetensors.SafetensorError:
        return "reject"


def handmade():
    one = "{" + entry("a", "F32", "[1]", 0, 4) + "}"
    data = bytes(4)
    yield file("{}")
    yield file("")
    yield b""
    yield file("{}", b"\0")
    for header in (
        one, " " + one, "\n\t\r " + one + " \n", one + "\0", one + "x", "\ufeff" + one, one + one,
        one.replace("[1]", "[1.0]"), one.replace("[1]", "[1e0]"), one.replace("[1]", "[-0]"),
        one.replace("[1]", "[-1]"), one.replace("[1]", "[01]"), one.replace("[1]", "[]"),
        one.replace("[1]", "[1,1,1]"), one.replace("[1]", "[" + "1," * 63 + "1]"),
        one.replace("[1]", "[" + "1," * 64 + "1]"), one.replace("[1]", "[18446744073709551616]"),
        one.replace("[1]", "[2,18446744073709551614]"), one.replace("[1]", "[2,0]"),
        one.replace("[0,4]", "[4,0]"), one.replace("[0,4]", "[0,4,4]"), one.replace("[0,4]", "[0]"),
        one.replace("[0,4]", "[1,5]"), one.replace("F32", "f32"), one.replace("F32", "F16"),
        one.replace("F32", "C64"), one.replace('"F32"', "null"), one.replace('"F32"', '{"F32":null}'),
        one.replace('"a"', '"\\u0061"'), one.replace('"a"', '"\\ud83d\\ude00"'),
        one.replace('"a"', '"\\ud83d"'), one.replace('"a"', '"\\/\\b"'), one.replace('"a"', '"\\x"'),
        one.replace('"a"', '"a\tb"'), one.replace('"a"', '""'), one.replace('"a"', "'a'"),
        one[:-1] + "," + one[1:], one[:-1] + ",}", '{"a":["F32",[1],[0,4]]}', '{"a":null}',
        one.replace('"dtype"', '"dtype":"F32","dtype"'), one.replace('"F32",', '"F32","x":[{}],'),
        one.replace('"F32",', '"F32","x":1e999,'), one.replace('"F32",', '"F32","x":"\\ud800",'),
        one.replace('"F32",', '"F32","x":' + "9" * 400 + ","),
        one.replace('"F32",', '"F32","x":' + "[" * 90 + "]" * 90 + ","),
        one.replace('"F32",', '"F32","x":' + "[" * 200 + "]" * 200 + ","),
        '{"__metadata__":null,' + one[1:], '{"__metadata__":{},' + one[1:],
        '{"__metadata__":{"k":"v"},' + one[1:], '{"__metadata__":{"k":1},' + one[1:],
        '{"__metadata__":{"k":"v","k":"w"},' + one[1:], '{"__metadata__":[],' + one[1:],
        '{"__metadata__":{},"__metadata__":{},' + one[1:],
        "{" + entry("a", "F32", "[1]", 0, 4) + "," + entry("e", "F32", "[0]", 0, 0) + "}",
        "{" + entry("a", "F32", "[1]", 0, 4) + "," + entry("e", "F32", "[0]", 4, 4) + "}",
        "{" + entry("a", "F32", "[1]", 0, 4) + "," + entry("e", "F32", "[0]", 2, 2) + "}",
        "{" + entry("b", "U8", "[2]", 2, 4) + "," + entry("a", "U8", "[2]", 0, 2) + "}",
        "{" + entry("b", "U8", "[1]", 3, 4) + "," + entry("a", "U8", "[2]", 0, 2) + "}",
        "{" + entry("b", "F4", "[4]", 2, 4) + "," + entry("a", "F6_E2M3", "[4]", 0, 3) + "}",
        "{" + entry("b", "F4", "[4]", 2, 4) + "," + entry("a", "F4", "[4]", 0, 2) + "}",
        "{" + entry("b", "F4", "[3]", 2, 4) + "," + entry("a", "F4", "[4]", 0, 2) + "}",
        "{" + entry("b", "F4", "[0,9223372036854775808]", 0, 0) + "," + one[1:],
    ):
        yield file(header, data)
        yield file(header, data + b"\0")
    for dtype in (
        "BOOL F4 F6_E2M3 F6_E3M2 U8 I8 F8_E5M2 F8_E4M3 F8_E8M0 F8_E4M3FNUZ F8_E5M2FNUZ I16 U16 "
        "F16 BF16 I32 U32 F32 C64 F64 I64 U64"
    ).split():
        for size in (4, 6, 8, 16, 32, 64):
            yield file("{" + entry("a", dtype, "[8]", 0, size) + "}", bytes(size))
    for bad in (b'{"\xff":1}', b'{"\xc0\xaf":1}', b'{"\xed\xa0\x80":1}', b"{}\xc3"):
        yield file(bad)


def mutated(count):
    rng = random.Random(20)
    header = (
        '{"__metadata__":{"format":"pt"},' + entry("a", "F32", "[1,2]", 0, 8) + ","
        + entry("b", "I64", "[1]", 8, 16) + "," + entry("c", "BF16", "[]", 16, 18) + "}  "
    )
    tokens = list('{}[],:"014') + ["-1", "1e1", "null", '"F16"', '"a"', "\\u0061", " ", "[]", "{}"]
    for _ in range(count):
        text = header
        for _ in range(rng.randint(1, 2)):
            at = rng.randrange(len(text))
            text = text[:at] + rng.choice(tokens) + text[at + rng.randint(0, 2):]
        yield file(text, bytes(18))


def reference():
    """Names beyond the BMP sort by code point here, by UTF-16 unit in Java's own order."""
    doubles = struct.pack("<3d", 3.141592653589793, -0.0, 1e300)
    floats = struct.pack("<6f", 1, -2, 0.5, float("inf"), 1e-45, 3.5)
    small = struct.pack("<1f", 7)
    buffers = [ctypes.create_string_buffer(b, len(b)) for b in (floats, doubles, small, small)]
    spec = [
        safetensors.TensorSpec(
            dtype=dtype, shape=shape, data_ptr=ctypes.addressof(buffer), data_len=len(buffer)
        )
        for (dtype, shape), buffer in zip(
            [("float32", [2, 3]), ("float64", [3]), ("float32", []), ("float32", [1])], buffers
        )
    ]
    tensors = {"\uffee": spec[2], "\U0001f600": spec[3], 'layer/"0"': spec[0], "golden": spec[1]}
    return safetensors.serialize(tensors, {"made by": "reference \u00fc\\"})


if __name__ == "__main__":
    with open("reference.safetensors", "wb") as out:
        out.write(reference())
    with open("verdicts.txt", "w", encoding="ascii", newline="\n") as out:
        for content in [*handmade(), *mutated(300)]:
            out.write(f"{verdict(content)} {base64.b64encode(content).decode()}\n")
