"""Writes the golden pictures, pixels and tensors that the image package's tests compare with bit for bit.

Usage: python3 make_image_goldens.py            (needs Pillow, numpy, torch, torchvision and libjpeg-turbo's jpegtran and
                                                 cjpeg; see the README.md it writes)

GIF, BMP, TIFF and WebP come from format_pictures.py.

Everything is synthetic and seeded. Pillow and torchvision are the reference; the byte-level edits below only make
files that Pillow can read but not write (Adobe transforms, 4:4:0, Adam7, 16 bits).
"""

import hashlib
import io
import random
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

import numpy as np
import PIL
import torch
import torchvision
from PIL import Image, ImageCms, ImageOps, features
from torchvision import transforms as T
from torchvision.transforms import InterpolationMode

import format_pictures
from format_pictures import to_rgb

OUT = Path(__file__).resolve().parent.parent / "resources/org/resnet4j/core/image"
PICTURES, DECODED, ORIENTED, RESIZED, TENSORS = (
    OUT / d for d in ("pictures", "decoded", "oriented", "resized", "tensors")
)
SEED = 20261122
IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
FASHION = ([0.2860] * 3, [0.3530] * 3)
BILINEAR, BICUBIC = InterpolationMode.BILINEAR, InterpolationMode.BICUBIC


def scene(width, height, channels=3, seed=SEED):
    """Waves, a disc and noise: every channel differs, edges are sharp somewhere and smooth elsewhere."""
    rng = np.random.default_rng(seed + 1000 * width + height)
    y, x = np.mgrid[0:height, 0:width]
    planes = []
    for c in range(channels):
        wave = 127 + 90 * np.sin((x * (c + 1) + y * 2) / 9.0) * np.cos(y / (5.0 + c))
        disc = ((x - width * 0.6) ** 2 + (y - height * 0.4) ** 2 < (min(width, height) / 4) ** 2) * (110 - 90 * c)
        planes.append(wave + disc + rng.normal(0, 14, (height, width)))
    return np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)


def checker_noise(width, height):
    """Only 0 and 255: the strongest overshoot a cubic filter can meet."""
    rng = np.random.default_rng(SEED + 1)
    return (rng.integers(0, 2, (height, width, 3)) * 255).astype(np.uint8)


# ---- JPEG ------------------------------------------------------------------------------------------------------


def jpeg(array, mode="RGB", **options):
    buffer = io.BytesIO()
    Image.fromarray(array, mode).save(buffer, "JPEG", **{"quality": 85, "subsampling": 0, **options})
    return buffer.getvalue()


def segments(data):
    """(marker, start, end) of every segment up to and including the first SOS."""
    at = 2
    while True:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        yield marker, at, at + 2 + length
        if marker == 0xDA:
            return
        at += 2 + length


def without(data, marker):
    return data[:2] + b"".join(data[s:e] for m, s, e in segments(data) if m != marker) + scan(data)


def scan(data):
    return data[max(e for _, _, e in segments(data)) :]


def adobe(data, transform):
    body = b"Adobe" + struct.pack(">HHHB", 100, 0, 0, transform)
    plain = without(without(data, 0xE0), 0xEE)
    return plain[:2] + b"\xff\xee" + struct.pack(">H", len(body) + 2) + body + plain[2:]


def with_frame(data, ids=None, luma=None, size=None):
    """Rewrites SOF0 and SOS: component ids, the sampling byte of component 0, (width, height)."""
    out = bytearray(data)
    for marker, start, _ in segments(data):
        if marker == 0xC0:
            if size:
                out[start + 5 : start + 9] = struct.pack(">HH", size[1], size[0])
            if luma:
                out[start + 11] = luma
            for i, component in enumerate(ids or []):
                out[start + 10 + 3 * i] = component
        if marker == 0xDA:
            for i, component in enumerate(ids or []):
                out[start + 5 + 2 * i] = component
    return bytes(out)


