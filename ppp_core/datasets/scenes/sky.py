"""The sky: its colours by light and weather, sun, moon, stars and clouds."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from .pen import WHITE, YELLOW, Colour, mixed, shaded
from .stage import Stage

_SKIES: dict[str, tuple[Colour, Colour]] = {
    "morning": ((138, 190, 236), (255, 226, 194)),
    "noon": ((62, 144, 228), (176, 220, 248)),
    "sunset": ((86, 66, 140), (255, 150, 84)),
    "night": ((14, 20, 54), (54, 64, 120)),
    "spotlight": ((30, 28, 42), (70, 62, 80)),
}
_CLOUDED: dict[str, tuple[Colour, float]] = {
    "clear": (WHITE, 0.0),
    "rain": ((122, 134, 150), 0.6),
    "snow": ((206, 214, 226), 0.5),
    "fog": ((212, 214, 216), 0.65),
    "storm": ((58, 60, 78), 0.75),
}
_BANDS = 6


def draw_sky(stage: Stage) -> None:
    """The whole canvas becomes sky, with what is in it."""
    scene = stage.scene
    top, bottom = sky_colours(scene.light, scene.weather)
    if scene.setting == "moon":
        top, bottom = mixed(top, (10, 10, 24), 0.8), mixed(bottom, (16, 16, 36), 0.7)
    stage.image.paste(_gradient(top, bottom, stage.side, banded=scene.style in ("flat", "woodcut")))
    if scene.setting == "moon" or (scene.light == "night" and scene.weather in ("clear", "snow")):
        _stars(stage)
    if scene.weather in ("clear", "snow", "rain") and scene.setting != "moon":
        _sun_or_moon(stage)
    _clouds(stage)


def sky_colours(light: str, weather: str) -> tuple[Colour, Colour]:
    """Colour at the top and at the horizon."""
    grey, share = _CLOUDED[weather]
    dim = {"night": 0.4, "spotlight": 0.4, "sunset": 0.85}.get(light, 1.0)
    top, bottom = (mixed(colour, shaded(grey, dim), share) for colour in _SKIES[light])
    return top, bottom


def _gradient(top: Colour, bottom: Colour, side: int, *, banded: bool):
    from PIL import Image

    share = np.minimum(np.arange(side) / (0.7 * side), 1.0)
    if banded:
        share = np.floor(share * _BANDS) / _BANDS
    column = np.array(top) + (np.array(bottom) - np.array(top)) * share[:, None]
    return Image.fromarray(column.round().astype(np.uint8)[:, None, :]).resize(
        (side, side), Image.Resampling.NEAREST
    )


def _stars(stage: Stage) -> None:
    luck = stage.luck(1)
    for _ in range(40):
        x, y, size = luck.between(0, 1), luck.between(0, 0.6), luck.between(0.002, 0.006)
        stage.dot(x, y, size, (255, 250, 220))


def _sun_or_moon(stage: Stage) -> None:
    luck, pen, light = stage.luck(2), stage.pen, stage.scene.light
    x = luck.between(0.12, 0.88)
    if light == "night":
        y = luck.between(0.12, 0.22)
        moon = (250, 244, 208)
        if luck.chance(0.5):
            pen.oval(x, y, 0.07, 0.07, moon)
            pen.oval(x - 0.02, y - 0.02, 0.014, 0.014, (222, 214, 180), line=False)
            pen.oval(x + 0.025, y + 0.02, 0.018, 0.018, (222, 214, 180), line=False)
        else:
            turns = [(x + 0.07 * cos(t * pi / 12), y + 0.07 * sin(t * pi / 12)) for t in range(-6, 7)]
            inner = [(x + 0.034 * cos(t * pi / 12), y + 0.07 * sin(t * pi / 12)) for t in range(6, -7, -1)]
            pen.shape([*turns, *inner], moon)
    elif light == "morning":
        pen.oval(x, 0.42, 0.12, 0.12, (255, 238, 196), line=False)
        pen.oval(x, 0.42, 0.08, 0.08, (255, 246, 214), line=False)
    elif light == "noon":
        for ray in range(12):
            a, b = cos(ray * pi / 6), sin(ray * pi / 6)
            pen.stroke([(x + 0.085 * a, 0.13 + 0.085 * b), (x + 0.115 * a, 0.13 + 0.115 * b)], 0.012, YELLOW)
        pen.oval(x, 0.13, 0.07, 0.07, YELLOW)
    elif light == "sunset":
        pen.oval(x, 0.56, 0.2, 0.2, (255, 176, 96), line=False)
        pen.oval(x, 0.56, 0.14, 0.14, (255, 206, 110), line=False)


def _clouds(stage: Stage) -> None:
    luck, scene = stage.luck(3), stage.scene
    if scene.setting == "moon" and scene.weather == "clear":
        return
    n = {"clear": luck.choice(3), "rain": 5, "snow": 3, "fog": 2, "storm": 7}[scene.weather]
    top, bottom = sky_colours(scene.light, scene.weather)
    tone = {
        "clear": WHITE,
        "rain": (104, 112, 128),
        "snow": (226, 230, 238),
        "fog": (226, 226, 228),
        "storm": (44, 46, 62),
    }
    colour = mixed(tone[scene.weather], bottom, 0.25 if scene.light in ("morning", "noon") else 0.5)
    heavy = scene.weather in ("rain", "storm")
    for number in range(n):
        x = (number + luck.between(0.1, 0.9)) / n if heavy else luck.between(0.1, 0.9)
        y = luck.between(0.02, 0.16) if heavy else luck.between(0.1, 0.34)
        size = luck.between(0.09, 0.13) if heavy else luck.between(0.05, 0.08)
        _cloud(stage, x, y, size, mixed(colour, top, 0.15 * (number % 2)))


def _cloud(stage: Stage, x: float, y: float, size: float, colour: Colour) -> None:
    w = size
    stage.pen.blob(
        [
            (x - 1.7 * w, y + 0.4 * w), (x - 1.5 * w, y - 0.1 * w), (x - 0.9 * w, y - 0.35 * w),
                (x - 0.3 * w, y - 0.8 * w),
            (x + 0.4 * w, y - 0.65 * w), (x + 0.9 * w, y - 0.25 * w), (x + 1.5 * w, y - 0.1 * w),
                (x + 1.7 * w, y + 0.4 * w),
        ],
        colour, line=False,
    )  # fmt: skip
