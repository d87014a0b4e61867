"""Pictures of every odd kind, made on the spot: read right, or refused in one clear line."""

import hashlib
import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from ppp_core.encoders import pictures
from ppp_core.encoders.pictures import FORMATS, picture_hash, read_picture
from ppp_core.errors import PPPError

COLOURS = np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8)
PLAIN = Image.fromarray(COLOURS)
WHITE = "Transparent parts are shown on white."
SIXTEEN = "16 bits a channel were reduced to 8."
TURNED = "Turned upright, as its EXIF data say."


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png_chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width, height, *, bits, kind, rows=b""):
    """A PNG written by hand: kind 0 grey, 2 RGB, 4 grey with alpha, 6 RGB with alpha."""
    header = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    chunks = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def pixels(picture):
    return np.asarray(picture.image)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_read(kind):
    options = (
        {"lossless": True} if kind == "WEBP" else {"quality": 100, "subsampling": 0} if kind == "JPEG" else {}
    )
    source = PLAIN.quantize(64) if kind == "GIF" else PLAIN
    content = saved(source, kind, **options)
    picture = read_picture(content)
    assert (picture.image.mode, picture.image.size, picture.notes) == ("RGB", (9, 6), ())
    assert picture.sha256 == hashlib.sha256(content).hexdigest()
    expected = np.asarray(source.convert("RGB")).astype(int)
    assert np.abs(pixels(picture) - expected).max() <= (8 if kind == "JPEG" else 0)


def test_a_file_is_read_by_its_content(tmp_path):
    path = tmp_path / "picture.txt"
    path.write_bytes(saved(PLAIN, "PNG"))
    assert np.array_equal(pixels(read_picture(path)), COLOURS)
    assert read_picture(str(path)).sha256 == picture_hash(path) == picture_hash(str(path))


def test_other_formats_are_refused():
    for content in (saved(PLAIN, "PPM"), saved(PLAIN, "TGA"), b"", b"%!PS-Adobe-3.0 EPSF", b"<svg/>"):
        with pytest.raises(
            PPPError, match=r"^The picture is not in a format that is read. Wanted: PNG, JPEG"
        ):
            read_picture(content)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_exif_turns_are_made_once(kind, turn):
    # black but for the top left quarter, so that a lossy format cannot hide a turn
    image = Image.new("RGB", (32, 16))
    image.paste("white", (0, 0, 16, 8))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turn
    picture = read_picture(saved(image, kind, exif=exif))
    # where the stored top left corner belongs, by the EXIF standard: (right?, bottom?)
    corner = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}[turn]
    width, height = (32, 16) if turn < 5 else (16, 32)
    assert picture.image.size == (width, height)
    for right in (0, 1):
        for bottom in (0, 1):
            at = (int(width * (0.25 + 0.5 * right)), int(height * (0.25 + 0.5 * bottom)))
            assert (picture.image.getpixel(at)[0] > 127) == ((right, bottom) == corner)
    assert picture.notes == ((TURNED,) if turn > 1 else ())


def test_exif_data_that_make_no_sense_turn_nothing():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 77
    assert read_picture(saved(PLAIN, "PNG", exif=exif)).notes == ()
    broken = saved(PLAIN, "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff")
    assert read_picture(broken).image.size == (9, 6)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_taken(kind):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "green")]
    content = saved(frames[0], kind, save_all=True, append_images=frames[1:])
    picture = read_picture(content)
    assert picture.image.getpixel((4, 4))[0] > 240
    assert picture.notes == ("The picture is animated; its first frame was taken.",)


def test_of_a_tiff_with_pages_the_first_is_taken():
    content = saved(PLAIN, "TIFF", save_all=True, append_images=[Image.new("RGB", (3, 3))])
    picture = read_picture(content)
    assert np.array_equal(pixels(picture), COLOURS)
    assert picture.notes == ("The file holds several pictures; the first was taken.",)


