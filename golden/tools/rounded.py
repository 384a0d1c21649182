"""Runs a torchvision network as hardware does that rounds data and factors to fewer bits.

Batch normalisations are folded into the convolutions in float64, as an
inference engine does before it rounds the weights. Products are summed in
float64, which stands for sums in float32: what those lose is far below what the
narrower types lose. The distance to the exact run is what a precision costs a
network, whoever computes it.
"""

from dataclasses import dataclass
from typing import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models.resnet import Bottleneck


def to_float32(values):
    return values.float().double()


def to_float16(values):
    return values.float().half().double()


def to_bfloat16(values):
    return values.float().bfloat16().double()


def to_tf32(values):
    """Rounds to 10 bits after the point, ties away from zero, as cvt.rna.tf32 does."""
    bits = values.float().numpy().view(np.uint32)
    return torch.from_numpy(((bits + np.uint32(0x1000)) & np.uint32(0xFFFFE000)).view(np.float32)).double()


@dataclass(frozen=True)
class Precision:
    """How values are stored between layers, and what products are made of."""
    stored: Callable
    factor: Callable


PRECISIONS = {
    "tf32": Precision(to_float32, to_tf32),
    "fp16": Precision(to_float16, to_float16),
    "bf16": Precision(to_bfloat16, to_bfloat16),
}


class Rounded:
    """A float32 network in evaluation mode, in one precision."""

    def __init__(self, net, precision):
        self.net = net
        self.precision = precision

    def run(self, inputs):
        """Returns float64 arrays by tap; `pooled` as [N, C]."""
        net, stored = self.net, self.precision.stored
        seen = {}
        at = self.conv(stored(inputs.double()), net.conv1, net.bn1, relu=True)
        at = seen["stem"] = net.maxpool(at)
        for stage in ("layer1", "layer2", "layer3", "layer4"):
            for block in getattr(net, stage):
                at = self.block(at, block)
            seen[stage] = at
        pooled = seen["pooled"] = stored(at.mean((2, 3)))
        seen["logits"] = pooled if isinstance(net.fc, nn.Identity) else self.classifier(pooled)
        return {tap: values.numpy() for tap, values in seen.items()}

    def classifier(self, pooled):
        """Scores are not rounded: they would tie."""
        factor, fc = self.precision.factor, self.net.fc
        return factor(pooled) @ factor(fc.weight.double()).T + fc.bias.double()

    def block(self, x, block):
        shortcut = x if block.downsample is None else self.conv(x, *block.downsample)
        at = self.conv(x, block.conv1, block.bn1, relu=True)
        if isinstance(block, Bottleneck):
            at = self.conv(at, block.conv2, block.bn2, relu=True)
            return self.conv(at, block.conv3, block.bn3, shortcut, relu=True)
        return self.conv(at, block.conv2, block.bn2, shortcut, relu=True)

    def conv(self, x, conv, norm, residual=None, relu=False):
        stored, factor = self.precision.stored, self.precision.factor
        scale = norm.weight.double() / torch.sqrt(norm.running_var.double() + norm.eps)
        weight = to_float32(conv.weight.double() * scale[:, None, None, None])
        bias = to_float32(norm.bias.double() - norm.running_mean.double() * scale)
        y = F.conv2d(factor(x), factor(weight), stored(bias), conv.stride, conv.padding, 1, conv.groups)
        if residual is not None:
            y = y + residual
        return stored(torch.relu(y) if relu else y)
