"""Images per second of PyTorch on the GPU, for gpu-check.sh: torch_reference.py MODELS BATCHES OUT.jsonl

Each way in which people run a network: eager in NCHW and in channels_last, with
BatchNorm folded into the convolutions, compiled with mode max-autotune, and as a
CUDA graph; each with input and output on the device, and end to end, where every
run uploads float32 images from page-locked memory and waits for the logits. The
latter is what resnet4j's numbers are. Weights are random: they do not matter for
speed. A line of JSON for each row as soon as it is there; a way that fails leaves
a line with its error.
"""
import json
import statistics
import sys
import time

import torch
import torchvision
from torch.nn.utils.fusion import fuse_conv_bn_eval

ROUNDS, SECONDS = 7, 0.3
PRECISIONS = [
    ("fp16", torch.float16, False),
    ("fp32", torch.float32, False),
    ("tf32", torch.float32, True),
    ("bf16", torch.bfloat16, False),
]


def folded(net):
    """The network with each BatchNorm in the convolution before it, as torchvision names them."""
    for module in list(net.modules()):
        children = dict(module.named_children())
        for name, child in children.items():
            if isinstance(child, torch.nn.BatchNorm2d):
                conv = name.replace("bn", "conv")
                setattr(module, conv, fuse_conv_bn_eval(children[conv], child))
                setattr(module, name, torch.nn.Identity())
            elif isinstance(child, torch.nn.Sequential) and len(child) == 2 and isinstance(child[1], torch.nn.BatchNorm2d):
                setattr(module, name, torch.nn.Sequential(fuse_conv_bn_eval(child[0], child[1])))
    return net


class Network:
    """A network with its input on the device and on the host."""

    def __init__(self, name, batch, dtype, layout, fold):
        net = torchvision.models.__dict__[name]().eval()
        net = folded(net) if fold else net
        self.layout = layout
        self.net = net.cuda().to(memory_format=layout, dtype=dtype)
        self.images = torch.randn(batch, 3, 224, 224).pin_memory()
        self.uploaded = self.images.cuda()
        self.x = self.uploaded.to(memory_format=layout, dtype=dtype)

    def eager(self):
        return lambda: self.net(self.x)

    def graph(self):
        side = torch.cuda.Stream()
        with torch.cuda.stream(side):
            for _ in range(3):
                self.net(self.x)
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            logits = self.net(self.x)

        def replay():
            graph.replay()
            return logits

        return replay

    def compiled(self):
        torch._dynamo.reset()
        compiled = torch.compile(self.net, mode="max-autotune", dynamic=False)
        compiled(self.x)
        return lambda: compiled(self.x)

    def end_to_end(self, run):
        """A callable that does one run with its copies and waits."""

        def whole():
            self.uploaded.copy_(self.images, non_blocking=True)
            self.x.copy_(self.uploaded)
            return run().float().cpu()

        return whole


# Name, layout, whether folded, how; the slowest to make last.
WAYS = [
    ("graph folded channels_last", torch.channels_last, True, Network.graph),
    ("eager channels_last", torch.channels_last, False, Network.eager),
    ("graph channels_last", torch.channels_last, False, Network.graph),
    ("eager folded channels_last", torch.channels_last, True, Network.eager),
    ("eager nchw", torch.contiguous_format, False, Network.eager),
    ("graph folded nchw", torch.contiguous_format, True, Network.graph),
    ("compile folded channels_last", torch.channels_last, True, Network.compiled),
    ("compile channels_last", torch.channels_last, False, Network.compiled),
]


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


def rows(way, tag, dtype, name, batch):
    label, layout, fold, how = way
    network = Network(name, batch, dtype, layout, fold)
    run = how(network)
    for where, timed in (("end to end", network.end_to_end(run)), ("on device", run)):
        yield f"torch {label} {tag} {where}", rate(timed, batch)


def main():
    models, batches, out = sys.argv[1].split(","), [int(b) for b in sys.argv[2].split(",")], sys.argv[3]
    torch.backends.cudnn.benchmark = True
    with open(out, "a", buffering=1) as file, torch.inference_mode():

        def write(**row):
            print(json.dumps(row, separators=(",", ":")), file=file)

        write(gpu=torch.cuda.get_device_name(), torch=torch.__version__, cudnn=torch.backends.cudnn.version())
        for way in WAYS:
            for tag, dtype, tf32 in PRECISIONS:
                torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = tf32
                for name in models:
                    for batch in batches:
                        try:
                            for engine, images in rows(way, tag, dtype, name, batch):
                                write(model=name, engine=engine, batch=batch, imagesPerSecond=images)
                        except Exception as e:  # the next way may do
                            write(model=name, engine=f"torch {way[0]} {tag}", batch=batch, error=f"{type(e).__name__}: {e}"[:500])
                            torch.cuda.empty_cache()


if __name__ == "__main__":
    main()
