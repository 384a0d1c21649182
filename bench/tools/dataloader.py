#!/usr/bin/env python3
"""Images per second from files to answers, as torchvision's references do it.

A DataLoader whose workers decode and crop (Pillow), a network in float32 on the CPU. For each number
of workers one line: median images/s over the rounds, smallest and largest. The batches after the
first pass count; a pass takes each file once, the first ones again until it has --images.

    bench/tools/dataloader.py photos --model resnet50 --batch 8

Needs torch and torchvision, of any version that has the network.
"""

import argparse
import pathlib
import statistics
import time

import torch
import torchvision
from PIL import Image

ENDS = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"}


class Pictures(torch.utils.data.Dataset):
    """The files of a folder, cropped as torchvision's first weights want them."""

    def __init__(self, folder, images):
        found = sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDS)
        if not found:
            raise SystemExit(f"{folder}: no pictures")
        self.files = [found[i % len(found)] for i in range(images or len(found))]
        self.transform = torchvision.transforms.Compose(
            [
                torchvision.transforms.Resize(256),
                torchvision.transforms.CenterCrop(224),
                torchvision.transforms.ToTensor(),
                torchvision.transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
            ]
        )

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        with Image.open(self.files[index]) as picture:
            return self.transform(picture.convert("RGB"))


def passes(network, loader, rounds):
    """Images per second of each round; the pass before the first warms up."""
    rates = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        count = 0
        for batch in loader:
            best = network(batch).argmax(1)
            count += len(best)
        if count != len(loader.dataset):
            raise SystemExit(f"{count} answers for {len(loader.dataset)} pictures")
        rates.append(count / (time.perf_counter() - start))
    return rates[1:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--model", default="resnet50")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--images", type=int, help="of a pass; default: each file once")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--workers", type=int, nargs="*", default=[0, 1, 2])
    arguments = parser.parse_args()
    network = getattr(torchvision.models, arguments.model)().eval()
    pictures = Pictures(arguments.folder, arguments.images)
    print(
        f"torch {torch.__version__}, torchvision {torchvision.__version__}, "
        f"{torch.get_num_threads()} threads, {arguments.model}, batch {arguments.batch}, "
        f"{len(pictures)} pictures a pass"
    )
    with torch.inference_mode():
        network = torch.jit.freeze(torch.jit.trace(network, torch.rand(1, 3, 224, 224)))
        for workers in arguments.workers:
            loader = torch.utils.data.DataLoader(
                pictures,
                batch_size=arguments.batch,
                num_workers=workers,
                persistent_workers=workers > 0,
            )
            rates = passes(network, loader, arguments.rounds)
            print(
                f"{workers} workers: {statistics.median(rates):.1f} images/s "
                f"({min(rates):.1f} to {max(rates):.1f})"
            )


if __name__ == "__main__":
    main()
