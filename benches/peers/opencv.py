#!/usr/bin/env python3
"""What pip's OpenCV takes for the work that the benches of operations time: a JSON list for `bench_report --peers`.

    pip install 'opencv-python-headless<5'
    python3 benches/peers/opencv.py --json opencv.json [--only WORD]

Works, sizes, pictures and boxes are those of benches/{filters,geometry,redact,color,draw}.rs, and so are the routes of several
calls. pip's build has Intel's IPP and picks its instructions at run time; the build that the benches are linked
with may have neither, or be older. Every result goes to memory that is there already. Times are medians; a call from
Python costs about half a microsecond, which counts only where a work is made of many calls.
"""

import argparse
import json
import time

import cv2
import numpy as np

W, H = 1920, 1080


def noise(count):
    """The states of the benches' generator after its seed, 1."""
    with np.errstate(over="ignore"):
        powers = np.cumprod(np.full(count, 1_664_525, np.uint32), dtype=np.uint32)
        before = np.concatenate([np.ones(1, np.uint32), powers[:-1]])
        return powers + np.cumsum(before, dtype=np.uint32) * np.uint32(1_013_904_223)


def common_picture(count):
    i = np.arange(count, dtype=np.float32)
    wave = np.sin(i * np.float32(0.0021)) * 60 + np.cos(i * np.float32(0.00031)) * 50
    return (110 + wave + (noise(count) >> 28)).astype(np.uint8)