@pytest.mark.parametrize("alpha", [0, 51, 255])
def test_transparent_parts_are_laid_on_white(alpha):
    clear = Image.fromarray(np.dstack([COLOURS, np.full((6, 9), alpha, np.uint8)]))
    picture = read_picture(saved(clear, "PNG"))
    expected = COLOURS * (alpha / 255) + 255 * (1 - alpha / 255)
    np.testing.assert_allclose(pixels(picture), expected, atol=1)
    assert picture.notes == ((WHITE,) if alpha < 255 else ())


def test_a_transparent_colour_or_palette_entry_is_laid_on_white():
    marked = tuple(int(value) for value in COLOURS[0, 0])
    picture = read_picture(saved(PLAIN, "PNG", transparency=marked))
    assert picture.image.getpixel((0, 0)) == (255, 255, 255)
    assert np.array_equal(pixels(picture)[1:], COLOURS[1:])
    palette = Image.new("P", (2, 1))
    palette.putpalette([255, 0, 0, 0, 255, 0])
    palette.putpixel((1, 0), 1)
    picture = read_picture(saved(palette, "PNG", transparency=0))
    assert [picture.image.getpixel((x, 0)) for x in (0, 1)] == [(255, 255, 255), (0, 255, 0)]
    assert picture.notes == (WHITE,)


def test_greys_of_sixteen_bits_keep_their_brightness():
    greys = np.array([[0, 257, 32896, 65535]], np.uint16)
    for content in (
        saved(Image.fromarray(greys), "TIFF"),
        png(4, 1, bits=16, kind=0, rows=b"\0" + greys.astype(">u2").tobytes()),
    ):
        picture = read_picture(content)
        assert pixels(picture)[0, :, 0].tolist() == [0, 1, 128, 255]
        assert picture.notes == (SIXTEEN,)


@pytest.mark.parametrize(("kind", "channels"), [(2, 3), (4, 2), (6, 4)])
def test_colours_of_sixteen_bits_are_told(kind, channels):
    values = np.full((2, 2, channels), 65535, ">u2")
    values[..., 0] = 128 * 257
    rows = b"".join(b"\0" + row.tobytes() for row in values)
    picture = read_picture(png(2, 2, bits=16, kind=kind, rows=rows))
    assert picture.image.getpixel((1, 1)) == ((128,) * 3 if kind == 4 else (128, 255, 255))
    assert picture.notes == (SIXTEEN,)


@pytest.mark.parametrize(
    ("values", "expected", "note"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255], "Fractions from 0 to 1 were taken as greys."),
        ([0.0, 100.0, 255.0], [0, 100, 255], None),
        (
            [-1.0, 0.0, 3.0],
            [0, 64, 255],
            "Its greys run from -1 to 3; they were stretched to black and white.",
        ),
        ([7e5, 7e5, 7e5], [0, 0, 0], "Its greys run from 700000 to 700000; they were stretched"),
    ],
)
def test_greys_that_are_fractions_are_told(values, expected, note):
    picture = read_picture(saved(Image.fromarray(np.array([values], np.float32)), "TIFF"))
    assert pixels(picture)[0, :, 1].tolist() == expected
    assert [one[: len(note)] for one in picture.notes] == [note] if note else picture.notes == ()


def test_numbers_that_are_not_finite_are_refused():
    for value in (np.nan, np.inf):
        content = saved(Image.fromarray(np.array([[0, value]], np.float32)), "TIFF")
        with pytest.raises(PPPError, match=r"damaged or cut off \(some of its numbers are not finite\)"):
            read_picture(content)


def test_cmyk_is_converted_and_told():
    picture = read_picture(saved(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=100))
    red, green, blue = picture.image.getpixel((4, 4))
    assert (red > 240, green < 15, blue < 15) == (True, True, True)
    assert picture.notes[0].startswith("CMYK colours were converted without their colour profile")


@pytest.mark.parametrize(
    "mode", ["1", "L", "P", "LA", "PA", "La", "RGBA", "RGBa", "RGBX", "YCbCr", "LAB", "HSV", "I", "F", "I;16"]
)
def test_every_mode_in_memory_becomes_rgb(mode):
    picture = read_picture(Image.new(mode, (5, 4)))
    assert (picture.image.mode, picture.image.size) == ("RGB", (5, 4))


