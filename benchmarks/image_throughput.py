"""Many pictures: `embed_images` against the plain loop of timm and torch with the same weights."""

import json
import sys
from pathlib import Path

from .pairing import Pairs, in_turns, seconds
from .processes import run
from .setting import Row, Section, Setting

PICTURES = 64
SLICES = 4
SIZE = 512  # pixels, width and height
BATCH = 32


def measure(setting: Setting, *, pictures: int = PICTURES, slices: int = SLICES) -> Section:
    """Both over slices of the same files by turns, inside one process."""
    arguments = ("-m", "benchmarks.image_throughput", setting.folder, pictures, slices)
    answer = run(list(map(str, arguments)), environment=setting.environment()).answer
    whole, network = (Pairs(*map(tuple, answer[name])) for name in ("whole", "network"))
    return Section(
        f"Pictures per second, {SIZE} × {SIZE} pixels, JPEG",
        (
            Row(
                f"`embed_images(files)` against a loop that opens, prepares and embeds {BATCH} files at a "
                f"time with timm and torch, {slices} different lists of {pictures}, one process, neither "
                "start counted",
                str(whole),
                f"{_rate(pictures, whole.ours)} against {_rate(pictures, whole.theirs)}",
                "at least as fast",
                whole.ratio >= 1,
            ),
            Row(
                f"the network alone, on {BATCH} pictures that are prepared: ONNX Runtime against torch",
                str(network),
                f"{seconds(network.ours)} against {seconds(network.theirs)}",
            ),
        ),
        (
            "Both use the same weights, the same preparation (torchvision's on their side) and the same "
            f"processors; the largest difference between their vectors was {answer['difference']:.0e}.",
            "`embed_images` reads each file twice, the first time for its hash; it keeps nothing here.",
        ),
    )


def _rate(count: int, taken: tuple[float, ...]) -> str:
    return f"{count / sorted(taken)[len(taken) // 2]:,.0f} pictures/s"


def by_turns(folder: Path, pictures: int, slices: int) -> dict:
    """Seconds of both, whole and network alone, and the largest difference between their vectors."""
    import numpy as np
    import torch

    from ppp_core.encoders import embed_images, load_image_encoder
    from ppp_core.encoders.efficientnet_lite0 import load_network

    ours, network = load_image_encoder("efficientnet-lite0"), load_network()
    network.reset_classifier(0)
    parts = [write_pictures(folder / f"pictures-{number}", pictures, number) for number in range(slices)]
    warm = parts[0][:BATCH]
    pixels = torch.stack([_prepared(path) for path in warm])
    difference = np.abs(embed_images(ours, warm).vectors - _plain_loop(network, warm)).max()
    whole = in_turns(
        lambda number: embed_images(ours, parts[number]),
        lambda number: _plain_loop(network, parts[number]),
        pairs=slices,
        clock="here",
    )
    alone = in_turns(
        lambda _: ours.run_network(pixels.numpy()),
        lambda _: _features(network, pixels),
        pairs=slices,
        clock="here",
    )
    return {
        "whole": (whole.ours, whole.theirs),
        "network": (alone.ours, alone.theirs),
        "difference": float(difference),
    }


def write_pictures(folder: Path, count: int, seed: int) -> list[Path]:
    """Files of smooth noise, no two alike, about as hard to decode as photographs."""
    import numpy as np
    from PIL import Image

    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:04}.jpg" for number in range(count)]
    for path in paths:
        coarse = Image.fromarray(rng.integers(0, 256, (SIZE // 8, SIZE // 8, 3), dtype=np.uint8))
        coarse.resize((SIZE, SIZE), Image.Resampling.BICUBIC).save(path, quality=90)
    return paths


def _plain_loop(network, paths: list[Path]):
    import numpy as np
    import torch

    batches = [paths[start : start + BATCH] for start in range(0, len(paths), BATCH)]
    stacks = (torch.stack([_prepared(path) for path in batch]) for batch in batches)
    return np.concatenate([_features(network, stack) for stack in stacks])


def _features(network, pixels):
    import torch

    with torch.inference_mode():
        return network(pixels).numpy()


def _prepared(path: Path):
    from PIL import Image
    from torchvision import transforms

    from ppp_core.encoders.efficientnet_lite0 import PREPROCESSING as ours

    prepare = transforms.Compose(
        [
            transforms.Resize(ours.short, transforms.InterpolationMode.BICUBIC),
            transforms.CenterCrop(ours.side),
            transforms.ToTensor(),
            transforms.Normalize([ours.mean] * 3, [ours.deviation] * 3),
        ]
    )
    return prepare(Image.open(path).convert("RGB"))


if __name__ == "__main__":
    place, count, parts = sys.argv[1:]
    print(json.dumps(by_turns(Path(place), int(count), int(parts))), flush=True)