def swapped_profile():
    """A valid ICC profile whose application would visibly change the colours."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = struct.pack(">6H", 2026, 11, 22, 0, 0, 0)  # else the time of this run
    count = struct.unpack(">I", profile[128:132])[0]
    table = {bytes(profile[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(count)}
    red, blue = table[b"rXYZ"], table[b"bXYZ"]
    profile[red + 4 : red + 12], profile[blue + 4 : blue + 12] = profile[blue + 4 : blue + 12], profile[red + 4 : red + 12]
    return bytes(profile)


def exif(orientation, order):
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    make = struct.pack(order + "HHI4s", 0x010F, 2, 4, b"abc\0")
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    return head + struct.pack(order + "H", 2) + make + entry + b"\0\0\0\0"


def transcoded(data, *options, scans=None):
    """The same coefficients in other scans: jpegtran's options, and a script of scans."""
    with tempfile.NamedTemporaryFile("w", suffix=".scans") as script:
        if scans:
            script.write(scans)
            script.flush()
            options += ("-scans", script.name)
        return subprocess.run(["jpegtran", *options], input=data, capture_output=True, check=True).stdout


def coded(array, *options):
    """By cjpeg, which Pillow's encoder has fewer options than."""
    height, width = array.shape[:2]
    ppm_bytes = b"P6 %d %d 255\n" % (width, height) + array.tobytes()
    return subprocess.run(["cjpeg", *options], input=ppm_bytes, capture_output=True, check=True).stdout


# Bits of all coefficients come in turn, of the chroma last; no encoder's own script.
BIT_BY_BIT = """
0,1,2: 0-0, 0, 3;
0: 1-63, 0, 2; 0: 1-63, 2, 1;
0,1,2: 0-0, 3, 2; 0,1,2: 0-0, 2, 1;
2: 1-20, 0, 1; 2: 21-63, 0, 1; 1: 1-63, 0, 1;
0: 1-63, 1, 0; 1: 1-63, 1, 0; 2: 1-63, 1, 0;
0,1,2: 0-0, 1, 0;
"""


