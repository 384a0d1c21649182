"""Images per second of what Python has for the CPU, for gpu-check.sh: cpu_reference.py MODELS THREADS OUT.jsonl

ONNX Runtime on a network that PyTorch exports, and PyTorch itself, each on so
many threads, float32, batches of 1 and 8. A line of JSON for each row as soon as
it is there; what is missing or fails leaves a line with its error.
"""
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROUNDS, SECONDS = 5, 0.3
BATCHES = (1, 8)


def rate(run, batch):
    """Images per second: median of rounds of at least SECONDS each."""
    run()
    rates = []
    for _ in range(ROUNDS):
        runs, start = 0, time.perf_counter()
        while time.perf_counter() - start < SECONDS:
            run()
            runs += 1
        rates.append(batch * runs / (time.perf_counter() - start))
    return statistics.median(rates)


def onnxruntime(name, threads, batch, folder):
    import onnxruntime as ort
    import torch
    import torchvision

    file = Path(folder) / f"{name}.onnx"
    if not file.exists():
        net = torchvision.models.__dict__[name]().eval()
        axes = {"input": {0: "n"}, "logits": {0: "n"}}
        torch.onnx.export(
            net, torch.zeros(1, 3, 224, 224), file, input_names=["input"], output_names=["logits"], dynamic_axes=axes, dynamo=False
        )
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    images = torch.randn(batch, 3, 224, 224).numpy()
    return lambda: session.run(None, {"input": images})


def pytorch(name, threads, batch, folder):
    import torch
    import torchvision

    torch.set_num_threads(threads)
    net = torchvision.models.__dict__[name]().eval().to(memory_format=torch.channels_last)
    images = torch.randn(batch, 3, 224, 224).to(memory_format=torch.channels_last)

    def run():
        with torch.inference_mode():
            net(images)

    return run


def main():
    models, threads, out = sys.argv[1].split(","), [int(t) for t in sys.argv[2].split(",")], sys.argv[3]
    with open(out, "a", buffering=1) as file, tempfile.TemporaryDirectory() as folder:
        for engine, make in (("onnxruntime", onnxruntime), ("torch", pytorch)):
            for name in models:
                for count in threads:
                    for batch in BATCHES:
                        row = {"model": name, "engine": engine, "threads": count, "batch": batch}
                        try:
                            row["imagesPerSecond"] = rate(make(name, count, batch, folder), batch)
                        except Exception as e:  # the next may do
                            row["error"] = f"{type(e).__name__}: {e}"[:500]
                        print(json.dumps(row, separators=(",", ":")), file=file)


if __name__ == "__main__":
    main()
