"""embed_images: each content once, in order, from the store where it is known, whatever is broken."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ppp_core.encoders import embed_images, image_embedding, read_picture
from ppp_core.errors import PPPError
from ppp_core.store import EmbeddingStore


class ColourEncoder:
    """A picture's vector is the red and the green of its first pixel."""

    name, revision, dim, preprocessing = "colour", "1", 2, "none"

    def __init__(self):
        self.calls = []

    def encode_images(self, pictures):
        self.calls.append([picture.size for picture in pictures])
        return np.array([picture.getpixel((0, 0))[:2] for picture in pictures], np.float32)

    @property
    def n_seen(self):
        return sum(map(len, self.calls))


class Doubled:
    """Twice what its base gives, and their sum."""

    name, revision, dim, preprocessing = "doubled", "1", 3, "none"

    def __init__(self, base):
        self.base = base

    def project_images(self, features):
        return np.column_stack([2 * features, features.sum(axis=1)])


def coloured(red, green=0, size=(4, 3)):
    return Image.new("RGB", size, (red, green, 0))


@pytest.fixture
def folder(tmp_path):
    for name, red in (("a", 10), ("b", 20), ("c", 30), ("also-a", 10)):
        coloured(red).save(tmp_path / f"{name}.png")
    (tmp_path / "broken.png").write_bytes((tmp_path / "a.png").read_bytes()[:44])
    (tmp_path / "broken-too.png").write_bytes((tmp_path / "broken.png").read_bytes())
    return tmp_path


def test_order_is_kept_and_each_content_is_embedded_once(folder):
    encoder = ColourEncoder()
    names = ["b", "a", "c", "also-a", "b"]
    embedded = embed_images(encoder, [folder / f"{name}.png" for name in names])
    assert embedded.vectors.tolist() == [[20, 0], [10, 0], [30, 0], [10, 0], [20, 0]]
    assert embedded.vectors.dtype == np.float32
    assert encoder.n_seen == 3
    assert (embedded.failed, embedded.ok.all(), embedded.notes) == ({}, True, ((),) * 5)


def test_broken_pictures_are_reported_by_name_and_stop_nothing(folder):
    paths = [folder / f"{name}.png" for name in ("a", "broken", "absent", "b", "broken-too")]
    embedded = embed_images(ColourEncoder(), paths)
    assert embedded.ok.tolist() == [True, False, False, True, False]
    assert embedded.vectors[embedded.ok].tolist() == [[10, 0], [20, 0]]
    assert np.isnan(embedded.vectors[~embedded.ok]).all()
    assert list(embedded.failed) == [1, 2, 4]
    for position, name in ((1, "broken.png"), (2, "absent.png"), (4, "broken-too.png")):
        assert f"{name}" in embedded.failed[position]
        assert embedded.notes[position] == ()


def test_when_all_are_broken_nothing_is_encoded(folder, tmp_path):
    encoder, seen = ColourEncoder(), []
    broken = [folder / "broken.png", b"no picture"]
    embedded = embed_images(
        encoder, broken, store=EmbeddingStore(tmp_path), progress=lambda *now: seen.append(now)
    )
    assert (embedded.ok.any(), encoder.calls, seen) == (False, [], [(2, 2)])
    assert embed_images(Doubled(encoder), broken).vectors.shape == (2, 3)
    nowhere = embed_images(encoder, [tmp_path / "absent"], progress=lambda *now: seen.append(now))
    assert (list(nowhere.failed), seen[1:]) == ([0], [(0, 0)])


def test_what_the_store_knows_is_not_read_again(folder, tmp_path):
    store, encoder = EmbeddingStore(tmp_path / "store"), ColourEncoder()
    paths = [folder / f"{name}.png" for name in ("a", "b", "broken")]
    first = embed_images(encoder, paths, store=store)
    seen = []
    again = embed_images(
        encoder,
        [*paths, folder / "c.png"],
        store=EmbeddingStore(tmp_path / "store"),
        progress=lambda *now: seen.append(now),
    )
    assert again.vectors[:2].tolist() == first.vectors[:2].tolist()
    assert encoder.n_seen == 3
    assert list(again.failed) == [2]
    assert seen == [(4, 4)]
    encoder.revision = "2"
    embed_images(encoder, paths, store=store)
    assert encoder.n_seen == 5


def test_a_file_that_changed_is_read_anew(folder, tmp_path):
    store, encoder = EmbeddingStore(tmp_path / "store"), ColourEncoder()
    embed_images(encoder, [folder / "a.png"], store=store)
    coloured(99).save(folder / "a.png")
    assert embed_images(encoder, [folder / "a.png"], store=store).vectors.tolist() == [[99, 0]]


