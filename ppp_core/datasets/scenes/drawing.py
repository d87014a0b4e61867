"""From a scene to a picture."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from ...errors import PPPError
from .looks import coloured, lit, shine_of
from .pen import COATS, Colour, Outline, Pen, coat_of, rim_of
from .plan import Plan, Scene, simulate
from .settings import INDOORS, draw_setting
from .sky import draw_sky
from .stage import Stage, stage_for
from .styles import OUTLINES, painted, styled
from .subjects import IN_THE_AIR, recorded
from .textures import VARIANTS, leads
from .weather import draw_weather, veiled

if TYPE_CHECKING:
    import pandas as pd
    from PIL.Image import Image

SIZE = 192
_FINER = 2
_SMALLEST, _LARGEST = 48, 1024
_IMAGE_ID = re.compile(r"scene-(\d{4,9})-(\w+)-(\d{1,9})")

_HALF = {"small": 0.175, "medium": 0.24, "large": 0.32}
"""Half a subject's height, as a share of the picture, where there is one."""

_RIM = 0.022
"""Width of the rim around subjects, half of which they cover, as a share of the picture."""

_SHRINKS = {"one": 1.0, "two": 0.8, "three": 0.68, "four": 0.62, "five": 0.56}
_PLACES = {
    "one": ((0.0, 0.0),),
    "two": ((-1.08, 0.0), (1.08, 0.0)),
    "three": ((0.0, -1.25), (-1.1, 0.0), (1.1, 0.0)),
    "four": ((-0.7, -1.4), (1.3, -1.4), (-1.3, 0.0), (0.7, 0.0)),
    "five": ((-0.95, -1.3), (0.95, -1.3), (-1.8, 0.0), (0.0, 0.0), (1.8, 0.0)),
}
"""Where subjects stand, in units of half a subject, those behind first."""


def draw(scene: Scene | str, *, size: int = SIZE) -> Image:
    """Draws a picture, in memory.

    Args:
        scene: what to draw, or the image_id of a picture of the default set.
        size: pixels across and down, 48 to 1024.

    Returns:
        A square RGB picture; the same scene and size give the same pixels.

    Raises:
        PPPError: for an image_id that the default set has not, or a size out of range.

    Example:
        >>> draw("scene-0001-smooth-0").size
        (192, 192)
    """
    from PIL import Image

    if not _SMALLEST <= size <= _LARGEST:
        raise PPPError(f"A picture has {_SMALLEST} to {_LARGEST} pixels across, got {size}.")
    scene = _known(scene) if isinstance(scene, str) else scene
    line = OUTLINES[scene.style]
    side = size * _FINER
    outline = Outline(max(2.0, line.width * side) if line.width else 0.0, line.ink)
    stage = stage_for(Image.new("RGB", (side, side)), scene, outline)
    which = scene.variant % VARIANTS
    half = _HALF[scene.size] * _SHRINKS[scene.number]
    centre = _across(scene.position, half * (1 + max(abs(x) for x, _ in _PLACES[scene.number])))
    _draw_place(stage, which, centre)
    _draw_subjects(stage, half, centre)
    if scene.setting not in INDOORS:
        draw_weather(stage)
    image = coloured(stage.image.reduce(_FINER), scene.palette, scene.variant // VARIANTS % VARIANTS)
    return painted(styled(image, scene.style, which), scene.painter, which)


def scene_of(image: pd.Series) -> Scene:
    """The scene of a row of a data set's images, whatever set of scenes it is.

    Raises:
        PPPError: when the row is of another data set.
    """
    try:
        told = {name.removeprefix("drawn_"): image[name] for name in image.index if name.startswith("drawn_")}
        return Scene(**(told | {"painter": image["generator"], "variant": int(told["variant"])}))
    except (KeyError, TypeError) as error:
        raise PPPError("A row of Scenes' images was wanted, with what was drawn of each factor.") from error


def _known(image_id: str) -> Scene:
    found = _IMAGE_ID.fullmatch(image_id)
    plan = _default()
    n, _, seeds = plan.values.shape
    number, painter, seed = (int(found[1]) - 1, found[2], int(found[3])) if found else (0, "", 0)
    if painter not in plan.painters or not 0 <= number < n or seed >= seeds:
        raise PPPError(
            f"The default set of scenes has pictures from 'scene-0001-{plan.painters[0]}-0' to "
            f"'scene-{n:04d}-{plan.painters[-1]}-{seeds - 1}', got {image_id!r}."
        )
    return plan.scene(number, plan.painters.index(painter), seed)


@cache
def _default() -> Plan:
    return simulate()


def _draw_place(stage: Stage, which: int, centre: float) -> None:
    """Sky and place in their light and weather, and the lead between panes of glass."""
    scene, inside = stage.scene, stage.scene.setting in INDOORS
    draw_sky(stage)
    if inside:
        draw_weather(stage)
        stage.image.paste(veiled(stage.image, scene.weather))
    draw_setting(stage)
    if not inside:
        stage.image.paste(veiled(stage.image, scene.weather))
    stage.image.paste(lit(stage.image, scene.light, scene.weather, centre=centre))
    if scene.style == "stained glass":
        stage.image.paste(OUTLINES["stained glass"].ink, (0, 0), leads(stage.side, which))


def _draw_subjects(stage: Stage, half: float, centre: float) -> None:
    """Draws the subjects, each with its shadow; ``half`` of one's height and where their middle is."""
    from PIL import ImageDraw

    scene, luck = stage.scene, stage.luck(30)
    places = _PLACES[scene.number]
    flies = scene.subject in IN_THE_AIR
    bottom = luck.between(0.62, 0.68) + half * 0.5 if flies else luck.between(0.9, 0.94)
    if flies:
        bottom = min(max(bottom, half * (2 - min(y for _, y in places)) + 0.04), 0.97)
    kind, mirror = luck.choice(3), luck.chance(0.5)
    coat = coat_of(_hue(COATS[scene.colour], luck.between(-1, 1)))
    thing = recorded(scene.subject, kind)
    shine, around = shine_of(scene.light, scene.weather), rim_of(coat.main)
    shade = ImageDraw.Draw(stage.image, "RGBA")
    for across, down in places:
        x = (centre + across * half + luck.between(-0.06, 0.06) * half) * stage.side
        y = (bottom - half + down * half) * stage.side
        unit = half * stage.side
        if not flies:
            shade.ellipse(
                (x - unit * 0.85, y + unit * 0.86, x + unit * 0.85, y + unit * 1.1), fill=(20, 20, 40, 90)
            )
        pen = Pen(
            stage.pen.canvas,
            x,
            y,
            unit * 0.98,
            coat,
            stage.outline,
            mirror,
            luck.between(-0.05, 0.05),
            kind,
            shine,
        )
        replace(pen, outline=Outline(round(_RIM * stage.side), around), only=around).replay(thing, rim=True)
        pen.replay(thing)


def _across(position: str, width: float) -> float:
    """Where the middle of subjects of half such a width is."""
    left = min(max(width + 0.02, 0.27), 0.44)
    return {"left": left, "middle": 0.5, "right": 1 - left}[position]


def _hue(colour: Colour, shift: float) -> Colour:
    """A colour, a little brighter or darker."""
    red, green, blue = (min(max(round(part * (1 + 0.06 * shift)), 0), 255) for part in colour)
    return red, green, blue
