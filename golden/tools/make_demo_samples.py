"""Makes the sample pictures and the answers PyTorch gives for them.

Takes six pictures of each class from Fashion-MNIST's test set, by a seeded draw
that never sees the model, writes them as 28x28 grey PNG files in shuffled order,
and runs the demo model on them in float64 and in float32. The pictures reach the
model the way a torchvision user's would: PNG file, Pillow, torchvision transforms.

Equal library versions on the same kind of CPU give equal bytes.
"""

import argparse
import copy
import hashlib
import random
from pathlib import Path

import numpy as np
import PIL
import torch
import torchvision
from PIL import Image
from torchvision import transforms
from torchvision.transforms import InterpolationMode

import rounded
import safetensors_io
from train_fashion_mnist import (CLASSES, DATASET, EVALUATION_BATCH, INPUT_SIZE, MEAN, STD,
                                 NarrowResNet18, read_images, read_labels, resize, to_input)

GOLDEN = Path(__file__).resolve().parent.parent
MODEL = GOLDEN / "src/main/resources/org/resnet4j/golden/fashion-mnist/resnet18-w16.safetensors"
SAMPLES = GOLDEN / "samples"
FORMAT_VERSION = "1"
SEED = 20261123
PER_CLASS = 6

PREPROCESSING = transforms.Compose([
    transforms.Resize(INPUT_SIZE, interpolation=InterpolationMode.BILINEAR),
    transforms.CenterCrop(INPUT_SIZE),
    transforms.ToTensor(),
    transforms.Normalize([MEAN] * 3, [STD] * 3),
])


def preprocess(picture):
    """Returns a Pillow image as the model's float32 input [3, 64, 64]."""
    return PREPROCESSING(picture.convert("RGB"))


def load_model(path):
    """Returns the float32 network in evaluation mode, and the file's metadata."""
    tensors, metadata = safetensors_io.read(path)
    net = NarrowResNet18()
    net.load_state_dict({name: torch.from_numpy(array) for name, array in tensors.items()})
    return net.eval(), metadata


def draw(labels, seed):
    """Returns the test-set indices of PER_CLASS images of each class, shuffled."""
    generator = random.Random(seed)
    chosen = []
    for label in range(len(CLASSES)):
        chosen += generator.sample(np.flatnonzero(labels == label).tolist(), PER_CLASS)
    generator.shuffle(chosen)
    return chosen


def check_same_input(images):
    """Fails unless preprocessing one RGB picture equals the training's path, bit for bit.

    Training enlarges the grey picture and repeats it to three channels afterwards.
    """
    trained = to_input(torch.from_numpy(resize(images))).expand(-1, 3, -1, -1)
    served = torch.stack([preprocess(Image.fromarray(image)) for image in images])
    if not torch.equal(trained, served):
        difference = (trained - served).abs().max().item()
        raise SystemExit(f"torchvision's input differs from the training's by {difference}; "
                         "use the library versions that golden/README.md names")


def check_accuracy(net, images, labels, expected):
    """Fails unless the model's test accuracy is `expected` to four digits; returns it."""
    hits = 0
    for i in range(0, len(images), EVALUATION_BATCH):
        batch = images[i:i + EVALUATION_BATCH]
        check_same_input(batch)
        answers = net(torch.stack([preprocess(Image.fromarray(image)) for image in batch]))
        hits += int((answers.argmax(1).numpy() == labels[i:i + EVALUATION_BATCH]).sum())
    found = f"{hits / len(images):.4f}"
    if found != expected:
        raise SystemExit(f"the model is right on {found} of the test set, but its file "
                         f"says {expected}: wrong model file, data set or library version")
    return found


def write_pictures(folder, images):
    """Writes 00.png, 01.png, ... and returns their names."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{row:02d}.png" for row in range(len(images))]
    for name, image in zip(names, images):
        Image.fromarray(image, mode="L").save(folder / name, optimize=True)
    return names


def run(net, inputs):
    """Returns (float64 logits, float32 logits) of float32 inputs [N, 3, 64, 64]."""
    exact = copy.deepcopy(net).double()(inputs.double()).numpy()
    return exact, net(inputs).numpy()


def residual(values, truth):
    """Returns |values - truth| / |truth| in the 2-norm."""
    return float(np.linalg.norm(values - truth) / np.linalg.norm(truth))


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def script_sha256():
    """Returns the hash of this script and of what decides the errors of narrower precisions."""
    digest = hashlib.sha256()
    for module in (Path(__file__).name, "rounded.py"):
        digest.update((GOLDEN / "tools" / module).read_bytes())
    return digest.hexdigest()


def report(folder, names, labels, logits, e_ref):
    """Prints what PyTorch answers, the wrong answers by name."""
    answers = logits.argmax(1)
    top = np.sort(logits, axis=1)
    for name, label, answer in zip(names, labels, answers):
        if label != answer:
            print(f"{name}: {CLASSES[label]}, PyTorch says {CLASSES[answer]}")
    print(f"{folder}: {len(names)} pictures, PyTorch is right on {(answers == labels).sum()}, "
          f"e_ref {e_ref:.3g}, smallest margin {np.min(top[:, -1] - top[:, -2]):.3g}")


def make(dataset, model, out, seed):
    """Checks the model on the whole test set, then writes the samples and their answers."""
    torch.set_num_threads(1)  # a fixed summation order
    images = read_images(dataset / "t10k-images-idx3-ubyte.gz")
    labels = read_labels(dataset / "t10k-labels-idx1-ubyte.gz")
    net, model_metadata = load_model(model)
    accuracy = check_accuracy(net, images, labels, model_metadata["test_accuracy"])

    chosen = draw(labels, seed)
    names = write_pictures(out, images[chosen])
    inputs = torch.stack([preprocess(Image.open(out / name)) for name in names])
    exact, single = run(net, inputs)
    e_ref = residual(single, exact)
    narrower = {f"e_{name}": repr(residual(rounded.Rounded(net, precision).run(inputs)["logits"], exact))
                for name, precision in rounded.PRECISIONS.items()}
    safetensors_io.write(out / "expected.safetensors", {
        "labels": labels[chosen],
        "logits": exact,
        "logits_float32": single,
        "test_index": np.array(chosen, np.int64),
    }, {
        "format_version": FORMAT_VERSION,
        "files": ",".join(names),
        "model_file": model.name,
        "model_sha256": sha256(model),
        "test_accuracy_checked": accuracy,
        "correct": str(int((exact.argmax(1) == labels[chosen]).sum())),
        "e_ref": repr(e_ref),
        **narrower,
        "seed": str(seed),
        "script": Path(__file__).name,
        "script_sha256": script_sha256(),
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "pillow": PIL.__version__,
    })
    report(out, names, labels[chosen], exact, e_ref)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--dataset", type=Path, default=DATASET,
                        help="folder of the gzipped IDX files (default: %(default)s)")
    parser.add_argument("--model", type=Path, default=MODEL, help="default: %(default)s")
    parser.add_argument("--out", type=Path, default=SAMPLES,
                        help="folder to write (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED, help="default: %(default)s")
    arguments = parser.parse_args()
    with torch.inference_mode():
        make(arguments.dataset, arguments.model, arguments.out, arguments.seed)


if __name__ == "__main__":
    main()
