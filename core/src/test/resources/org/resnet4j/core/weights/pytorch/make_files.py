"""Writes small files as torch.save does, and values.txt with what torch.load reads of each tensor.

Needs PyTorch 1.6 or later (made with Debian's python3-torch 1.13.1). Run it in this folder.
"""

import argparse
import warnings
from collections import Counter, OrderedDict

import torch

warnings.filterwarnings("ignore")


def tensors():
    base = torch.arange(6, dtype=torch.float32).reshape(2, 3) / 4 - 0.5
    images = (torch.arange(24, dtype=torch.float32) - 3).reshape(1, 2, 3, 4)
    return OrderedDict(
        [
            ("f32", base),
            ("f16", (base * 3).half()),
            ("bf16", (base * 3).bfloat16()),
            ("f64", base.double() / 3),
            ("row", base[1]),  # shares the storage of f32, at an offset
            ("transposed", base.t()),
            ("strided", torch.arange(20, dtype=torch.float32)[1::3]),
            ("corner", images[:, 1:, :2, 1:3]),
            ("channels_last", images.contiguous(memory_format=torch.channels_last)),
            ("scalar", torch.tensor(2.5)),
            ("empty", torch.zeros(0, 3)),
            ("parameter", torch.nn.Parameter(base + 1)),
            ("bn.num_batches_tracked", torch.tensor(7)),
        ]
    )


def module():
    net = torch.nn.Sequential(torch.nn.Linear(2, 2))
    return net


state = tensors()
checkpoint = {
    "epoch": 3,
    "lr": 0.1,
    "best": None,
    "done": False,
    "big": 1 << 70,
    "names": ["a", "ä"],
    "size": torch.Size([2, 3]),
    "milestones": Counter([30, 60]),
    "optimizer": {"state": {0: {"step": 5, "momentum": torch.ones(3)}}, "param_groups": [{"params": [0]}]},
    "best_acc1": torch.tensor(76.1),  # as PyTorch's own training example has it
    "model_state_dict": state,
}
torch.save(state, "zip.pth")
torch.save(state, "legacy.pth", _use_new_zipfile_serialization=False)
torch.save(checkpoint, "checkpoint.pth")
torch.save(checkpoint, "legacy-checkpoint.pth", _use_new_zipfile_serialization=False)
torch.save(state, "protocol4.pth", pickle_protocol=4)
torch.save(module().state_dict(), "metadata.pth")
torch.save(module(), "module.pth")
torch.save({"args": argparse.Namespace(lr=0.1), "model": state}, "namespace.pth")
torch.save({"epoch": 3, "loss": [0.5]}, "no-tensors.pth")
torch.jit.script(module()).save("script.pt")

with open("values.txt", "w") as out:
    for name, tensor in state.items():
        if tensor.dtype != torch.int64:
            flat = tensor.detach().float().flatten().tolist()
            out.write(f"{name} {list(tensor.shape)} {' '.join(map(repr, flat))}\n".replace(", ", ","))