def jpegs():
    rgb, cmyk = scene(37, 29), scene(33, 18, 4)
    files = {
        "jpeg-444": jpeg(rgb),
        "jpeg-422": jpeg(rgb, subsampling=1),
        "jpeg-420": jpeg(rgb, subsampling=2),
        "jpeg-420-wide": jpeg(scene(150, 101), subsampling=2, quality=60),
        "jpeg-420-narrow": jpeg(scene(3, 17), subsampling=2),
        "jpeg-440": with_frame(jpeg(scene(64, 32), subsampling=1, quality=95), luma=0x12, size=(31, 61)),
        "jpeg-411": with_frame(jpeg(scene(64, 32), subsampling=2), luma=0x41, size=(61, 31)),
        "jpeg-progressive": jpeg(rgb, subsampling=2, progressive=True, quality=50),
        "jpeg-grey": jpeg(scene(37, 29, 1)[..., 0], "L"),
        "jpeg-grey-progressive": jpeg(scene(37, 29, 1)[..., 0], "L", progressive=True),
        "jpeg-icc": jpeg(rgb, icc_profile=swapped_profile()),
        "jpeg-grey-icc": jpeg(scene(21, 9, 1)[..., 0], "L", icc_profile=swapped_profile()),
        "jpeg-bare": without(jpeg(rgb, subsampling=2), 0xE0),
        "jpeg-bare-odd-ids": with_frame(without(jpeg(rgb), 0xE0), ids=(0, 7, 9)),
        "jpeg-rgb-ids": with_frame(without(jpeg(rgb), 0xE0), ids=b"RGB"),
        "jpeg-adobe-rgb": adobe(jpeg(rgb), 0),
        "jpeg-adobe-ycc": adobe(jpeg(rgb), 1),
        "jpeg-adobe-unknown": adobe(jpeg(rgb), 9),
        "jpeg-jfif-rgb-ids": with_frame(jpeg(rgb), ids=b"RGB"),
        "jpeg-cmyk": jpeg(cmyk, "CMYK"),
        "jpeg-cmyk-bare": without(jpeg(cmyk, "CMYK"), 0xEE),
        "jpeg-ycck": adobe(jpeg(cmyk, "CMYK"), 2),
        "jpeg-1x1": jpeg(scene(1, 1), subsampling=2),
        "jpeg-1x300": jpeg(scene(1, 300), subsampling=2),
        "jpeg-300x1": jpeg(scene(300, 1)),
        "jpeg-420-restarts": transcoded(jpeg(scene(150, 101), subsampling=2), "-restart", "3B"),
        "jpeg-422-row-restarts": transcoded(jpeg(rgb, subsampling=1), "-restart", "1"),
        "jpeg-progressive-restarts": transcoded(jpeg(rgb, subsampling=2), "-progressive", "-restart", "2B"),
        "jpeg-progressive-bits": transcoded(jpeg(scene(150, 101), subsampling=2), scans=BIT_BY_BIT),
        "jpeg-progressive-cmyk": jpeg(cmyk, "CMYK", progressive=True),
        "jpeg-scans": transcoded(jpeg(scene(75, 61), subsampling=2), scans="2; 0; 1;"),
        "jpeg-scans-restarts": transcoded(jpeg(rgb, subsampling=1), "-restart", "2B", scans="0; 1 2;"),
        "jpeg-optimized": jpeg(scene(75, 61), subsampling=2, optimize=True),
        "jpeg-best": jpeg(checker_noise(24, 40), subsampling=2, quality=100),
        "jpeg-worst": coded(checker_noise(43, 24), "-quality", "1"),
        "jpeg-mixed-sampling": coded(scene(75, 61), "-sample", "2x2,1x2,2x1"),
        "jpeg-repeated-chroma": coded(scene(75, 61), "-sample", "4x2,1x1,1x1"),
        "jpeg-trailing": jpeg(rgb) + b"appended by a camera",
    }
    for orientation in range(1, 9):
        order = "<>"[orientation % 2]
        files[f"jpeg-exif-{orientation}"] = jpeg(scene(14, 9), exif=b"Exif\0\0" + exif(orientation, order))
    return {name + ".jpg": data for name, data in files.items()}


