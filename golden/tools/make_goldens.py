"""Makes the golden cases: what PyTorch computes in float64 for networks of synthetic weights.

Each case is one network of torchvision's family on one image size. Weights and
input follow from a seed (synthetic.py), so a file holds only the answers: the
logits, and the activations between the stages or a sample of them. How far
PyTorch's own float32 is from them goes into the metadata as the yardstick, and
so does what each narrower precision costs (rounded.py).

Equal library versions on the same kind of CPU give equal bytes.
"""

import argparse
import hashlib
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torchvision
from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

import rounded
import safetensors_io
import synthetic

TOOLS = Path(__file__).resolve().parent
CASES = TOOLS.parent / "src/main/resources/org/resnet4j/golden/cases"
FORMAT_VERSION = "1"
SEED = 20261213  # one with which the two logits of one class are neither nearly cancelled nor exact
SAMPLES = 2048
WHOLE = 4096
BLOCKS = {"basic": BasicBlock, "bottleneck": Bottleneck}
STAGES = ("layer1", "layer2", "layer3", "layer4")
TAPS = {"stem": "maxpool", **{stage: stage for stage in STAGES}, "pooled": "avgpool"}
VERSIONS = ("torch", "torchvision")
SHA256 = "script_sha256"
ATTEMPTS = 4
FEW = 10  # the error of fewer values is a matter of luck


@dataclass(frozen=True)
class Model:
    """A network of the family; torchvision's terms and defaults."""
    name: str
    block: str
    depths: tuple
    groups: int = 1
    width_per_group: int = 64
    classes: int = 1000  # 0: no classifier, as timm says it
    stride_placement: str = "v1_5"
    in_channels: int = 3
    stem: str = "imagenet"


MODELS = {model.name: model for model in (
    Model("resnet18", "basic", (2, 2, 2, 2)),
    Model("resnet34", "basic", (3, 4, 6, 3)),
    Model("resnet50", "bottleneck", (3, 4, 6, 3)),
    Model("resnet101", "bottleneck", (3, 4, 23, 3)),
    Model("resnet152", "bottleneck", (3, 8, 36, 3)),
    Model("resnext50_32x4d", "bottleneck", (3, 4, 6, 3), 32, 4),
    Model("resnext101_32x8d", "bottleneck", (3, 4, 23, 3), 32, 8),
    Model("resnext101_64x4d", "bottleneck", (3, 4, 23, 3), 64, 4),
    Model("wide_resnet50_2", "bottleneck", (3, 4, 6, 3), 1, 128),
    Model("wide_resnet101_2", "bottleneck", (3, 4, 23, 3), 1, 128),
)}


@dataclass(frozen=True)
class Case:
    """A network on a batch of images."""
    name: str
    model: Model
    batch: int
    height: int
    width: int


def all_cases():
    """Returns every case by name."""
    cases = [Case(f"{name}-224", model, 2, 224, 224) for name, model in MODELS.items()]
    v1 = Model("resnet50", "bottleneck", (3, 4, 6, 3), stride_placement="v1")
    cases.append(Case("resnet50-v1-224", v1, 2, 224, 224))
    for name in ("resnet18", "resnet50", "resnext50_32x4d"):
        for height, width in ((97, 97), (225, 160), (256, 320)):
            cases.append(Case(f"{name}-{height}x{width}", MODELS[name], 1, height, width))
    ten = Model("resnet18", "basic", (2, 2, 2, 2), classes=10)
    one = Model("resnet50", "bottleneck", (3, 4, 6, 3), classes=1)
    depthwise = Model("depthwise", "bottleneck", (1, 1, 1, 1), 64, 1)
    groups2 = Model("groups2", "bottleneck", (1, 2, 1, 1), 2, 32)
    cases += [Case("resnet18-classes10-64", ten, 2, 64, 64),
              Case("resnet50-classes1-64", one, 2, 64, 64),
              Case("depthwise-96", depthwise, 2, 96, 96),
              Case("groups2-96", groups2, 2, 96, 96)]
    cifar = Model("resnet18", "basic", (2, 2, 2, 2), classes=10, stem="cifar")
    grey = Model("resnet50", "bottleneck", (3, 4, 6, 3), classes=10, in_channels=1)
    features = Model("resnet34", "basic", (3, 4, 6, 3), classes=0)
    five = Model("resnext50_32x4d", "bottleneck", (3, 4, 6, 3), 32, 4, classes=0, in_channels=5,
                 stem="cifar")
    resnet26 = Model("resnet26", "bottleneck", (2, 2, 2, 2))
    cases += [Case("resnet18-cifar-32", cifar, 2, 32, 32),
              Case("resnet50-grey-96", grey, 2, 96, 96),
              Case("resnet34-features-96", features, 2, 96, 96),
              Case("resnext50_32x4d-cifar-features-5x40x33", five, 2, 40, 33),
              Case("resnet26-160", resnet26, 1, 160, 160)]
    return {case.name: case for case in cases}


