"""Makes weights and inputs from a counter, the same in Python and in Java.

Every tensor's values follow from its name, a seed and the element's index:

    key   = FNV-1a-64(UTF-8 name) xor seed * G          G = 0x9E3779B97F4A7C15
    z     = mix(key + (index + 1) * G)                  SplitMix64, modulo 2^64
    u     = (z >> 40) / 2^24                            exact, in [0, 1)
    value = float32(low + (high - low) * u)             in float64, rounded once

The Java side is `SyntheticValues` and `SyntheticWeights`. Run as a program, this
prints the values that their tests expect.
"""

import math

import numpy as np

GAMMA = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1
INPUT_RANGE = (-2.0, 2.0)


def fnv1a64(text):
    """Returns the 64-bit FNV-1a hash of a text's UTF-8 bytes."""
    digest = 0xCBF29CE484222325
    for byte in text.encode():
        digest = (digest ^ byte) * 0x100000001B3 & MASK
    return digest


def bits(name, seed, indices):
    """Returns 64 random bits for each index >= 0, uint64."""
    key = fnv1a64(name) ^ (seed * GAMMA & MASK)
    z = np.atleast_1d(np.asarray(indices, np.uint64))  # wraps silently, as a scalar would not
    z = np.uint64(key) + (z + np.uint64(1)) * np.uint64(GAMMA)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def values_at(name, seed, indices, low, high):
    """Returns the values of the given elements, float32."""
    unit = (bits(name, seed, indices) >> np.uint64(40)).astype(np.float64) * 2.0 ** -24
    return (low + (high - low) * unit).astype(np.float32)


def values(name, seed, shape, low, high):
    """Returns a whole tensor, float32, elements counted in row-major order."""
    return values_at(name, seed, np.arange(math.prod(shape)), low, high).reshape(shape)


def inputs(seed, shape):
    """Returns a batch of images [N, C, H, W], float32."""
    return values("input", seed, shape, *INPUT_RANGE)


def positions_at(tap, seed, indices, size):
    """Returns where the given samples of a tap with `size` values lie, row-major, int64."""
    drawn = bits("sample:" + tap, seed, indices) >> np.uint64(1)
    return (drawn % np.uint64(size)).astype(np.int64)


def positions(tap, seed, count, size):
    """Returns where the first `count` samples of a tap lie; some may be equal."""
    return positions_at(tap, seed, np.arange(count), size)


def weight_range(name, shape, block):
    """Returns (low, high) of a parameter of a network of 'basic' or 'bottleneck' blocks.

    Convolutions keep the second moment (He); so do batch norms, as 1 / variance is
    0.98 on average. A block's last one is small, so that depth amplifies neither the
    activations nor their rounding errors.
    """
    if len(shape) == 4:
        bound = math.sqrt(6 / math.prod(shape[1:]))
        return -bound, bound
    if name == "fc.weight":
        bound = math.sqrt(3 / shape[1])
        return -bound, bound
    if name.endswith("running_var"):
        return 0.6, 1.6
    if name.endswith("running_mean"):
        return -0.2, 0.2
    if name.endswith("bias"):
        return -0.1, 0.1
    if name.endswith({"basic": ".bn2.weight", "bottleneck": ".bn3.weight"}[block]):
        return 0.1, 0.2
    return 0.8, 1.2


def weights(shapes, block, seed):
    """Returns the parameters of a network, float32, from their shapes by name."""
    return {name: values(name, seed, shape, *weight_range(name, shape, block))
            for name, shape in shapes.items()}


def _print_weights(block, seed, shapes):
    for name, shape in shapes.items():
        last = math.prod(shape) - 1
        for index in sorted({0, min(1, last), last // 7, last // 3, last // 2, last}):
            value = values_at(name, seed, index, *weight_range(name, shape, block))
            print(f"weight {block} {name} {'x'.join(map(str, shape))} {seed} {index} "
                  f"{value.view(np.uint32)[0]:08x}")


def _print_values(name, seed, low, high, indices):
    for index in indices:
        value = values_at(name, seed, index, low, high)
        print(f"value {name} {low} {high} {seed} {index} {value.view(np.uint32)[0]:08x}")


def _print_positions(tap, seed, size, indices):
    for index in indices:
        print(f"position {tap} {size} {seed} {index} {positions_at(tap, seed, index, size)[0]}")


def main():
    norm = ("weight", "bias", "running_mean", "running_var")
    _print_weights("bottleneck", 20261201, {
        "conv1.weight": (64, 3, 7, 7),
        **{f"bn1.{part}": (64,) for part in norm},
        **{f"layer1.0.bn1.{part}": (64,) for part in norm},
        "layer1.0.conv2.weight": (128, 4, 3, 3),
        **{f"layer1.0.bn2.{part}": (128,) for part in norm},
        "layer2.0.conv3.weight": (512, 128, 1, 1),
        **{f"layer2.0.bn3.{part}": (512,) for part in norm},
        "layer2.0.downsample.0.weight": (512, 256, 1, 1),
        **{f"layer2.0.downsample.1.{part}": (512,) for part in norm},
        "fc.weight": (1000, 2048),
        "fc.bias": (1000,),
    })
    _print_weights("basic", -1, {
        "layer4.1.conv2.weight": (512, 512, 3, 3),
        "layer4.1.bn1.weight": (512,),
        "layer4.1.bn2.weight": (512,),
        "fc.weight": (1, 512),
        "fc.bias": (1,),
    })
    large = (0, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 1, 2 ** 40, 2 ** 63 - 2)
    for seed in (0, 1, 20261201, -1, 2 ** 63 - 1, -2 ** 63):
        _print_values("input", seed, *INPUT_RANGE, large)
        _print_values("größe.重み.🧠", seed, -0.1, 0.1, large)
        _print_positions("stem", seed, 2 * 64 * 56 * 56, (0, 1, 2047))
        _print_positions("layer4", seed, 2 ** 40 + 7, large)


if __name__ == "__main__":
    main()
