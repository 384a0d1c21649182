"""Writes the ONNX files that the importer's tests read: small ResNets by torch.onnx, with PyTorch's answers, and the
cases of ONNX's own conformance suite that have pictures and this project's operators.

Usage: python3 make_onnx_cases.py     (needs torch, onnx, and Debian's libonnx-testdata)

The networks have seeded random weights and no rights attached. The conformance cases are copied as they are from
ONNX 1.12 (Apache License 2.0, ONNX Project Contributors), models and data.
"""

import shutil
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn
from torch.onnx import TrainingMode

OUT = Path(__file__).resolve().parent.parent / "resources/org/resnet4j/core/onnx"
SUITE = Path("/usr/share/libonnx-testdata/data")
OPERATORS = {
    "Conv", "BatchNormalization", "Relu", "Add", "Sum", "MaxPool", "GlobalAveragePool", "AveragePool", "ReduceMean",
    "Flatten", "Identity", "Dropout", "Squeeze",
}  # fmt: skip
MAX_BYTES = 60_000


class Block(nn.Module):
    def __init__(self, c, k, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(c, k, 3, stride, 1, bias=False), nn.BatchNorm2d(k)
        self.conv2, self.bn2 = nn.Conv2d(k, k, 3, 1, 1, groups=2, bias=False), nn.BatchNorm2d(k)
        self.downsample = nn.Sequential(nn.Conv2d(c, k, 1, stride, bias=False), nn.BatchNorm2d(k))
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x))))) + self.downsample(x))


class Small(nn.Module):
    """A ResNet's operators, once or twice each."""

    def __init__(self, head):
        super().__init__()
        self.conv1, self.bn1, self.relu = nn.Conv2d(3, 4, 7, 2, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU()
        self.maxpool, self.layer1, self.layer2 = nn.MaxPool2d(3, 2, 1), Block(4, 6, 1), Block(6, 8, 2)
        self.avgpool, self.drop, self.head = nn.AdaptiveAvgPool2d(1), nn.Dropout(0.2), head
        self.fc = nn.Linear(8, 5)

    def features(self, x):
        return self.layer2(self.layer1(self.maxpool(self.relu(self.bn1(self.conv1(x))))))

    def forward(self, x):
        return self.fc(self.drop(self.head(self, self.features(x))))

    def maps(self, x):
        """Class activation maps (Zhou et al., CVPR 2016)."""
        return torch.einsum("kc,nchw->nkhw", self.fc.weight, self.features(x))


class NormalisingFirst(nn.Module):
    """ResNet v2: batch norms before convolutions, also of the picture, and a head of two layers."""

    def __init__(self):
        super().__init__()
        self.data, self.conv1, self.maxpool = nn.BatchNorm2d(3), nn.Conv2d(3, 6, 3, 2, 1), nn.MaxPool2d(3, 2, 1)
        self.bn1, self.conv2, self.bn2 = nn.BatchNorm2d(6), nn.Conv2d(6, 6, 3, 1, 1, bias=False), nn.BatchNorm2d(6)
        self.conv3, self.bn3, self.avgpool = nn.Conv2d(6, 6, 3, 1, 1), nn.BatchNorm2d(6), nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Sequential(
            nn.Linear(6, 7), nn.BatchNorm1d(7), nn.ReLU(), nn.Dropout(), nn.Linear(7, 8), nn.Linear(8, 5)
        )

    def features(self, x):
        x = self.maxpool(self.conv1(self.data(x)))
        x = x + self.conv3(self.bn2(self.conv2(self.bn1(x).relu())).relu())
        return torch.flatten(self.avgpool(self.bn3(x).relu()), 1)

    def forward(self, x):
        return self.fc(self.features(x))


HEADS = {
    "flatten": lambda net, x: torch.flatten(net.avgpool(x), 1),
    "mean": lambda net, x: x.mean((2, 3)),
    "mean-kept": lambda net, x: x.mean((2, 3), keepdim=True).flatten(1),
    "view": lambda net, x: net.avgpool(x).view(-1, 8),
}


def seeded(make):
    torch.manual_seed(20261128)
    net = make().eval()
    for module in net.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            for tensor, low, high in (
                (module.weight, 0.5, 1), (module.bias, -0.2, 0.2), (module.running_mean, -0.2, 0.2),
                (module.running_var, 0.5, 1.5),
            ):  # fmt: skip
                tensor.data.uniform_(low, high)
    return net


def small(head):
    return seeded(lambda: Small(HEADS[head]))


def export(name, net, x, opset, folded=True):
    options = {} if folded else {"training": TrainingMode.PRESERVE, "do_constant_folding": False}
    file = OUT / f"{name}-opset{opset}{'' if folded else '-unfolded'}.onnx"
    torch.onnx.export(
        net, x, str(file), opset_version=opset, input_names=["pixels"], output_names=["logits"],
        dynamic_axes={"pixels": {0: "n"}, "logits": {0: "n"}}, **options,
    )  # fmt: skip
    return file


def is_ours(model, folder):
    graph = model.graph
    constants = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in constants]
    kind = inputs and inputs[0].type.tensor_type
    picture = kind and len(kind.shape.dim) == 4 and kind.elem_type == onnx.TensorProto.FLOAT
    small_enough = sum(file.stat().st_size for file in folder.rglob("*.*") if file.is_file()) < MAX_BYTES
    return picture and small_enough and {node.op_type for node in graph.node} <= OPERATORS


