"""A made world of pictures that a reader can do in the head: plain colours, and an encoder that sees them."""

import numpy as np
from PIL import Image

from ppp_core.datasets.cards import Card
from ppp_core.datasets.frames import build
from ppp_core.encoders import Encoded
from ppp_core.predictors.seen import Seen
from ppp_core.targets import Target

COLOURS = ("red", "green", "blue")
LOW, HIGH = 0.0, 5.0


class ColourEncoder:
    """Four dimensions: one, and how red, green and blue a prompt or a picture is."""

    name = "colours"
    revision = "first"
    dim = 4
    n_layers = 1
    max_tokens = 99
    preprocessing = "mean of the pixels"
    is_stand_in = True
    retrieval = ""

    def encode(self, prompts, *, layers="last"):
        vectors = np.array([[1, *(p.split().count(c) for c in COLOURS)] for p in prompts], np.float32)
        tokens = np.array([len(p.split()) for p in prompts])
        return Encoded(vectors, tokens, np.zeros(len(tokens), int))

    def encode_images(self, pictures):
        return np.array([[1, *(np.asarray(p).mean(axis=(0, 1)) / 255)] for p in pictures], np.float32)


def plain(red: float, green: float, blue: float) -> Image.Image:
    """A picture of one colour, each channel from 0 to 1."""
    return Image.new("RGB", (16, 16), tuple(round(255 * one) for one in (red, green, blue)))


def made_seen(n: int = 90, *, pictures: int = 4, seed: int = 0) -> tuple[Seen, np.ndarray]:
    """Prompts with pictures as vectors, and what each picture is worth: three of its dimensions, noise."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(max(1, pictures - 1), pictures + 1, n)
    prompt_of = np.repeat(np.arange(n), counts)
    own = rng.normal(size=(n, 8))
    images = own[prompt_of] + rng.normal(size=(len(prompt_of), 8))
    worth = images[:, :3].sum(axis=1) / 3 + 2.5 + 0.1 * rng.normal(size=len(prompt_of))
    texts = rng.normal(size=(n, 8))
    unit = [(one / np.linalg.norm(one, axis=1, keepdims=True)).astype(np.float32) for one in (texts, images)]
    seen = Seen([f"prompt {row}" for row in range(n)], unit[0], unit[1], prompt_of, images.astype(np.float32))
    return seen, worth


def made_dataset(folder, prompts, *, pictures: int = 3, by_picture: bool = True, seed: int = 0, splits=None):
    """A data set of plain pictures, whose worth is their brightness, which the prompt has a part in."""
    import pandas as pd

    rng = np.random.default_rng(seed)
    target = Target("made/light", "Light", "worth", LOW, HIGH, "people", "on 0 to 5, about {value}", "Made.")
    card = Card(
        name="made",
        title="Made",
        about="Made.",
        citation="",
        homepage="",
        licence="none",
        judgments="",
        attribution="Made here.",
        targets=(target,),
        files=(),
        folders=(),
        notes=(),
    )
    folder.mkdir(parents=True, exist_ok=True)
    images, ratings = [], []
    for row, prompt in enumerate(prompts):
        level = 0.5 + 0.25 * ("red" in prompt.split()) - 0.25 * ("blue" in prompt.split())
        values = []
        for number in range(pictures):
            light = float(np.clip(level + rng.normal(0, 0.15), 0, 1))
            path = folder / f"{row}_{number}.png"
            plain(light, light, light).save(path)
            identifiers = {"image_id": f"i{row}-{number}", "prompt_id": f"p{row}", "generator": "made"}
            images.append({**identifiers, "path": str(path)})
            values.append(5 * light)
            if by_picture:
                ratings.append({**identifiers, "target": target.name, "value": values[-1]})
        if not by_picture:
            mean = float(np.mean(values))
            ratings.append(
                {"prompt_id": f"p{row}", "target": target.name, "value": mean, "generator": "made"}
            )
    told = pd.DataFrame({"prompt_id": [f"p{row}" for row in range(len(prompts))], "prompt": prompts})
    if splits is not None:
        told["split"] = splits
    return build(card, told, pd.DataFrame(images), pd.DataFrame(ratings))