# ---- PNG -------------------------------------------------------------------------------------------------------

ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def pack_rows(samples, depth, rng):
    """Filtered rows of one pass; samples is [h][w][channels]; the filter changes from row to row."""
    height, width, channels = samples.shape
    stride = max(1, channels * depth // 8)
    previous, out = None, bytearray()
    for row in samples.reshape(height, width * channels):
        if depth == 16:
            line = row.astype(">u2").tobytes()
        elif depth == 8:
            line = row.astype(np.uint8).tobytes()
        else:
            bits = "".join(format(int(v), f"0{depth}b") for v in row)
            line = bytes(int(bits[i : i + 8].ljust(8, "0"), 2) for i in range(0, len(bits), 8))
        previous = previous or bytes(len(line))
        kind = rng.randrange(5)
        out.append(kind)
        for i, value in enumerate(line):
            a, b, c = (line[i - stride] if i >= stride else 0), previous[i], (previous[i - stride] if i >= stride else 0)
            p = a + b - c
            paeth = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            out.append((value - (0, a, b, (a + b) // 2, paeth)[kind]) & 255)
        previous = line
    return bytes(out)


def png(samples, depth, colour, interlaced=False, extra=b"", before=b""):
    rng = random.Random(SEED)
    height, width = samples.shape[:2]
    samples = samples.reshape(height, width, -1)
    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    parts = [samples[y::dy, x::dx] for x, y, dx, dy in passes]
    raw = b"".join(pack_rows(p, depth, rng) for p in parts if p.size)
    packed = zlib.compress(raw, 9)
    half = len(packed) // 2
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    idat = chunk(b"IDAT", packed[:half]) + chunk(b"IDAT", packed[half:])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + before + extra + idat + chunk(b"IEND", b"")


def deep(width, height, channels):
    rng = np.random.default_rng(SEED + 2)
    return scene(width, height, channels).astype(np.uint16) * 256 + rng.integers(0, 256, (height, width, channels)).astype(np.uint16)


def pngs():
    files = {}
    plte = chunk(b"PLTE", scene(16, 16).tobytes())
    for interlaced in (False, True):
        tail = "-adam7" if interlaced else ""
        for depth in (1, 2, 4, 8):
            grey = scene(19, 13, 1) >> (8 - depth)
            files[f"png-grey{depth}{tail}"] = png(grey, depth, 0, interlaced)
            files[f"png-palette{depth}{tail}"] = png(grey, depth, 3, interlaced, chunk(b"PLTE", scene(16, 16).tobytes()[: 3 << depth]))
        files[f"png-rgb{tail}"] = png(scene(37, 29), 8, 2, interlaced)
        files[f"png-rgba{tail}"] = png(scene(19, 13, 4), 8, 6, interlaced)
        files[f"png-grey-alpha{tail}"] = png(scene(19, 13, 2), 8, 4, interlaced)
        files[f"png-rgb16{tail}"] = png(deep(19, 13, 3), 16, 2, interlaced)
        files[f"png-rgba16{tail}"] = png(deep(19, 13, 4), 16, 6, interlaced)
        files[f"png-grey-alpha16{tail}"] = png(deep(19, 13, 2), 16, 4, interlaced)
        files[f"png-grey16{tail}"] = png(deep(19, 13, 1), 16, 0, interlaced)
    grey, rgb = scene(19, 13, 1), scene(19, 13)
    files["png-palette-short"] = png(grey, 8, 3, extra=chunk(b"PLTE", scene(16, 16).tobytes()[:300]))
    files["png-palette-trns"] = png(grey, 8, 3, extra=plte + chunk(b"tRNS", bytes(range(200))))
    files["png-rgb-trns"] = png(rgb, 8, 2, extra=chunk(b"tRNS", struct.pack(">HHH", *map(int, rgb[3, 4]))))
    files["png-grey-trns"] = png(grey, 8, 0, extra=chunk(b"tRNS", struct.pack(">H", int(grey[3, 4, 0]))))
    files["png-gamma"] = png(rgb, 8, 2, before=chunk(b"gAMA", struct.pack(">I", 100000)))
    files["png-grey-gamma"] = png(grey, 8, 0, before=chunk(b"gAMA", struct.pack(">I", 100000)))
    files["png-icc"] = png(rgb, 8, 2, before=chunk(b"iCCP", b"x\0\0" + zlib.compress(swapped_profile())))
    files["png-exif-6"] = png(scene(14, 9), 8, 2, before=chunk(b"eXIf", exif(6, ">")))
    files["png-1x1"] = png(scene(1, 1), 8, 2)
    files["png-1x300"] = png(scene(1, 300), 8, 2)
    files["png-1x1-adam7"] = png(scene(1, 1), 8, 2, True)
    files["png-noise"] = png(checker_noise(90, 70), 8, 2)
    return {name + ".png": data for name, data in files.items()}


# ---- expected results ------------------------------------------------------------------------------------------


def ppm(folder, name, image):
    image.save(folder / (name + ".ppm"))


def decoded(name):
    return to_rgb(Image.open(PICTURES / name))


RESIZES = [
    (name, size, mode)
    for name, sizes in {
        "png-rgb.png": (11, 29, 41, 64),
        "png-noise.png": (23, 69, 71),
        "jpeg-420-wide.jpg": (33, 100),
        "png-1x300.png": (1, 2),
        "png-1x1.png": (1, 5),
    }.items()
    for size in sizes
    for mode in (BILINEAR, BICUBIC)
]

# name, resize, crop, interpolation, (mean, std), whether to store all floats (else their SHA-256)
PRESETS = [
    ("torchvision-v1", 256, 224, BILINEAR, IMAGENET, False),
    ("torchvision-v2", 232, 224, BILINEAR, IMAGENET, False),
    ("timm-a1", 235, 224, BICUBIC, IMAGENET, False),
    ("fashion-mnist", 64, 64, BILINEAR, FASHION, False),
    ("small", 20, 16, BILINEAR, IMAGENET, True),
    ("odd", 21, 18, BICUBIC, IMAGENET, True),
    ("padded", 15, 20, BILINEAR, IMAGENET, True),
    ("all-padded", 7, 20, BICUBIC, FASHION, True),
]
TENSOR_PICTURES = ["png-rgb.png", "jpeg-420-wide.jpg", "png-noise.png", "png-1x300.png", "jpeg-grey.jpg", "png-1x1.png"]


def expected_tensor(name, resize, crop, interpolation, stats):
    steps = [T.Resize(resize, interpolation), T.CenterCrop(crop), T.ToTensor(), T.Normalize(*stats)]
    return T.Compose(steps)(decoded(name)).numpy().astype("<f4").tobytes()


README = """# Golden pictures

Written by `core/src/test/tools/make_image_goldens.py` (GIF, BMP, TIFF and WebP by `format_pictures.py` beside it); run it
again to get the same bytes. All pictures are synthetic (seeded waves, discs and noise) and have no rights attached.

| folder | what |
|---|---|
| `pictures` | the files that are decoded |
| `decoded` | what Pillow makes of them: `Image.open(f).convert("RGB")`; 16-bit grey: the high byte (Pillow clips at 255) |
| `oriented` | the same after `ImageOps.exif_transpose`, where the file has an orientation |
| `resized` | torchvision's `Resize(size, interpolation)` on the decoded picture; the name ends in size and interpolation |
| `tensors` | `Resize`, `CenterCrop`, `ToTensor`, `Normalize`: float32, little-endian, CHW (`small`, `odd`, `padded`, `all-padded`) |
| `tensors.tsv` | the SHA-256 of those bytes: picture, preset, digest |

Made with Pillow {pillow} (libjpeg-turbo {turbo}, libtiff {tiff}, libwebp {webp}), torch {torch}, torchvision {vision} on x86-64.
"""


def main():
    for folder in (PICTURES, DECODED, ORIENTED, RESIZED, TENSORS):
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
    for name, data in {**jpegs(), **pngs(), **format_pictures.pictures()}.items():
        (PICTURES / name).write_bytes(data)
        ppm(DECODED, name, decoded(name))
        if "exif" in name:
            ppm(ORIENTED, name, to_rgb(ImageOps.exif_transpose(Image.open(PICTURES / name))))
    for name, size, mode in RESIZES:
        ppm(RESIZED, f"{name}.{size}.{mode.value}", T.Resize(size, mode)(decoded(name)))
    lines = []
    for name in TENSOR_PICTURES:
        for preset, *recipe, stored in PRESETS:
            data = expected_tensor(name, *recipe)
            lines.append(f"{name}\t{preset}\t{hashlib.sha256(data).hexdigest()}\n")
            if stored:
                (TENSORS / f"{name}.{preset}.f32").write_bytes(data)
    (OUT / "tensors.tsv").write_text("".join(lines))
    turbo = features.version_feature("libjpeg_turbo")
    tiff, webp = features.version_codec("libtiff"), features.version_module("webp")
    versions = {"pillow": PIL.__version__, "turbo": turbo, "tiff": tiff, "webp": webp}
    versions.update(torch=torch.__version__, vision=torchvision.__version__)
    (OUT / "README.md").write_text(README.format(**versions))
    (OUT / ".gitattributes").write_text("*.ppm binary\n*.f32 binary\n")


if __name__ == "__main__":
    main()
