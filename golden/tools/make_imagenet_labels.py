"""Prints torchvision's 1000 ImageNet category names, in class order, one a line (UTF-8)."""

import sys

from torchvision.models import ResNet18_Weights

names = ResNet18_Weights.IMAGENET1K_V1.meta["categories"]
if len(names) != 1000 or any(name != name.strip() or "\n" in name for name in names):
    sys.exit("torchvision's category list is not 1000 plain lines; its format has changed")
sys.stdout.buffer.write("".join(f"{name}\n" for name in names).encode())