def save(name, *parts):
    np.savetxt(OUT / name, np.concatenate([part.detach().numpy().ravel() for part in parts]), "%.9g")


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    x = torch.randn(2, 3, 33, 33, generator=torch.Generator().manual_seed(1))
    nets = {head: small(head) for head in HEADS}
    logits, maps = nets["flatten"](x).detach(), nets["flatten"].maps(x).detach()
    assert torch.allclose(maps.mean((2, 3)) + nets["flatten"].fc.bias, logits, atol=1e-6)
    for head, net in nets.items():
        assert torch.allclose(net(x), logits, atol=1e-6)
        export(f"torch-{head}", net, x, 13)
    for opset in (11, 17):
        export("torch-flatten", nets["flatten"], x, opset)
    for opset in (9, 11, 13, 17):
        export("torch-flatten", nets["flatten"], x, opset, folded=False)
    v2 = seeded(NormalisingFirst)
    export("v2", v2, x, 13)
    model = onnx.load(OUT / "torch-flatten-opset13.onnx")
    onnx.save_model(
        model, str(OUT / "torch-external.onnx"), save_as_external_data=True, all_tensors_to_one_file=True,
        location="torch-external.data", size_threshold=0,
    )  # fmt: skip
    save("torch.txt", x, logits, maps)
    save("v2.txt", v2(x), v2.features(x))
    for file in sorted(SUITE.glob("*/*/model.onnx")):
        if is_ours(onnx.load(file), file.parent):
            shutil.copytree(file.parent, OUT / "conformance" / file.parent.name)
    (OUT / "README.md").write_text(
        "# ONNX files\n\n"
        "Written by `core/src/test/tools/make_onnx_cases.py`.\n\n"
        "| what | from |\n|---|---|\n"
        f"| `torch-*.onnx` | `torch.onnx` of torch {torch.__version__}, seeded weights; one with its values in"
        " `torch-external.data` |\n"
        "| `torch.txt` | the pictures, 2 x 3 x 33 x 33, PyTorch's logits, 2 x 5, and class"
        " activation maps, 2 x 5 x 5 x 5 |\n"
        "| `v2-*.onnx` | a network that normalises before it convolves, likewise |\n"
        "| `v2.txt` | for the same pictures its logits, 2 x 5, and pooled features, 2 x 6 |\n"
        "| `conformance` | cases of ONNX 1.12's conformance suite, Copyright (c) ONNX Project Contributors, Apache License 2.0,"
        " unchanged (Debian's `libonnx-testdata`) |\n"
    )
    (OUT / ".gitattributes").write_text("*.onnx binary\n*.pb binary\n*.data binary\n")


if __name__ == "__main__":
    main()
