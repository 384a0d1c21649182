"""Images per second of PyTorch on the GPU, for gpu-check.sh: torch_reference.py MODELS BATCHES OUT.json

Eager in channels_last, the same compiled, and the same as a CUDA graph, each
twice: with input and output on the device, and end to end, where every run
uploads float32 images from page-locked memory and waits for the logits. The
latter is what resnet4j's numbers are. Weights are random: they do not matter
for speed.
"""
import contextlib
import json
import statistics
import sys
import time

import torch
import torchvision

ROUNDS, SECONDS = 7, 0.5


class Network:
    """A network with its input on the device and on the host."""

    def __init__(self, name, batch, dtype):
        self.net = torchvision.models.__dict__[name]().eval().cuda().to(
            memory_format=torch.channels_last, dtype=dtype)
        self.images = torch.randn(batch, 3, 224, 224).pin_memory()
        self.uploaded = self.images.cuda()
        self.x = self.uploaded.to(memory_format=torch.channels_last, dtype=dtype)

    def ways(self):
        """Yields (label, callable that queues one run on the device and returns the logits)."""
        yield "eager", lambda: self.net(self.x)
        for _ in range(3):
            self.net(self.x)
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            logits = self.net(self.x)

        def replay():
            graph.replay()
            return logits

        yield "graph", replay
        with contextlib.suppress(RuntimeError):  # no compiler on this machine
            torch._dynamo.reset()
            compiled = torch.compile(self.net, dynamic=False)
            compiled(self.x)
            yield "compile", lambda: compiled(self.x)

    def end_to_end(self, run):
        """Returns a callable that does one run with its copies and waits."""

        def whole():
            self.uploaded.copy_(self.images, non_blocking=True)
            self.x.copy_(self.uploaded)
            return run().float().cpu()

        return whole


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
                    network = Network(name, batch, dtype)
                    for label, run in network.ways():
                        for where, timed in (("on device", run), ("end to end", network.end_to_end(run))):
                            results.append(
                                {
                                    "model": name,
                                    "engine": f"torch {label} {tag} {where}",
                                    "batch": batch,
                                    "imagesPerSecond": rate(timed, batch),
                                }
                            )
    machine = {"gpu": torch.cuda.get_device_name(), "torch": torch.__version__, "cudnn": torch.backends.cudnn.version()}
    with open(out, "w") as file:
        json.dump({"machine": machine, "results": results}, file, separators=(",", ":"))


if __name__ == "__main__":
    main()