def filters_picture(channels):
    i = np.arange(W * H * channels)
    x, y, c = (i // channels % W).astype(np.float32), (i // channels // W).astype(np.float32), i % channels
    wave = np.sin(x * np.float32(0.021) + c) * 50 + np.cos(y * np.float32(0.017) + x * np.float32(0.005)) * 40
    step = np.where(np.mod(x - y, 137) < 55, 45, 0)
    picture = (100 + wave + step + (noise(i.size) >> 29)).astype(np.uint8)
    return picture.reshape(H, W) if channels == 1 else picture.reshape(H, W, channels)


def color_picture():
    i = np.arange(W * H * 4)
    states = noise(i.size)
    return (60 + i // 4 % W // 16 + states % 16 // 2 + (states >> 28)).astype(np.uint8).reshape(H, W, 4)


PEOPLE = [(3 + i % 16 * 113, 5 + i // 16 * 268, 84 + i % 5 * 8, 215 + i % 7 * 6) for i in range(64)]
FILTERED = [(3 + i % 16 * 113, 5 + i // 16 * 268, 84 + i % 5 * 9, 180 + i % 7 * 8) for i in range(64)]
DRAWN = [(11 + i % 16 * 117, 9 + i // 16 * 251 + i % 7, 60 + i % 5 * 23, 140 + i % 9 * 11) for i in range(64)]


def filters():
    rgba, gray = filters_picture(4), filters_picture(1)
    out, line, short = np.empty_like(rgba), np.empty_like(gray), np.empty((H, W), np.int16)
    wide = np.empty((H, W), np.float64)
    for ksize, sigma in (5, 1.0), (15, 2.5), (31, 5.0):
        yield f"gaussian {ksize}x{ksize} RGBA", lambda: cv2.GaussianBlur(rgba, (ksize, ksize), sigma, dst=out)
    whole = rgba.copy()
    parts = [whole[y : y + h, x : x + w] for x, y, w, h in FILTERED]
    yield "gaussian 31x31 on 64 boxes RGBA", lambda: [cv2.GaussianBlur(p, (31, 31), 5.0, dst=p) for p in parts]

    def canny():
        cv2.cvtColor(rgba, cv2.COLOR_RGBA2GRAY, dst=line)
        cv2.Canny(line, 50, 150, edges=edges)

    edges = np.empty_like(gray)
    yield "canny 50 150 RGBA", canny
    yield "canny 50 150 GRAY", lambda: cv2.Canny(gray, 50, 150, edges=edges)
    for kind, src, dst in ("RGBA", rgba, out), ("GRAY", gray, line):
        for k in 5, 31:
            yield f"box {k}x{k} {kind}", lambda: cv2.blur(src, (k, k), dst=dst)
        for k in 3, 5, 21:
            yield f"median {k}x{k} {kind}", lambda: cv2.medianBlur(src, k, dst=dst)
    for k in 3, 5:
        yield f"sobel {k}x{k} GRAY", lambda: cv2.Sobel(gray, cv2.CV_16S, 1, 0, dst=short, ksize=k)
    yield "laplacian GRAY", lambda: cv2.Laplacian(gray, cv2.CV_16S, dst=short)
    yield "sharpness GRAY", lambda: cv2.meanStdDev(cv2.Laplacian(gray, cv2.CV_64F, dst=wide))
    for k in 3, 9:
        element = cv2.getStructuringElement(cv2.MORPH_RECT, (k, k))
        yield f"erode {k}x{k} GRAY", lambda: cv2.erode(gray, element, dst=line)
    kind = cv2.THRESH_BINARY | cv2.THRESH_OTSU
    yield "threshold otsu GRAY", lambda: cv2.threshold(gray, 0, 255, kind, dst=line)


def batch(rgba, out):
    """Per box: colour conversion, resize, float, normalisation, planes into their places."""
    mean, deviation = (0.485, 0.456, 0.406, 0), (0.229, 0.224, 0.225, 0)
    net, scaled = np.empty((256, 128, 3), np.uint8), np.empty((256, 128, 3), np.float32)
    less, normal = np.empty_like(scaled), np.empty_like(scaled)
    for (x, y, w, h), item in zip(PEOPLE, out):
        rgb = cv2.cvtColor(rgba[y : y + h, x : x + w], cv2.COLOR_RGBA2RGB)
        cv2.resize(rgb, (128, 256), dst=net, interpolation=cv2.INTER_LINEAR)
        np.multiply(net, np.float32(1 / 255), out=scaled, dtype=np.float32)
        cv2.subtract(scaled, mean, dst=less)
        cv2.divide(less, deviation, dst=normal)
        cv2.split(normal, mv=list(item))


def geometry():
    rgba = common_picture(W * H * 4).reshape(H, W, 4)
    flags = {"nearest": cv2.INTER_NEAREST, "bilinear": cv2.INTER_LINEAR, "area": cv2.INTER_AREA}
    for how, size in (
        ("nearest", (640, 360)),
        ("bilinear", (640, 360)),
        ("bilinear", (1280, 720)),
        ("area", (480, 270)),
        ("area", (416, 234)),
    ):
        to, flag = np.empty((size[1], size[0], 4), np.uint8), flags[how]
        name = f"resize {how} to {size[0]}x{size[1]} RGBA"
        yield name, lambda: cv2.resize(rgba, size, dst=to, interpolation=flag)
    nv12 = common_picture(W * H * 3 // 2).reshape(H * 3 // 2, W)
    tensor, whole = np.empty((64, 3, 256, 128), np.float32), np.empty((H, W, 4), np.uint8)
    yield "64 boxes to 64x3x256x128 f32 Rgba", lambda: batch(rgba, tensor)
    yield (
        "64 boxes to 64x3x256x128 f32 Nv12",
        lambda: batch(cv2.cvtColor(nv12, cv2.COLOR_YUV2RGBA_NV12, dst=whole), tensor),
    )


def shrink(part, block, back):
    h, w = part.shape[:2]
    cells = (w + block - 1) // block, (h + block - 1) // block
    cv2.resize(cv2.resize(part, cells, interpolation=cv2.INTER_AREA), (w, h), dst=part, interpolation=back)


def redact():
    rgba = common_picture(W * H * 4).reshape(H, W, 4)
    frame, out, turned = rgba.copy(), np.empty_like(rgba), np.empty((W, H, 4), np.uint8)
    parts = [frame[y : y + h, x : x + w] for x, y, w, h in PEOPLE]
    yield "pixelate 12 px on 64 boxes RGBA", lambda: [shrink(p, 12, cv2.INTER_NEAREST) for p in parts]
    yield "blur 31x31 on 64 boxes RGBA", lambda: [cv2.GaussianBlur(p, (31, 31), 5.0, dst=p) for p in parts]
    yield "blur to 8 values on 64 boxes RGBA", lambda: [
        shrink(p, (max(p.shape[:2]) + 7) // 8, cv2.INTER_LINEAR) for p in parts
    ]
    yield "fill 64 boxes RGBA", lambda: [cv2.rectangle(frame, b, (0, 0, 0, 255), cv2.FILLED) for b in PEOPLE]
    yield "flip horizontal RGBA", lambda: cv2.flip(rgba, 1, dst=out)
    yield "rotate 90 RGBA", lambda: cv2.rotate(rgba, cv2.ROTATE_90_CLOCKWISE, dst=turned)
    yield "mean RGBA", lambda: cv2.mean(rgba)
    yield "mean and deviation RGBA", lambda: cv2.meanStdDev(rgba)
    yield "histogram of 4 channels RGBA", lambda: [cv2.calcHist([rgba], [c], None, [256], [0, 256]) for c in range(4)]


def color():
    rgba = color_picture()
    bgr, i420 = cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGR), cv2.cvtColor(rgba, cv2.COLOR_RGBA2YUV_I420)
    for name, src, code in (
        ("Rgba to Gray", rgba, cv2.COLOR_RGBA2GRAY),
        ("Rgba to Bgr", rgba, cv2.COLOR_RGBA2BGR),
        ("Bgr to Gray", bgr, cv2.COLOR_BGR2GRAY),
        ("Bgr to Rgba", bgr, cv2.COLOR_BGR2RGBA),
        ("Nv12 to Rgba", i420, cv2.COLOR_YUV2RGBA_NV12),
        ("Nv12 to Bgr", i420, cv2.COLOR_YUV2BGR_NV12),
        ("I420 to Rgba", i420, cv2.COLOR_YUV2RGBA_I420),
        ("Bgr to Hsv", bgr, cv2.COLOR_BGR2HSV),
    ):
        to = cv2.cvtColor(src, code)
        yield name, lambda: cv2.cvtColor(src, code, dst=to)


def draw():
    frame = common_picture(W * H * 4).reshape(H, W, 4)
    font, labels = cv2.FONT_HERSHEY_SIMPLEX, [f"person {i} 0.87" for i in range(64)]

    def annotate(behind):
        for i, ((x, y, w, h), label) in enumerate(zip(DRAWN, labels)):
            cv2.rectangle(frame, (x, y, w, h), (37 * i % 256, 91 * i % 256, 200, 255), 3)
            if behind:
                (width, _), base = cv2.getTextSize(label, font, 0.5, 1)
                cv2.rectangle(frame, (x, y - 22, width + 10, 12 + base + 4), (0, 0, 0, 255), cv2.FILLED)
            cv2.putText(frame, label, (x + 5, y - 8), font, 0.5, (255, 255, 255, 255))

    yield "64 boxes border 3 and label RGBA", lambda: annotate(False)
    yield "64 boxes border 3 and label on black RGBA", lambda: annotate(True)


def median_us(work, seconds):
    """The median of samples of some milliseconds each, after a warm-up."""
    begin, calls = time.perf_counter(), 0
    while calls < 2 or time.perf_counter() - begin < seconds / 4:
        work()
        calls += 1
    each = (time.perf_counter() - begin) / calls
    calls = max(1, round(0.005 / each))
    samples = []
    for _ in range(max(5, min(200, round(seconds / (calls * each))))):
        begin = time.perf_counter()
        for _ in range(calls):
            work()
        samples.append((time.perf_counter() - begin) / calls)
    return float(np.median(samples)) * 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", help="the file to write; else the rows are printed alone")
    parser.add_argument("--only", default="", help="works whose name has this in it")
    parser.add_argument("--seconds", type=float, default=1.0, help="what a row may take")
    args = parser.parse_args()
    every = cv2.getNumThreads()
    ipp = cv2.ipp.getIppVersion() if cv2.ipp.useIPP() else "no IPP"
    rows = []
    for works in filters, geometry, redact, color, draw:
        for work, run in works():
            if args.only not in work:
                continue
            for threads in sorted({1, every}):
                cv2.setNumThreads(threads)
                us = median_us(run, args.seconds)
                rows.append({"work": work, "size": "1080p", "threads": threads, "us": us})
                print(f"{work}, {threads} threads: {us:.1f} us", flush=True)
    if args.json:
        with open(args.json, "w") as file:
            json.dump({"version": cv2.__version__, "ipp": ipp, "threads": every, "rows": rows}, file, indent=1)


if __name__ == "__main__":
    main()
