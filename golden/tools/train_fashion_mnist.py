"""Trains the embedded demo model.

The network is torchvision's ResNet-18 at a quarter of its width (base width 16),
for 64x64 RGB input and the ten classes of Fashion-MNIST. The result is a float32
safetensors file with torchvision's tensor names.

The file is written after every epoch and the last one stands: no epoch is picked
by its score, so the test images play no part in the training.
"""

import argparse
import gzip
import json
import struct
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional
from torchvision.models.resnet import BasicBlock, ResNet

import safetensors_io

DATASET = Path("/usr/share/datasets/fashion-mnist")
CLASSES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
           "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
BASE_WIDTH = 16
INPUT_SIZE = 64
MEAN = 0.2860
STD = 0.3530

SEED = 20261122
EPOCHS = 32
BATCH = 128
EVALUATION_BATCH = 500
PEAK_LEARNING_RATE = 0.1
MOMENTUM = 0.9
WEIGHT_DECAY = 5e-4
LABEL_SMOOTHING = 0.05
MAX_SHIFT = 4
THREADS = 2


class NarrowResNet18(ResNet):
    """torchvision's ResNet-18 with a free base width.

    torchvision fixes the stem at 64 channels inside its constructor, so this one
    builds the same layers, under the same names, itself.
    """

    def __init__(self, width=BASE_WIDTH, num_classes=len(CLASSES)):
        nn.Module.__init__(self)
        # What ResNet._make_layer reads; its base_width is the bottleneck's width per group.
        self._norm_layer = nn.BatchNorm2d
        self.inplanes = width
        self.dilation = 1
        self.groups = 1
        self.base_width = 64

        self.conv1 = nn.Conv2d(3, width, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.layer1 = self._make_layer(BasicBlock, width, 2)
        self.layer2 = self._make_layer(BasicBlock, 2 * width, 2, stride=2)
        self.layer3 = self._make_layer(BasicBlock, 4 * width, 2, stride=2)
        self.layer4 = self._make_layer(BasicBlock, 8 * width, 2, stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(8 * width, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")


def read_images(path):
    """Returns the images of a gzipped IDX file as uint8 [count, height, width]."""
    with gzip.open(path) as file:
        _, count, height, width = struct.unpack(">IIII", file.read(16))
        return np.frombuffer(file.read(), np.uint8).reshape(count, height, width)


def read_labels(path):
    """Returns the labels of a gzipped IDX file as int64 [count]."""
    with gzip.open(path) as file:
        file.read(8)
        return np.frombuffer(file.read(), np.uint8).astype(np.int64)


def resize(images):
    """Returns grey images enlarged to INPUT_SIZE by Pillow, uint8 [count, size, size]."""
    size = (INPUT_SIZE, INPUT_SIZE)
    return np.stack([np.asarray(Image.fromarray(image).resize(size, Image.BILINEAR))
                     for image in images])


def load_split(directory, prefix):
    """Returns (images, labels) of one half of the data set as tensors."""
    images = resize(read_images(directory / f"{prefix}-images-idx3-ubyte.gz"))
    labels = read_labels(directory / f"{prefix}-labels-idx1-ubyte.gz")
    return torch.from_numpy(images), torch.from_numpy(labels)


def to_input(images):
    """Returns uint8 [N, H, W] as normalised float32 [N, 1, H, W]."""
    return images.float().div_(255).sub_(MEAN).div_(STD).unsqueeze(1)


def augment(batch, generator):
    """Mirrors each image with probability 1/2 and shifts the whole batch by one offset."""
    mirrored = torch.rand(len(batch), generator=generator) < 0.5
    batch[mirrored] = batch[mirrored].flip(3)
    batch = functional.pad(batch, (MAX_SHIFT,) * 4, value=-MEAN / STD)  # black, normalised
    dy, dx = torch.randint(0, 2 * MAX_SHIFT + 1, (2,), generator=generator).tolist()
    return batch[:, :, dy:dy + INPUT_SIZE, dx:dx + INPUT_SIZE]


def to_rgb(batch):
    """Returns [N, 1, H, W] repeated to three channels, channels last in memory."""
    return batch.expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)


def train_epoch(net, images, labels, optimizer, schedule, generator):
    """Runs one pass over the shuffled images, without the last partial batch.

    Returns the mean loss of its batches.
    """
    net.train()
    order = torch.randperm(len(images), generator=generator)
    batches = len(images) // BATCH
    total = 0.0
    for i in range(batches):
        chosen = order[i * BATCH:(i + 1) * BATCH]
        batch = to_rgb(augment(to_input(images[chosen]), generator))
        loss = functional.cross_entropy(net(batch), labels[chosen],
                                        label_smoothing=LABEL_SMOOTHING)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
        total += loss.item()
    return total / batches


def accuracy(net, images, labels):
    """Returns the share of images whose largest logit is their label's."""
    net.eval()
    hits = 0
    with torch.no_grad():
        for i in range(0, len(images), EVALUATION_BATCH):
            batch = to_rgb(to_input(images[i:i + EVALUATION_BATCH]))
            answers = net(batch).argmax(1)
            hits += (answers == labels[i:i + EVALUATION_BATCH]).sum().item()
    return hits / len(images)


def save(path, net, test_accuracy, epochs):
    """Writes the network's state and its provenance."""
    # A scalar (num_batches_tracked) is stored with shape [1]; PyTorch loads either form.
    tensors = {name: np.atleast_1d(value.numpy()) for name, value in net.state_dict().items()}
    safetensors_io.write(path, tensors, {
        "format": "pt",
        "model": "resnet18",
        "base_width": str(BASE_WIDTH),
        "num_classes": str(len(CLASSES)),
        "input_size": str(INPUT_SIZE),
        "mean": str(MEAN),
        "std": str(STD),
        "classes": json.dumps(CLASSES),
        "dataset": "Fashion-MNIST (MIT)",
        "test_accuracy": f"{test_accuracy:.4f}",
        "torch": torch.__version__,
        "seed": str(SEED),
        "epochs": str(epochs),
    })


def train(directory, out, epochs):
    """Trains from scratch, prints a line per epoch and writes `out` after each."""
    torch.manual_seed(SEED)
    torch.set_num_threads(THREADS)
    generator = torch.Generator().manual_seed(SEED)
    train_images, train_labels = load_split(directory, "train")
    test_images, test_labels = load_split(directory, "t10k")

    net = NarrowResNet18().to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(net.parameters(), lr=PEAK_LEARNING_RATE, momentum=MOMENTUM,
                                weight_decay=WEIGHT_DECAY, nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, PEAK_LEARNING_RATE, total_steps=epochs * (len(train_images) // BATCH))
    for epoch in range(epochs):
        start = time.time()
        loss = train_epoch(net, train_images, train_labels, optimizer, schedule, generator)
        test_accuracy = accuracy(net, test_images, test_labels)
        seconds = time.time() - start
        print(f"epoch {epoch} loss {loss:.4f} test {test_accuracy:.4f} {seconds:.0f}s",
              flush=True)
        save(out, net, test_accuracy, epochs)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("out", type=Path, help="safetensors file to write")
    parser.add_argument("--dataset", type=Path, default=DATASET,
                        help="folder of the gzipped IDX files (default: %(default)s)")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="default: %(default)s")
    arguments = parser.parse_args()
    train(arguments.dataset, arguments.out, arguments.epochs)


if __name__ == "__main__":
    main()
