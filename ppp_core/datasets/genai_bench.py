"""GenAI-Bench: three people's ratings of how well images by six generators match 527 prompts.

Reference:
    Li et al. (2024), GenAI-Bench: Evaluating and Improving Compositional Text-to-Visual Generation, CVPR
    workshops.
"""

from __future__ import annotations

import json
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from ..errors import PPPError
from .cards import Card, SourceFile, Target

if TYPE_CHECKING:
    from .frames import DataSet

_ALIGNMENT = Target(
    name="genai-bench/alignment",
    title="How well images match a compositional prompt",
    measure="mean rating",
    low=1.0,
    high=5.0,
    judged_by="people",
    reads_as="on 1 to 5, people would rate how well images match this prompt about {value}",
    about="Mean of three people's ratings an image, averaged over a prompt's images by six generators.",
    label="Match: GenAI-Bench",
)

CARD = Card(
    name="genai-bench",
    title="GenAI-Bench",
    about="527 compositional prompts, an image of each by six generators, three people's ratings of how well "
    "the image matches the prompt.",
    citation="Li, Lin, Pathak, Li, Fei, Wu, Xia, Zhang, Neubig, Ramanan (2024). GenAI-Bench: Evaluating and "
    "Improving Compositional Text-to-Visual Generation. arXiv:2406.13743.",
    homepage="https://github.com/linzhiqiu/t2v_metrics",
    licence="Apache-2.0",
    judgments="9,484 ratings: three people rated each of 3,162 images; two impossible ratings are left out.",
    attribution="GenAI-Bench by Li et al. (2024), Apache-2.0, from linzhiqiu/t2v_metrics.",
    targets=(_ALIGNMENT,),
    files=(
        SourceFile(
            "genai_image.json",
            "https://raw.githubusercontent.com/linzhiqiu/t2v_metrics/"
            "60ce07b144b9bff24b8dac5317cb28586b1b2509/genai_image.json",
            "a5974a5e67f530985a12f2d5cda490f3cb1e47064a56c54817d57102a964e9ff",
            438_844,
        ),
    ),
    notes=("There is no official split.", "The pictures are not fetched."),
)


def read(folder: Path) -> DataSet:
    """Reads the authors' file from a folder; a rating outside 1 to 5 is dropped alone and told in the notes.

    Args:
        folder: with genai_image.json.

    Returns:
        Prompts named ``genai-<number>``; images without pictures; one rating an image: the mean of its
        raters, their sample standard deviation, their number.

    Raises:
        PPPError: when the file is missing or of another form.
    """
    import pandas as pd

    from .frames import build, strip_prompts

    prompts, images, ratings, notes = [], [], [], []
    for number, entry in load_json(folder / "genai_image.json", ("prompt", "models")).items():
        prompt_id = f"genai-{number}"
        prompts.append(
            {"prompt_id": prompt_id, "prompt": entry["prompt"], "prompt_zh": entry.get("prompt in Chinese")}
        )
        for generator, raters in entry["models"].items():
            image = {"image_id": f"{prompt_id}-{generator}", "prompt_id": prompt_id, "generator": generator}
            good = [value for value in raters if _ALIGNMENT.low <= value <= _ALIGNMENT.high]
            if len(good) < len(raters):
                bad = ", ".join(str(value) for value in raters if value not in good)
                notes.append(f"Prompt {number}, {generator}: of {raters}, {bad} is not on 1 to 5; left out.")
            images.append(image)
            ratings += [image | _summary(good)] if good else []
    frame, stripped = strip_prompts(pd.DataFrame(prompts))
    return build(CARD, frame, pd.DataFrame(images), pd.DataFrame(ratings), (*stripped, *notes))


def _summary(values: list[float]) -> dict:
    spread = stdev(values) if len(values) > 1 else None
    return {"target": _ALIGNMENT.name, "value": fmean(values), "sd": spread, "n_raters": len(values)}


def load_json(path: Path, needed: tuple[str, ...]) -> dict[str, dict]:
    """An object of objects that all have certain keys. Raises PPPError for anything else."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PPPError(f"Cannot read {path}: {error.strerror}.") from error
    except ValueError as error:
        raise PPPError(f"{path.name} is not valid JSON: {error}. Fetch it again.") from error
    if not isinstance(entries, dict) or not entries:
        raise PPPError(f"{path.name}: a JSON object of prompts was wanted, got {type(entries).__name__}.")
    for key, entry in entries.items():
        if not isinstance(entry, dict) or any(name not in entry for name in needed):
            raise PPPError(f"{path.name}: the entry {key!r} lacks one of {', '.join(needed)}.")
    return entries