def test_remarks_are_kept_with_the_embedding(folder, tmp_path):
    store, path = EmbeddingStore(tmp_path / "store"), folder / "turning.gif"
    coloured(40).save(path, save_all=True, append_images=[coloured(50)])
    notes = ("The picture is animated; its first frame was taken.",)
    for encoder in (ColourEncoder(), ColourEncoder()):
        embedded = embed_images(encoder, [folder / "a.png", path], store=store)
        assert embedded.notes == ((), notes)
    assert encoder.calls == []


def test_files_bytes_and_pictures_in_memory_are_taken(folder):
    encoder = ColourEncoder()
    content = (folder / "a.png").read_bytes()
    sources = [str(folder / "a.png"), content, coloured(70), coloured(70), Image.new("L", (2, 2), 80)]
    embedded = embed_images(encoder, sources)
    assert embedded.vectors[:, 0].tolist() == [10, 10, 70, 70, 80]
    assert encoder.n_seen == 3  # the file and its bytes are one


def test_an_encoder_with_a_base_shares_its_embeddings(folder, tmp_path):
    store, base = EmbeddingStore(tmp_path / "store"), ColourEncoder()
    paths = [folder / "b.png", folder / "broken.png", folder / "a.png"]
    embedded = embed_images(Doubled(base), paths, store=store)
    assert embedded.vectors[embedded.ok].tolist() == [[40, 0, 20], [20, 0, 10]]
    assert np.isnan(embedded.vectors[1]).all()
    assert embed_images(base, paths, store=store).vectors[2].tolist() == [10, 0]
    assert base.n_seen == 2


def test_pictures_held_at_once_are_bounded(monkeypatch):
    monkeypatch.setattr(image_embedding, "_BATCH_PIXELS", 100)
    encoder = ColourEncoder()
    sizes = [(5, 5), (5, 5), (10, 10), (30, 30), (5, 6), (5, 5), (5, 5)]
    embed_images(encoder, [coloured(number, size=size) for number, size in enumerate(sizes)], batch=6)
    for call in encoder.calls:
        assert len(call) == 1 or sum(width * height for width, height in call) <= 100
    assert [size for call in encoder.calls for size in call] == sizes
    assert [len(call) for call in encoder.calls] == [2, 1, 1, 2, 1]


def test_batches_report_their_progress(folder):
    seen = []
    pictures = [coloured(number) for number in (1, 2, 3, 2, 4, 5)]
    embedded = embed_images(ColourEncoder(), pictures, batch=2, progress=lambda *now: seen.append(now))
    assert seen == [(2, 5), (4, 5), (5, 5)]
    assert embedded.vectors[:, 0].tolist() == [1, 2, 3, 2, 4, 5]


@given(st.lists(st.integers(0, 8), min_size=1, max_size=12), st.integers(1, 5))
def test_any_order_and_duplicates_come_back_in_place(reds, batch):
    encoder = ColourEncoder()
    broken = {0}
    sources = [b"broken" if red in broken else coloured(red) for red in reds]
    embedded = embed_images(encoder, sources, batch=batch)
    assert [position for position, red in enumerate(reds) if red in broken] == list(embedded.failed)
    assert embedded.vectors[embedded.ok, 0].tolist() == [red for red in reds if red not in broken]
    assert encoder.n_seen == len(set(reds) - broken)


def test_a_store_that_fails_stops_nothing(folder, tmp_path):
    (tmp_path / "file").write_text("in the way")
    store = EmbeddingStore(tmp_path / "file")
    assert embed_images(ColourEncoder(), [folder / "a.png"], store=store).vectors.tolist() == [[10, 0]]
    assert store.problem


def test_refusals(folder):
    for pictures, message in (
        ([], "at least one picture, got none"),
        (folder / "a.png", "a list of pictures, got one"),
        (coloured(1), "a list of pictures, got one"),
    ):
        with pytest.raises(PPPError, match=message):
            embed_images(ColourEncoder(), pictures)
    with pytest.raises(PPPError, match="batches of at least one picture, got 0"):
        embed_images(ColourEncoder(), [coloured(1)], batch=0)


def test_what_is_no_picture_at_all_is_reported():
    embedded = embed_images(ColourEncoder(), [coloured(5), 3])
    assert embedded.failed == {1: "A picture is a file, bytes or a picture in memory, got int."}
    assert read_picture(coloured(5)).sha256
