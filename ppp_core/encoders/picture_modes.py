"""Every way in which a file can hold its colours, brought to RGB with 8 bits a channel."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL import Image

_STRIP = 1_000_000  # pixels that are held as fractions at once
_CMYK = "CMYK colours were converted without their colour profile, so they may differ a little."
_SIXTEEN = "16 bits a channel were reduced to 8."
_WHITE = "Transparent parts are shown on white."


def in_rgb(image: "Image.Image") -> tuple["Image.Image", tuple[str, ...]]:
    """A decoded picture in mode RGB, and what was changed, one sentence each.

    Args:
        image: of any of Pillow's modes. Greys of 16 bits are divided by 257; greys that are other numbers
            are stretched from their own range, which is said. Transparent parts are laid on white.

    Raises:
        ValueError: when its numbers are not finite.

    Example:
        >>> from PIL import Image
        >>> image, notes = in_rgb(Image.new("I;16", (1, 1), 65535))
        >>> image.getpixel((0, 0)), notes
        ((255, 255, 255), ('16 bits a channel were reduced to 8.',))
    """
    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        return _from_numbers(image)
    if image.mode == "CMYK":
        return image.convert("RGB"), (_CMYK,)
    if not image.has_transparency_data:
        return image.convert("RGB"), ()
    # La holds greys multiplied by their opacity, and converts to LA alone
    rgba = (image.convert("LA") if image.mode == "La" else image).convert("RGBA")
    if rgba.getextrema()[3][0] == 255:
        return rgba.convert("RGB"), ()
    return _on_white(rgba), (_WHITE,)


def depth_notes(image: "Image.Image") -> tuple[str, ...]:
    """What decoding will lose, for a picture that was opened and not yet decoded: colours of 16 bits.

    Pillow decodes them to 8 bits without a word; greys of 16 bits it leaves to `in_rgb`.
    """
    tiles = getattr(image, "tile", ())  # a picture made in memory has none
    if image.mode.startswith("I"):
        return ()
    raw_modes = [tile.args if isinstance(tile.args, str) else (tile.args or [""])[0] for tile in tiles]
    return (_SIXTEEN,) if any(";16" in str(mode) for mode in raw_modes) else ()


def _on_white(rgba: "Image.Image") -> "Image.Image":
    from PIL import Image

    white = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, rgba).convert("RGB")


def _from_numbers(image: "Image.Image") -> tuple["Image.Image", tuple[str, ...]]:
    """Greys that are numbers of 16 or 32 bits, or fractions."""
    from PIL import Image

    values = np.asarray(image)  # (height, width)
    low, high = float(values.min()), float(values.max())
    if not np.isfinite([low, high]).all():
        raise ValueError("some of its numbers are not finite")
    black, white, note = _range(image.mode, low, high)
    greys = np.empty(values.shape, np.uint8)
    rows = max(1, _STRIP // values.shape[1])
    for start in range(0, len(values), rows):
        strip = (values[start : start + rows].astype(np.float64) - black) * (255 / (white - black))
        greys[start : start + rows] = np.round(strip).clip(0, 255)
    return Image.fromarray(greys).convert("RGB"), note


def _range(mode: str, low: float, high: float) -> tuple[float, float, tuple[str, ...]]:
    """The numbers that stand for black and for white, and what to say of them."""
    if mode.startswith("I;"):
        return 0, 65535, (_SIXTEEN,)
    if low >= 0 and high <= 1 and mode == "F":
        return 0, 1, ("Fractions from 0 to 1 were taken as greys.",)
    if low >= 0 and high <= 255:
        return 0, 255, ()
    if low >= 0 and high <= 65535 and mode == "I":
        return 0, 65535, (_SIXTEEN,)
    note = f"Its greys run from {low:g} to {high:g}; they were stretched to black and white."
    return low, high if high > low else low + 1, (note,)