def build(model, seed):
    """Returns torchvision's float32 network in evaluation mode with synthetic weights."""
    net = ResNet(BLOCKS[model.block], list(model.depths), num_classes=model.classes or 1000,
                 groups=model.groups, width_per_group=model.width_per_group)
    if model == MODELS.get(model.name):
        check_published(model.name, net)
    if model.stride_placement == "v1":
        move_strides(net)
    if model.stem == "cifar":
        net.conv1 = nn.Conv2d(model.in_channels, 64, 3, 1, 1, bias=False)
        net.maxpool = nn.Identity()
    elif model.in_channels != 3:
        net.conv1 = nn.Conv2d(model.in_channels, 64, 7, 2, 3, bias=False)
    if model.classes == 0:
        net.fc = nn.Identity()
    shapes = {name: tuple(tensor.shape) for name, tensor in net.state_dict().items()
              if not name.endswith("num_batches_tracked")}
    made = synthetic.weights(shapes, model.block, seed)
    state = {name: torch.from_numpy(made[name]) if name in made else tensor
             for name, tensor in net.state_dict().items()}
    net.load_state_dict(state)
    return net.eval()


def check_published(name, net):
    """Fails unless `net` is what torchvision builds by this name, layer by layer."""
    published = getattr(torchvision.models, name)(weights=None)
    same = (str(published) == str(net)  # names, kinds, windows, groups, epsilons
            and [(key, value.shape) for key, value in published.state_dict().items()]
            == [(key, value.shape) for key, value in net.state_dict().items()])
    if not same:
        raise SystemExit(f"{name} is not torchvision's network of this name; correct MODELS")


def move_strides(net):
    """Moves each stage's stride from the first bottleneck's 3x3 to its first 1x1."""
    for stage in STAGES:
        first = getattr(net, stage)[0]
        first.conv1.stride, first.conv2.stride = first.conv2.stride, first.conv1.stride


def run(net, inputs):
    """Returns the taps and the logits by name; `pooled` as [N, C]."""
    seen = {}
    hooks = [getattr(net, module).register_forward_hook(
        lambda _module, _inputs, output, tap=tap: seen.__setitem__(tap, output.numpy().copy()))
        for tap, module in TAPS.items()]
    logits = net(inputs).numpy()
    for hook in hooks:
        hook.remove()
    seen["pooled"] = seen["pooled"].reshape(seen["pooled"].shape[:2])
    return {"logits": logits, **{tap: seen[tap] for tap in TAPS}}


def run_twice(net, inputs):
    """Runs until two runs in a row agree in every bit.

    PyTorch 1.13 as Debian builds it was seen to return a wrong number, rarely and not again.
    """
    previous = run(net, inputs)
    for _ in range(ATTEMPTS):
        current = run(net, inputs)
        if all(np.array_equal(previous[tap], current[tap]) for tap in current):
            return current
        print("two runs of one network differ; running again", file=sys.stderr)
        previous = current
    raise SystemExit("PyTorch gives different numbers at each run; check memory and libraries")


def residual(values, truth):
    """Returns |values - truth| / |truth| in the 2-norm, in float64."""
    return float(np.linalg.norm((values - truth).ravel()) / np.linalg.norm(truth.ravel()))


def check_classifier(net, exact):
    """Fails unless the logits follow from `pooled` by NumPy's own product."""
    if isinstance(net.fc, nn.Identity):
        if not np.array_equal(exact["logits"], exact["pooled"]):
            raise SystemExit("without a classifier the features are the result")
        return
    weight, bias = net.fc.weight.numpy(), net.fc.bias.numpy()
    found = residual(exact["logits"], exact["pooled"] @ weight.astype(np.float64).T + bias)
    if not found <= 1e-13:
        raise SystemExit(f"PyTorch's and NumPy's logits differ by {found}")


def reduced(tap, values, seed):
    """Returns all of a small tap, SAMPLES values of a large one."""
    if tap == "logits" or values.size <= WHOLE:
        return values
    return values.ravel()[synthetic.positions(tap, seed, SAMPLES, values.size)]


def script_sha256():
    """Returns the hash of all that decides what is in a file, apart from the libraries."""
    digest = hashlib.sha256()
    for module in ("make_goldens.py", "rounded.py", "synthetic.py", "safetensors_io.py"):
        digest.update((TOOLS / module).read_bytes())
    return digest.hexdigest()


