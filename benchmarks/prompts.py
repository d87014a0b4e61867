"""Captions made on the spot, as long as those of MS COCO, the same ones for the same seed."""

import csv
import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

_DETERMINERS = "a the one two three some several many".split()
_ADJECTIVES = (
    "red blue small large old young wooden empty busy colorful tall brown striped shiny green furry".split()
)
_SUBJECTS = (
    "man woman child dog cat horse bird bus train bicycle boat giraffe zebra elephant skateboarder surfer "
    "chef player couple crowd sheep cow truck airplane teddy-bear pizza sandwich cake vase clock".split()
)
_DOINGS = (
    "sitting standing resting waiting parked playing walking running leaning posing eating sleeping "
    "riding flying hanging looking".split()
)
_RELATIONS = [*"on in near under behind beside above".split(), "next to", "in front of", "on top of"]
_PLACES = (
    "table street field beach kitchen park bench river mountain station bathroom sidewalk fence window "
    "building lake forest road counter shelf court sofa".split()
)
_ENDINGS = (
    "at night|in the rain|on a sunny day|under a cloudy sky|in black and white|with trees in the background|"
    "while people watch|during the winter|next to a parked car|with a cup of coffee and an open book".split(
        "|"
    )
)


def captions(count: int, *, seed: int = 0) -> list[str]:
    """Different captions of 8 to about 30 words, about ten in the middle, as COCO's are.

    Example:
        >>> first, second = captions(2)
        >>> first == captions(1)[0], first == second
        (True, False)
    """
    return list(islice(endless_captions(seed=seed), count))


def endless_captions(*, seed: int = 0) -> Iterator[str]:
    """Captions without end, no two the same."""
    rng = random.Random(seed)
    seen = set()
    while True:
        caption = _caption(rng)
        if caption not in seen:
            seen.add(caption)
            yield caption


def _caption(rng: random.Random) -> str:
    words = f"{_thing(rng)} {rng.choice(_DOINGS)} {rng.choice(_RELATIONS)} {_place(rng)}"
    # COCO's shortest captions have eight words; one in seven goes on, some at length
    while len(words.split()) < 8 or rng.random() < 0.14:
        if rng.random() < 0.5:
            words += f" {rng.choice(_ENDINGS)}"
        else:
            words += f" {rng.choice(_RELATIONS)} {_place(rng)}"
    return f"{words.capitalize()}."


def _thing(rng: random.Random) -> str:
    return f"{rng.choice(_DETERMINERS)} {rng.choice(_ADJECTIVES)} {rng.choice(_SUBJECTS)}"


def _place(rng: random.Random) -> str:
    adjective = f"{rng.choice(_ADJECTIVES)} " if rng.random() < 0.4 else ""
    return f"{rng.choice(('a', 'the'))} {adjective}{rng.choice(_PLACES)}"


def write_prompts(path: Path, prompts: list[str]) -> Path:
    """A CSV with the column ``prompt``."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["prompt"])
        writer.writerows([prompt] for prompt in prompts)
    return path
