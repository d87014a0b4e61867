"""Builds the measured modality gap of real CLIP that comes with PPP.

Run from the repository's top, with the 500 pairs of MS COCO of the repository Weixin-Liang/Modality-Gap as a
NumPy file of the arrays text and image:

    python scripts/reference_gap.py FILE.npz

What it writes holds no caption, no picture and no vector: measures, closings, and coordinates of three maps.
"""

import argparse
import json
import sys
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

from ppp_core.errors import PPPError
from ppp_core.modality_gap import METHODS, compare_closings, measure_gap, project, read_npz
from ppp_core.modality_gap.reference import MAX_BYTES, REFERENCE, as_kept
from ppp_core.store import write_atomically

TITLE = "CLIP (OpenAI, 512 dimensions) on 500 pairs of MS COCO"
SOURCE = (
    "Vectors published by Liang et al. (2022), repository Weixin-Liang/Modality-Gap, MIT licence; "
    "measured by us. Neither captions nor vectors come along."
)
PACKAGES = ("numpy", "scikit-learn", "umap-learn")
CLOSED = ("l2m", "rmg", "energy", "separability", "alignment", "cosine-auc", "cosine-dprime")
CLOSED += ("t2i-r1", "t2i-r5", "t2i-r10", "i2t-r1", "i2t-r5", "i2t-r10")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, metavar="FILE.npz")
    asked = parser.parse_args()
    try:
        build(asked.file, REFERENCE)
    except PPPError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def build(
    file: Path, path: Path, *, resamples: int = 1000, methods: tuple[str, ...] = tuple(METHODS)
) -> None:
    """Measures and writes. Raises PPPError when the file comes out too large."""
    pairs = replace(read_npz(file, name="coco-500"), encoder="CLIP (OpenAI, 512 dimensions)")
    told = as_kept(
        date.today().isoformat(),
        TITLE,
        SOURCE,
        {name: version(name) for name in PACKAGES},
        measure_gap(pairs, resamples=resamples),
        compare_closings(pairs, only=CLOSED, resamples=resamples),
        {method: project(pairs, method=method) for method in methods},
    )
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n"
    size = len(text.encode())
    print(f"{path.name}: {size:,} bytes")
    if size > MAX_BYTES:
        raise PPPError(f"{path.name} came to {size:,} bytes, at most {MAX_BYTES:,} are shipped.")
    with write_atomically(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
