"""What pictures are drawn with, and how that is written into them."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

from ..errors import PPPError

MOST_STEPS = 10_000
MOST_PIXELS = 8_192
"""Of a side of a picture."""


@dataclass(frozen=True)
class Settings:
    """What all pictures of a data set have in common; pictures of other settings are not mixed with them.

    Attributes:
        revision: of the pipeline.
        dtype: precision that it draws in.
        sampler: the scheduler's name.
        steps: of denoising.
        guidance: how closely the prompt is followed; None for a pipeline without it.
        size: width and height in pixels; None for the pipeline's own.
        negative: what should not be in the pictures.
    """

    revision: str
    dtype: str
    sampler: str
    steps: int
    guidance: float | None
    size: tuple[int, int] | None
    negative: str

    def checked(self) -> Settings:
        """These settings. Raises PPPError for a value that cannot be."""
        if not isinstance(self.steps, int) or not 1 <= self.steps <= MOST_STEPS:
            raise PPPError(f"steps is a whole number from 1 to {MOST_STEPS:,}, got {self.steps}.")
        if self.guidance is not None and not (math.isfinite(self.guidance) and self.guidance >= 0):
            raise PPPError(f"guidance is a number from 0 on, got {self.guidance}.")
        for side in self.size or ():
            if side % 8 or not 8 <= side <= MOST_PIXELS:
                raise PPPError(
                    f"The sides of a picture are multiples of 8 up to {MOST_PIXELS:,} pixels, "
                    f"got {self.size[0]} × {self.size[1]}."
                )
        return self

    def as_dict(self) -> dict:
        """Plain values, as JSON gives them back."""
        return {**asdict(self), "size": None if self.size is None else list(self.size)}


def differences(kept: dict, now: dict) -> list[str]:
    """What differs between two settings as plain values, one clause each.

    Example:
        >>> differences({"steps": 20, "negative": ""}, {"steps": 30, "negative": ""})
        ['steps 20 then, 30 now']
    """
    return [
        f"{key} {_word(kept.get(key))} then, {_word(value)} now"
        for key, value in now.items()
        if kept.get(key) != value
    ]


def webui_text(prompt: str, seed: int, settings: Settings, *, model: str, size: tuple[int, int]) -> str:
    """What stable-diffusion-webui would write into such a picture; `ppp import` reads it back.

    Args:
        prompt: its white space is written as single spaces.
        seed: of the picture.
        settings: of the drawing.
        model: the generator's name.
        size: width and height of the picture.

    Example:
        >>> plain = Settings("7c0ffee77c0ffee7", "float32", "DDIM", 20, 7.5, None, "blur")
        >>> print(webui_text("a fox", 7, plain, model="sd15", size=(512, 512)))
        a fox
        Negative prompt: blur
        Steps: 20, Sampler: DDIM, CFG scale: 7.5, Seed: 7, Size: 512x512, Model hash: 7c0ffee77c, Model: sd15
    """
    told = {
        "Steps": settings.steps,
        "Sampler": settings.sampler,
        "CFG scale": None if settings.guidance is None else f"{settings.guidance:g}",
        "Seed": seed,
        "Size": f"{size[0]}x{size[1]}",
        "Model hash": settings.revision[:10],
        "Model": model.replace(",", " "),
    }
    lines = [" ".join(prompt.split())]
    if settings.negative:
        lines.append(f"Negative prompt: {' '.join(settings.negative.split())}")
    lines.append(", ".join(f"{key}: {value}" for key, value in told.items() if value is not None))
    return "\n".join(lines)


def _word(value: object) -> str:
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else f"{value[:12]}…")
    return " × ".join(map(str, value)) if isinstance(value, list) else str(value)