def test_a_picture_in_memory_stays_as_it_was():
    given_one = Image.new("RGBA", (2, 2), (255, 0, 0, 0))
    picture = read_picture(given_one)
    picture.image.putpixel((0, 0), (0, 0, 0))
    assert given_one.getpixel((0, 0)) == (255, 0, 0, 0)
    assert read_picture(given_one).sha256 == picture.sha256 != read_picture(PLAIN).sha256


def test_a_bomb_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("decoded"))
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda *_: pytest.fail("decoded"))
    with pytest.raises(PPPError, match=r"9,000 × 9,000 is 81,000,000 pixels, at most 67,108,864 \(8,192"):
        read_picture(png(9000, 9000, bits=1, kind=0))
    with pytest.raises(PPPError, match=r"too large: (65,500 × 65,500|at most 67,108,864)"):
        read_picture(png(65500, 65500, bits=1, kind=0))


def test_a_file_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "LARGEST_FILE", 100)
    path = tmp_path / "big.png"
    path.write_bytes(b"x" * 101)
    for read in (read_picture, picture_hash):
        with pytest.raises(PPPError, match=r"^\S+big.png is too large: 101 bytes, at most 100 are read"):
            read(path)
    with pytest.raises(PPPError, match=r"^The picture is too large: 101 bytes"):
        read_picture(path.read_bytes())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "TIFF"])
def test_a_picture_that_is_cut_off_is_refused_by_name(tmp_path, kind):
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    content = saved(noise, kind)
    path = tmp_path / "half"
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(PPPError, match=r"half (cannot be read: it is damaged or cut off|is not in a format)"):
        read_picture(path)


def test_what_is_no_file_is_told(tmp_path):
    with pytest.raises(PPPError, match=r"Cannot read the picture .*absent.png: No such file"):
        read_picture(tmp_path / "absent.png")
    for read in (read_picture, picture_hash):
        with pytest.raises(PPPError, match=r"Cannot read the picture \S+: it is no file"):
            read(tmp_path)
        with pytest.raises(PPPError, match="Cannot read the picture a\x00b"):
            read("a\x00b")
    with pytest.raises(PPPError, match="a file, bytes or a picture in memory, got int"):
        read_picture(3)


def test_a_picture_without_pixels_is_refused():
    with pytest.raises(PPPError, match=r"has no pixels \(0 × 4\)"):
        read_picture(Image.new("RGB", (0, 4)))


SEEDS = [
    saved(PLAIN, "PNG"),
    saved(PLAIN.quantize(16), "PNG", transparency=2),
    saved(PLAIN, "JPEG", exif=b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00"),
    saved(PLAIN.convert("CMYK"), "JPEG"),
    saved(PLAIN, "WEBP"),
    saved(PLAIN, "GIF", save_all=True, append_images=[Image.new("RGB", (9, 6))]),
    saved(PLAIN, "BMP"),
    saved(PLAIN, "TIFF", compression="tiff_lzw"),
    saved(Image.fromarray(COLOURS[..., 0].astype(np.uint16)), "TIFF"),
    png(3, 1, bits=16, kind=2, rows=b"\0" + bytes(18)),
]


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=6),
    st.floats(0.1, 1),
)
def test_mutated_bytes_give_a_picture_or_a_clear_refusal(content, changes, kept):
    mutated = bytearray(content)
    for place, value in changes:
        mutated[int(place * len(mutated))] = value
    mutated = mutated[: int(kept * len(mutated))] if changes[0][1] % 3 == 0 else mutated
    refused = None
    try:
        picture = read_picture(bytes(mutated))
    except PPPError as error:
        refused = str(error)
    if refused is None:
        assert picture.image.mode == "RGB"
        assert picture.image.width * picture.image.height <= pictures.LARGEST_PICTURE
    else:
        assert refused.startswith("The picture ")
        assert "\n" not in refused