def metadata(case, errors):
    model = case.model
    return {
        "format_version": FORMAT_VERSION,
        "case": case.name,
        "model": model.name,
        "block": model.block,
        "depths": ",".join(map(str, model.depths)),
        "groups": str(model.groups),
        "width_per_group": str(model.width_per_group),
        "base_width": "64",
        "num_classes": str(model.classes),
        "stride_placement": model.stride_placement,
        "in_channels": str(model.in_channels),
        "stem": model.stem,
        "batch": str(case.batch),
        "height": str(case.height),
        "width": str(case.width),
        "seed": str(SEED),
        "samples": str(SAMPLES),
        **{f"{key}.{tap}": repr(error)
           for key, taps in errors.items() for tap, error in taps.items()},
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "script": Path(__file__).name,
        SHA256: script_sha256(),
    }


def make(case):
    """Returns a case's (tensors, metadata) and prints how well it is conditioned."""
    start = time.monotonic()
    net = build(case.model, SEED)
    inputs = torch.from_numpy(synthetic.inputs(
        SEED, (case.batch, case.model.in_channels, case.height, case.width)))
    found = {"e_ref": run_twice(net, inputs)}
    for name, precision in rounded.PRECISIONS.items():
        found[f"e_{name}"] = rounded.Rounded(net, precision).run(inputs)
    exact = run_twice(net.double(), inputs.double())
    check_classifier(net, exact)
    errors = {key: {tap: residual(taps[tap], exact[tap]) for tap in exact}
              for key, taps in found.items()}
    print(f"{case.name} ({time.monotonic() - start:.1f} s): " + ", ".join(
        f"{tap} rms {np.sqrt(np.mean(exact[tap] ** 2)):.2f} e_ref {errors['e_ref'][tap]:.1e}"
        for tap in exact))
    tensors = {tap: reduced(tap, values, SEED) for tap, values in exact.items()}
    return tensors, metadata(case, errors)


def differences(case, tensors, found, committed):
    """Yields what is wrong with a committed file, compared with what was made just now."""
    old_tensors, old = committed
    for key in sorted(found.keys() | old.keys()):
        expected, actual = found.get(key), old.get(key)
        if key.startswith("e_") and expected and actual:
            few = tensors[key.split(".")[1]].size < FEW
            if not few and not 1 / 3 <= float(actual) / float(expected) <= 3:
                yield f"{case}: {key} is {actual}, here {expected}"
        elif key not in VERSIONS and expected != actual:
            yield f"{case}: {key} is {actual}, expected {expected}"
    for tap in sorted(tensors.keys() | old_tensors.keys()):
        expected, actual = tensors.get(tap), old_tensors.get(tap)
        if expected is None or actual is None or expected.shape != actual.shape:
            yield f"{case}: tensor {tap} is missing, unknown or of another shape"
        elif not residual(actual, expected) <= 1e-12:
            yield f"{case}: tensor {tap} differs by {residual(actual, expected):.1e}"


def updated(described, committed):
    """Returns the (tensors, metadata) of a committed file with what it lacks.

    Its own float32 errors stay: on another CPU they are others, and gates must
    not grow by moving.
    """
    tensors, old = committed
    kept = {key: text for key, text in old.items() if key in VERSIONS or key.startswith("e_ref.")}
    return tensors, {**described, **kept}


def main():
    cases = all_cases()
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--out", type=Path, default=CASES,
                        help="folder to write, or with --check to compare (default: %(default)s)")
    parser.add_argument("--case", nargs="+", choices=list(cases), default=list(cases),
                        metavar="NAME", help="default: all")
    parser.add_argument("--check", action="store_true",
                        help="write nothing; fail if a file in the folder holds something else")
    parser.add_argument("--update", action="store_true",
                        help="add to the files what they lack, if what they hold is right")
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # a fixed summation order
    wrong = []
    for name in arguments.case:
        file = arguments.out / f"{name}.safetensors"
        if (arguments.check or arguments.update) and not file.exists():
            wrong.append(f"{name}: {file} is missing")
            continue
        with torch.inference_mode():
            tensors, described = make(cases[name])
        if arguments.check:
            wrong += differences(name, tensors, described, safetensors_io.read(file))
        elif arguments.update:
            committed = safetensors_io.read(file)
            known = {key: described.get(key) for key in committed[1]} | {SHA256: committed[1][SHA256]}
            problems = list(differences(name, tensors, known, committed))
            wrong += problems
            if not problems:
                safetensors_io.write(file, *updated(described, committed))
        else:
            arguments.out.mkdir(parents=True, exist_ok=True)
            safetensors_io.write(file, tensors, described)
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
