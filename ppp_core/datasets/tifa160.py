"""TIFA160: two people's ratings of images by five generators, beside ten automatic metrics.

Reference:
    Hu et al. (2023), TIFA: Accurate and Interpretable Text-to-Image Faithfulness Evaluation with Question
    Answering, ICCV.
"""

from __future__ import annotations

from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from .cards import Card, SourceFile, Target

if TYPE_CHECKING:
    from .frames import DataSet

_ALIGNMENT = Target(
    name="tifa160/alignment",
    title="How faithful images are to the prompt",
    measure="mean rating",
    low=1.0,
    high=5.0,
    judged_by="people",
    reads_as="on 1 to 5, people would rate how faithful images are to this prompt about {value}",
    about="Mean of two people's ratings an image, averaged over a prompt's images by five generators.",
    label="Match: TIFA160",
)


def _metric(key: str, title: str, high: float = 1.0) -> Target:
    name = key.replace("_", "-")
    return Target(
        name=f"tifa160/{name}",
        title=f"{title} (automatic)",
        measure=title,
        low=0.0,
        high=high,
        judged_by="models",
        reads_as=f"on 0 to {high:g}, {title} would give images of this prompt about {{value}}",
        about=f"{title} of an image and its prompt, by a model, averaged over a prompt's five images.",
    )


_METRICS = {
    "meteor": _metric("meteor", "METEOR of a generated caption"),
    "bleu": _metric("bleu", "BLEU of a generated caption"),
    "rouge": _metric("rouge", "ROUGE of a generated caption"),
    "spice": _metric("spice", "SPICE of a generated caption"),
    "clipscore_vitb32": _metric("clipscore_vitb32", "CLIPScore (ViT-B/32)", 100.0),
    "tifa_vilt": _metric("tifa_vilt", "TIFA with ViLT"),
    "tifa_git-large": _metric("tifa_git-large", "TIFA with GIT-large"),
    "tifa_ofa-large": _metric("tifa_ofa-large", "TIFA with OFA-large"),
    "tifa_blip2-flant5xl": _metric("tifa_blip2-flant5xl", "TIFA with BLIP-2"),
    "tifa_mplug-large": _metric("tifa_mplug-large", "TIFA with mPLUG-large"),
}

CARD = Card(
    name="tifa160",
    title="TIFA160",
    about="160 prompts, an image of each by five generators, two people's ratings of faithfulness, and ten "
    "automatic metrics of the same images.",
    citation="Hu, Liu, Kasai, Wang, Ostendorf, Krishna, Smith (2023). TIFA: Accurate and Interpretable "
    "Text-to-Image Faithfulness Evaluation with Question Answering. ICCV. arXiv:2303.11897.",
    homepage="https://github.com/Yushi-Hu/tifa",
    licence="Apache-2.0",
    judgments="1,600 ratings: two people rated each of 800 images.",
    attribution="TIFA v1.0 human annotations by Hu et al. (2023), Apache-2.0.",
    targets=(_ALIGNMENT, *_METRICS.values()),
    files=(
        SourceFile(
            "human_annotations_with_scores.json",
            "https://raw.githubusercontent.com/Yushi-Hu/tifa/d20b20066a593183f3436ce5cbff33982bb8d02f/"
            "human_annotations/human_annotations_with_scores.json",
            "1720bb802c3c0821dd56df0d8c20a1214ff5085d7e5d9236a75736b1d39b7b3c",
            553_467,
        ),
    ),
    notes=("There is no official split.", "The pictures are not fetched."),
)


def read(folder: Path) -> DataSet:
    """Reads the authors' file from a folder.

    Args:
        folder: with human_annotations_with_scores.json.

    Returns:
        Prompts by the authors' own names, with the column source (coco, drawbench, …); images without
        pictures; per image the people's mean with its spread, and one rating a metric.

    Raises:
        PPPError: when the file is missing or of another form.
    """
    import pandas as pd

    from .frames import build, strip_prompts
    from .genai_bench import load_json

    needed = ("text_id", "text", "human_scores", *_METRICS)
    entries = load_json(folder / "human_annotations_with_scores.json", needed)
    prompts = {entry["text_id"]: entry["text"] for entry in entries.values()}
    frame = pd.DataFrame({"prompt_id": list(prompts), "prompt": list(prompts.values())})
    frame, notes = strip_prompts(frame.assign(source=frame["prompt_id"].str.partition("_")[0]))
    images = pd.DataFrame([_image(key, entry) for key, entry in entries.items()])
    ratings = [row for key, entry in entries.items() for row in _ratings(key, entry)]
    return build(CARD, frame, images, pd.DataFrame(ratings), notes)


def _image(key: str, entry: dict) -> dict:
    generator = key.removeprefix(f"{entry['text_id']}_")
    return {"image_id": key, "prompt_id": entry["text_id"], "generator": generator}


def _ratings(key: str, entry: dict) -> list[dict]:
    scores = entry["human_scores"]
    people = {"target": _ALIGNMENT.name, "value": fmean(scores), "n_raters": len(scores)}
    people["sd"] = stdev(scores) if len(scores) > 1 else None
    metrics = [{"target": target.name, "value": entry[name]} for name, target in _METRICS.items()]
    return [_image(key, entry) | rating for rating in (people, *metrics)]
