"""Pictures as every image encoder can see them: read from files as data, hardened, upright, RGB."""

import hashlib
import io
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import PPPError

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
"""What is read, by content; a file's ending counts for nothing."""

LARGEST_FILE = 100_000_000
"""Bytes of a picture's file; a larger one is refused unread."""

LARGEST_PICTURE = 8192 * 8192
"""Pixels, width by height, of one picture; a larger one is refused before it is decoded."""

_WANTED = "PNG, JPEG, WebP, GIF, BMP or TIFF"
_NO_EXIF = "Its EXIF data cannot be read: if they ask for a turn, it was not made."


@dataclass(frozen=True)
class Picture:
    """A picture that was read.

    Attributes:
        image: upright, mode RGB, 8 bits a channel; the file's own size, turned where its EXIF data say so.
        sha256: of the file's bytes, hex; of the pixels, where it came from memory.
        notes: what was changed in reading, one sentence each; none for an ordinary picture.
    """

    image: "Image.Image"
    sha256: str
    notes: tuple[str, ...] = ()


def read_picture(source: "str | Path | bytes | Image.Image") -> Picture:
    """Reads a picture: first frame, turned as its EXIF data say, on white where it is transparent, RGB.

    Args:
        source: a file, a file's bytes, or a picture in memory.

    Raises:
        PPPError: when it is no picture of a format that is read, is too large (bytes or pixels), is broken
            or cut off. The message names the file and what to do.

    Example:
        >>> from PIL import Image
        >>> picture = read_picture(Image.new("RGBA", (3, 2), (255, 0, 0, 0)))
        >>> picture.image.mode, picture.image.size, picture.image.getpixel((0, 0))
        ('RGB', (3, 2), (255, 255, 255))
        >>> picture.notes
        ('Transparent parts are shown on white.',)
        >>> read_picture(b"no picture")
        Traceback (most recent call last):
        ppp_core.errors.PPPError: The picture is not in a format that is read. Wanted: PNG, JPEG, WebP, ...
    """
    from PIL import Image

    if isinstance(source, Image.Image):
        name = "The picture"
        _check_pixels(name, *source.size)
        with _decoding(name):
            image, notes = _plain(source.copy())
        return Picture(image, _pixel_hash(image), notes)
    name, content = _content(source)
    with _decoding(name), Image.open(io.BytesIO(content), formats=FORMATS) as opened:
        _check_pixels(name, *opened.size)
        image, notes = _plain(opened)
    return Picture(image, hashlib.sha256(content).hexdigest(), notes)


def picture_hash(path: str | Path) -> str:
    """SHA-256 of a picture's file, hex, as in `Picture`.

    Raises:
        PPPError: when the file cannot be read, or is larger than ``LARGEST_FILE``.
    """
    path = Path(path)
    _check_file(path)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _absent(path, error) from error


def _check_file(path: Path) -> None:
    try:
        status = path.stat()
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        raise _absent(path, error) from error
    if not stat.S_ISREG(status.st_mode):  # a device may never end
        raise PPPError(f"Cannot read the picture {path}: it is no file.")
    if status.st_size > LARGEST_FILE:
        raise _too_many_bytes(str(path), status.st_size)


def _content(source: str | Path | bytes) -> tuple[str, bytes]:
    """What to call it, and its bytes."""
    if isinstance(source, bytes):
        if len(source) > LARGEST_FILE:
            raise _too_many_bytes("The picture", len(source))
        return "The picture", source
    if not isinstance(source, str | Path):
        raise PPPError(f"A picture is a file, bytes or a picture in memory, got {type(source).__name__}.")
    path = Path(source)
    _check_file(path)
    try:
        return str(path), path.read_bytes()
    except OSError as error:
        raise _absent(path, error) from error


@contextmanager
def _decoding(name: str) -> Iterator[None]:
    """Whatever Pillow says of strange bytes, as one error that names the file; its warnings unheard."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # sizes are checked here; strange metadata do not matter
            yield
    except PPPError:
        raise
    except UnidentifiedImageError as error:
        raise PPPError(f"{name} is not in a format that is read. Wanted: {_WANTED}.") from error
    except Image.DecompressionBombError as error:
        raise PPPError(
            f"{name} is too large: at most {LARGEST_PICTURE:,} pixels (8,192 × 8,192) are read. Reduce it."
        ) from error
    except Exception as error:  # a decoder's errors are of every kind
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        raise PPPError(
            f"{name} cannot be read: it is damaged or cut off ({reason}). Save or fetch it again."
        ) from error


def _check_pixels(name: str, width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise PPPError(f"{name} has no pixels ({width} × {height}). Save or fetch it again.")
    if width * height > LARGEST_PICTURE:
        raise PPPError(
            f"{name} is too large: {width:,} × {height:,} is {width * height:,} pixels, at most "
            f"{LARGEST_PICTURE:,} (8,192 × 8,192) are read. Reduce it."
        )


def _frame_notes(image: "Image.Image") -> tuple[str, ...]:
    if not getattr(image, "is_animated", False):
        return ()
    image.seek(0)  # counting the frames may have moved on
    if image.format in ("TIFF", "MPO"):
        return ("The file holds several pictures; the first was taken.",)
    return ("The picture is animated; its first frame was taken.",)


def _plain(image: "Image.Image") -> tuple["Image.Image", tuple[str, ...]]:
    """The picture upright and in RGB, and what was changed."""
    from .picture_modes import depth_notes, in_rgb

    # asked before decoding: Pillow turns a TIFF, and drops the bits, as it decodes
    notes = [*_frame_notes(image), *depth_notes(image), *_turn_notes(image)]
    image.load()
    image, more = in_rgb(_upright(image))
    return image, (*notes, *more)


def _turn_notes(image: "Image.Image") -> tuple[str, ...]:
    from PIL import ExifTags

    try:
        turn = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # metadata that cannot be read say nothing about the pixels
        return (_NO_EXIF,)
    # damaged data name other numbers, or no number at all
    return ("Turned upright, as its EXIF data say.",) if turn in range(2, 9) else ()


def _upright(image: "Image.Image") -> "Image.Image":
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # as in _turn_notes
        return image


def _pixel_hash(image: "Image.Image") -> str:
    found = hashlib.sha256(f"RGB {image.width}x{image.height} ".encode())
    found.update(image.tobytes())
    return found.hexdigest()


def _too_many_bytes(name: str, size: int) -> PPPError:
    return PPPError(f"{name} is too large: {size:,} bytes, at most {LARGEST_FILE:,} are read. Reduce it.")


def _absent(path: Path, error: Exception) -> PPPError:
    reason = getattr(error, "strerror", None) or str(error)
    return PPPError(f"Cannot read the picture {path}: {reason}.")
