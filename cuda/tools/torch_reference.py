"""Images per second of PyTorch on the GPU, for gpu-check.sh: torch_reference.py MODELS BATCHES OUT.json

Eager in channels_last, the same compiled, and the same as a CUDA graph; input and output stay on the device, where resnet4j's numbers
include the copies from and to the host. Weights are random: they do
not matter for speed.
"""
import contextlib
import json
import statistics
import sys
import time

import torch
import torchvision

ROUNDS, SECONDS = 7, 0.5


def networks(name, batch, dtype):
    """(label, callable that queues one run) for each way to run the network."""
    net = torchvision.models.__dict__[name]().eval().cuda().to(memory_format=torch.channels_last, dtype=dtype)
    x = torch.randn(batch, 3, 224, 224, device="cuda", dtype=dtype).to(memory_format=torch.channels_last)
    yield "eager", lambda: net(x)
    for _ in range(3):
        net(x)
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        net(x)
    yield "graph", graph.replay
    with contextlib.suppress(RuntimeError):  # no compiler on this machine
        torch._dynamo.reset()
        compiled = torch.compile(net, dynamic=False)
        compiled(x)
        yield "compile", lambda: compiled(x)


def rate(run, batch):
    """Images per second: median of rounds of at least SECONDS each."""
    rates = []
    for _ in range(ROUNDS):
        runs, start = 0, time.perf_counter()
        while time.perf_counter() - start < SECONDS:
            for _ in range(5):
                run()
            torch.cuda.synchronize()
            runs += 5
        rates.append(batch * runs / (time.perf_counter() - start))
    return statistics.median(rates)


def main():
    models, batches, out = sys.argv[1].split(","), [int(b) for b in sys.argv[2].split(",")], sys.argv[3]
    torch.backends.cudnn.benchmark = True
    results = []
    with torch.inference_mode():
        for tag, dtype, tf32 in [
            ("fp32", torch.float32, False),
            ("tf32", torch.float32, True),
            ("fp16", torch.float16, False),
            ("bf16", torch.bfloat16, False),
        ]:
            torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = tf32
            for name in models:
                for batch in batches:
                    for label, run in networks(name, batch, dtype):
                        results.append(
                            {
                                "model": name,
                                "engine": f"torch {label} {tag} on device",
                                "batch": batch,
                                "imagesPerSecond": rate(run, batch),
                            }
                        )
    machine = {"gpu": torch.cuda.get_device_name(), "torch": torch.__version__, "cudnn": torch.backends.cudnn.version()}
    with open(out, "w") as file:
        json.dump({"machine": machine, "results": results}, file, separators=(",", ":"))


if __name__ == "__main__":
    main()
