"""GIF, BMP, TIFF and WebP pictures for make_image_goldens.py.

Usage: python3 format_pictures.py      (writes these alone, with their pixels; needs Pillow with libwebp, and numpy)

What Pillow cannot write is put together here: kinds of BMP and TIFF, frames that do not cover a GIF's or WebP's canvas.
"""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

OUT = Path(__file__).resolve().parent.parent / "resources/org/resnet4j/core/image"
SEED = 20261129


def scene(width, height, channels=3, seed=SEED):
    """Waves and a disc with sharp edges; every channel differs, and no number but sums and products makes them."""
    y, x = np.mgrid[0:height, 0:width]
    planes = []
    for c in range(channels):
        wave = (x * (7 * c + 5) + y * (11 - 3 * c) + seed % 97) % 256
        disc = (x * 2 - width) ** 2 + (y * 2 - height) ** 2 < min(width, height) ** 2
        planes.append(np.where(disc, 255 - wave // 4, wave))
    return np.stack(planes, -1).astype(np.uint8)


def noise(height, width, channels=1, top=256, seed=SEED):
    return np.random.default_rng(seed).integers(0, top, (height, width, channels))


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


PALETTE = scene(16, 16).tobytes()

# ---- GIF -------------------------------------------------------------------------------------------------------


def gif_codes(indices, bits):
    """LZW whose table stays as it is when it is full, which Pillow's encoder never lets happen."""
    clear, table, out, total = 1 << bits, {}, 0, 0

    def put(code, size):
        nonlocal out, total
        out |= code << total
        total += size

    size, following, text = bits + 1, clear + 2, ()
    put(clear, size)
    for index in indices:
        longer = text + (index,)
        if len(longer) == 1 or longer in table:
            text = longer
            continue
        put(table[text] if len(text) > 1 else text[0], size)
        if following < 4096:
            table[longer] = following
            size += following == 1 << size and size < 12
            following += 1
        text = (index,)
    put(table[text] if len(text) > 1 else text[0], size)
    size += following == 1 << size and size < 12
    put(clear + 1, size)
    return out.to_bytes((total + 7) // 8, "little")


def gif(indices, bits, screen=None, at=(0, 0), table=b"", local=b"", transparent=None, interlaced=False, version=b"GIF89a"):
    height, width = indices.shape
    flags = lambda colours: 0x80 | (len(colours) // 3 - 1).bit_length() - 1 if colours else 0
    out = version + struct.pack("<HHBBB", *(screen or (width, height)), flags(table), 0, 0) + table
    if transparent is not None:
        out += b"!\xf9\4" + bytes([1, 0, 0, transparent, 0])
    out += b"!\xfe\5hello\0," + struct.pack("<HHHHB", *at, width, height, flags(local) | 0x40 * interlaced) + local
    rows = [y for first, step in ((0, 8), (4, 8), (2, 4), (1, 2)) for y in range(first, height, step)] if interlaced else range(height)
    data = gif_codes([int(v) for y in rows for v in indices[y]], bits)
    blocks = b"".join(bytes([len(data[i : i + 255])]) + data[i : i + 255] for i in range(0, len(data), 255))
    return out + bytes([bits]) + blocks + b"\0;"


def gifs():
    image = Image.fromarray(scene(23, 18)).quantize(100)
    frames = [Image.fromarray(scene(23, 18, seed=s)).quantize(16) for s in (1, 2)]
    indices = scene(19, 13, 1)[..., 0] >> 4
    other, ramp = PALETTE[300:348], bytes(i // 3 for i in range(48))
    return {
        "gif-palette.gif": saved(image, "GIF", interlace=0),
        "gif-interlaced.gif": saved(image, "GIF", interlace=1),
        "gif-grey.gif": saved(Image.fromarray(scene(19, 13, 1)[..., 0]), "GIF"),
        "gif-two-colours.gif": saved(image.convert("1"), "GIF"),
        "gif-animated.gif": saved(image, "GIF", save_all=True, append_images=frames),
        "gif-87a.gif": gif(indices, 4, table=PALETTE[:48], version=b"GIF87a"),
        "gif-full-table.gif": gif(noise(64, 64)[..., 0], 8, table=PALETTE),
        "gif-runs.gif": gif(np.zeros((30, 40), int), 2, table=PALETTE[:12]),
        "gif-no-palette.gif": gif(indices, 4),
        "gif-ramp-of-its-own.gif": gif(indices, 4, table=PALETTE[:48], local=ramp),
        "gif-local-palette.gif": gif(indices, 4, table=PALETTE[:48], local=other),
        "gif-indices-beyond.gif": gif(indices * 17, 8, table=PALETTE[:48]),
        "gif-small-frame.gif": gif(indices, 4, (31, 23), (5, 7), PALETTE[:48]),
        "gif-small-transparent.gif": gif(indices, 4, (31, 23), (5, 7), PALETTE[:48], transparent=3, interlaced=True),
        "gif-large-frame.gif": gif(indices, 4, (7, 5), (2, 1), PALETTE[:48]),
        "gif-1x1.gif": gif(indices[:1, :1], 4, table=PALETTE[:48]),
    }


# ---- BMP -------------------------------------------------------------------------------------------------------


def bmp(width, height, bits, header=40, down=False, masks=None, used=0, data=None, compression=None, start=None, gap=0):
    """Random pixels, or given ones; start is what the file says of their place, if not the truth."""
    entry, colours = 3 if header == 12 else 4, (used or 1 << bits) if bits <= 8 else 0
    table = noise(1, colours * entry, seed=bits).astype(np.uint8).tobytes()
    if data is None:
        data = noise(height, (width * bits + 31) // 32 * 4).astype(np.uint8).tobytes()
    if header == 12:
        head = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        kind = compression if compression is not None else 3 if masks else 0
        head = struct.pack("<IiiHHIIIIII", header, width, -height if down else height, 1, bits, kind, len(data), 0, 0, used, 0)
        fields = struct.pack("<%dI" % len(masks or ()), *(masks or ()))
        head = (head + fields).ljust(header, b"\0")
    place = 14 + len(head) + len(table) + gap
    place = place if start is None else start
    return b"BM" + struct.pack("<IHHI", 14 + len(head) + len(table) + gap + len(data), 0, 0, place) + head + table + bytes(gap) + data


def runs(indices, four):
    """Runs, literal runs of even length, rows that end early, and a row padded beyond its end."""
    out = b""
    for y, row in enumerate(indices[::-1]):
        x, row = 0, [int(v) for v in row]
        end = len(row) - (y % 3 == 1) * 4
        while x < end:
            count = 1
            while x + count < end and row[x + count] == row[x] and count < 255:
                count += 1
            literal = min(end - x, 6) // 2 * 2
            if count > 1 or literal < 4:
                out += bytes([count, row[x] * 17 if four else row[x]])
                x += count
                continue
            values = row[x : x + literal]
            packed = bytes(a << 4 | b for a, b in zip(values[::2], values[1::2])) if four else bytes(values)
            out += bytes([0, literal]) + packed + bytes(len(packed) % 2)
            x += literal
        out += (b"\3\0" if y % 3 == 2 else b"") + b"\0\0"
    return out + b"\0\1"


def bmps():
    rgb = Image.fromarray(scene(23, 18))
    indices = scene(19, 13, 1)[..., 0]
    files = {
        "bmp-24.bmp": saved(rgb, "BMP"),
        "bmp-rgba.bmp": saved(Image.fromarray(scene(19, 13, 4), "RGBA"), "BMP"),
        "bmp-grey.bmp": saved(rgb.convert("L"), "BMP"),
        "bmp-black-white.bmp": saved(rgb.convert("1"), "BMP"),
        "bmp-os2-4.bmp": bmp(19, 13, 4, 12),
        "bmp-os2-24.bmp": bmp(19, 13, 24, 12),
        "bmp-os2-2.bmp": bmp(19, 13, 8, 64),
        "bmp-few-colours.bmp": bmp(19, 13, 8, used=77),
        "bmp-16.bmp": bmp(61, 37, 16),
        "bmp-565.bmp": bmp(61, 37, 16, masks=(0xF800, 0x7E0, 0x1F)),
        "bmp-555-v5.bmp": bmp(19, 13, 16, 124, masks=(0x7C00, 0x3E0, 0x1F, 0x8000)),
        "bmp-xbgr.bmp": bmp(19, 13, 32, masks=(0xFF000000, 0xFF0000, 0xFF00)),
        "bmp-rgba-v4.bmp": bmp(19, 13, 32, 108, masks=(0xFF, 0xFF00, 0xFF0000, 0xFF000000)),
        "bmp-down.bmp": bmp(19, 13, 24, down=True),
        "bmp-down-4.bmp": bmp(19, 13, 4, down=True, gap=3),
        "bmp-start-0.bmp": bmp(19, 13, 8, start=0),
        "bmp-start-at-palette.bmp": bmp(19, 13, 8, start=54),
        "bmp-rle8.bmp": bmp(19, 13, 8, compression=1, data=runs(indices // 40, False)),
        "bmp-rle4.bmp": bmp(19, 13, 4, compression=2, data=runs(indices // 40, True)),
        "bmp-1x1.bmp": bmp(1, 1, 24),
    }
    files.update({f"bmp-{bits}.bmp": bmp(19, 13, bits) for bits in (1, 4, 8, 32)})
    return files


# ---- TIFF ------------------------------------------------------------------------------------------------------


def tiff_codes(data):
    """TIFF's LZW."""
    out, total, table, size, following, text = 0, 0, None, 9, 258, b""

    def put(code):
        nonlocal out, total
        out = out << size | code
        total += size

    put(256)
    table = {bytes([i]): i for i in range(256)}
    for value in data:
        longer = text + bytes([value])
        if longer in table:
            text = longer
            continue
        put(table[text])
        table[longer] = following
        following += 1
        size += following == 1 << size
        if following == 4095:
            put(256)
            table, size, following = {bytes([i]): i for i in range(256)}, 9, 258
        text = bytes([value])
    put(table[text])
    size += following + 1 == 1 << size
    put(257)
    return (out << -total % 8).to_bytes((total + 7) // 8, "big")


def pack_bits(data):
    out, at = b"", 0
    while at < len(data):
        run = 1
        while run < 128 and data[at : at + 1] == data[at + run : at + run + 1]:
            run += 1
        out += bytes([257 - run, data[at]]) if run > 1 else b"\x80\0" + data[at : at + 1]
        at += run
    return out


CODERS = {1: bytes, 5: tiff_codes, 8: lambda data: zlib.compress(data, 9), 32773: pack_bits}


def block(kind, bits, width, height, samples, predictor, order, seed):
    if bits < 8:
        return noise(height, (width * bits + 7) // 8, seed=seed).astype(np.uint8).tobytes()
    values = scene(width, height, samples, seed).astype(np.uint16)
    values = values * 256 + noise(height, width, samples, seed=seed).astype(np.uint16) if bits == 16 else values
    if predictor == 2:
        values[:, 1:] -= values[:, :-1].copy()
    return (values.astype(order + "u2") if bits == 16 else (values & 255).astype(np.uint8)).tobytes()


def tiff(kind, bits, samples, compression=1, big=False, planes=1, tile=None, rows=None, predictor=1, fill=1, more=(), size=(19, 18)):
    order, (width, height) = "<>"[big], size
    wide, high = tile or (width, rows or height)
    blocks = []
    for plane in range(samples if planes == 2 else 1):
        for top in range(0, height, high):
            for left in range(0, width, wide):
                tall = high if tile else min(high, height - top)
                seed = SEED + plane + 7 * top + 13 * left
                data = block(kind, bits, wide, tall, 1 if planes == 2 else samples, predictor, order, seed)
                data = CODERS[compression](data)
                blocks.append(bytes(int(f"{v:08b}"[::-1], 2) for v in data) if fill == 2 else data)
    tags = [(256, [width]), (257, [height]), (258, [bits] * samples), (259, [compression]), (262, [kind]), (277, [samples])]
    tags += [(284, [planes]), (317, [predictor]), (266, [fill]), *more]
    tags += [(322, [wide]), (323, [high]), (324, None), (325, list(map(len, blocks)))] if tile else []
    tags += [] if tile else [(278, [high]), (273, None), (279, list(map(len, blocks)))]
    entries, behind, data = b"", b"", b"".join(blocks)
    starts = [8 + sum(map(len, blocks[:i])) for i in range(len(blocks))]
    directory = 8 + len(data)
    for tag, values in sorted(tags):
        wide_type, values = values is None, starts if values is None else values
        packed = struct.pack(order + ("I" if wide_type else "H") * len(values), *values)
        if len(packed) > 4:
            packed, behind = struct.pack(order + "I", directory + 6 + 12 * len(tags) + len(behind)), behind + packed
        entries += struct.pack(order + "HHI", tag, 4 if wide_type else 3, len(values)) + packed.ljust(4, b"\0")
    head = (b"MM\0*" if big else b"II*\0") + struct.pack(order + "I", directory)
    return head + data + struct.pack(order + "H", len(tags)) + entries + bytes(4) + behind


def tiffs():
    colours = lambda bits: (320, [int(v) for v in noise(1, 3 << bits, top=65536)[0, :, 0]])
    files = {}
    for bits in (1, 2, 4, 8):
        files[f"grey{bits}"] = tiff(1, bits, 1, big=bits == 4)
        files[f"white-is-zero{bits}"] = tiff(0, bits, 1, 32773, rows=5)
        files[f"palette{bits}"] = tiff(3, bits, 1, 5 if bits > 2 else 1, more=[colours(bits)])
    for name, code in (("none", 1), ("lzw", 5), ("deflate", 8), ("pack-bits", 32773)):
        files[f"rgb-{name}"] = tiff(2, 8, 3, code, rows=4)
        files[f"rgb-{name}-tiles"] = tiff(2, 8, 3, code, True, tile=(16, 16))
        files[f"rgb-{name}-planes"] = tiff(2, 8, 3, code, planes=2, rows=11)
    for big in (False, True):
        files[f"grey16-{'big' if big else 'little'}"] = tiff(1, 16, 1, 5, big, predictor=2, rows=6)
        files[f"rgb16-{'big' if big else 'little'}"] = tiff(2, 16, 3, 8, big, predictor=2, tile=(32, 16))
        files[f"rgba16-{'big' if big else 'little'}"] = tiff(2, 16, 4, 1, big, more=[(338, [2])])
    files["rgb-lzw-predictor"] = tiff(2, 8, 3, 5, predictor=2)
    files["rgb-lzw-predictor-planes"] = tiff(2, 8, 3, 5, predictor=2, planes=2)
    files["rgb16-planes"] = tiff(2, 16, 3, 8, planes=2, rows=7)
    files["rgb-predictor-unused"] = tiff(2, 8, 3, 32773, predictor=2)
    files["rgba"] = tiff(2, 8, 4, more=[(338, [2])])
    files["rgbx"] = tiff(2, 8, 4, 5, more=[(338, [0])])
    files["rgba-unnamed"] = tiff(2, 8, 4)
    files["rgba-premultiplied"] = tiff(2, 8, 4, 8, more=[(338, [1])])
    files["rgba16-premultiplied"] = tiff(2, 16, 4, more=[(338, [1])])
    files["rgba-planes"] = tiff(2, 8, 4, planes=2, more=[(338, [2])])
    files["grey-alpha"] = tiff(1, 8, 2, 5, more=[(338, [2])])
    files["cmyk"] = tiff(5, 8, 4, 5)
    files["cmyk-planes"] = tiff(5, 8, 4, planes=2)
    files["lowest-bit-first"] = tiff(1, 1, 1, 32773, fill=2)
    files["rgb-lowest-bit-first"] = tiff(2, 8, 3, fill=2)
    files["1x1"] = tiff(1, 8, 1, size=(1, 1))
    for orientation in range(1, 9):
        files[f"turned-{orientation}"] = tiff(2, 8, 3, 5, size=(14, 9), more=[(274, [orientation])])
    image = Image.fromarray(scene(23, 18))
    pages = saved(image, "TIFF", save_all=True, append_images=[image.rotate(90)])
    return {**{f"tiff-{name}.tif": data for name, data in files.items()}, "tiff-pages.tiff": pages}


# ---- WebP ------------------------------------------------------------------------------------------------------


def chunk(kind, body):
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def webp_frame(width, height, at, canvas, **options):
    """An animation of one frame that does not cover its canvas."""
    still = saved(Image.fromarray(scene(width, height)), "WEBP", **options)[12:]
    u24 = lambda *values: b"".join(struct.pack("<I", v)[:3] for v in values)
    frame = u24(at[0] // 2, at[1] // 2, width - 1, height - 1, 100) + b"\0" + still
    body = chunk(b"VP8X", b"\2\0\0\0" + u24(canvas[0] - 1, canvas[1] - 1)) + chunk(b"ANIM", bytes([9, 8, 7, 6, 0, 0]))
    body = b"WEBP" + body + chunk(b"ANMF", frame) * 2
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webps():
    rgb, rgba = Image.fromarray(scene(23, 18)), Image.fromarray(scene(23, 18, 4), "RGBA")
    rough = Image.fromarray(noise(27, 21, 3).astype(np.uint8))
    turned = b"Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0"
    return {
        "webp-lossy.webp": saved(rgb, "WEBP"),
        "webp-lossy-alpha.webp": saved(rgba, "WEBP", exact=True),
        "webp-lossless.webp": saved(rgb, "WEBP", lossless=True),
        "webp-lossless-alpha.webp": saved(rgba, "WEBP", lossless=True, exact=True),
        "webp-best.webp": saved(rough, "WEBP", quality=100),
        "webp-worst.webp": saved(rough, "WEBP", quality=0),
        "webp-palette.webp": saved(rgb.quantize(9), "WEBP", lossless=True),
        "webp-1x1.webp": saved(rgb.crop((9, 9, 10, 10)), "WEBP"),
        "webp-1x1-lossless.webp": saved(rgb.crop((9, 9, 10, 10)), "WEBP", lossless=True),
        "webp-exif-6.webp": saved(rgb.crop((0, 0, 14, 9)), "WEBP", exif=turned, icc_profile=b"no profile"),
        "webp-animated.webp": saved(rgba, "WEBP", save_all=True, append_images=[rgba.rotate(180)], lossless=True),
        "webp-small-frame.webp": webp_frame(19, 13, (4, 6), (31, 23)),
        "webp-small-frame-lossless.webp": webp_frame(19, 13, (12, 10), (31, 23), lossless=True),
    }


def pictures():
    return {**gifs(), **bmps(), **tiffs(), **webps()}


def to_rgb(image):
    """Pillow's convert("RGB"); 16-bit grey is its one useless answer (it clips at 255), there the high byte counts."""
    if image.mode.startswith("I"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8), "L")
    return image.convert("RGB")


def main():
    for name, data in pictures().items():
        path = OUT / "pictures" / name
        path.write_bytes(data)
        to_rgb(Image.open(path)).save(OUT / "decoded" / (name + ".ppm"))
        if "exif" in name:
            to_rgb(ImageOps.exif_transpose(Image.open(path))).save(OUT / "oriented" / (name + ".ppm"))


if __name__ == "__main__":
    main()
