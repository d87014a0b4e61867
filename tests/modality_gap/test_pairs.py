"""Pairs: unit length, what hangs together, and files that may be anything."""

import io
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppp_core.errors import PPPError
from ppp_core.modality_gap import Pairs, make_pairs, read_npz
from ppp_core.modality_gap import pairs as module
from ppp_core.modality_gap.pairs import groups_of, unit


def archive(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file


def test_vectors_get_unit_length_and_equal_ones_one_name():
    pairs = make_pairs([[3, 4], [6, 8], [0, 2]], [[1, 0], [0, 1], [0, 5]])
    np.testing.assert_allclose(pairs.text, [[0.6, 0.8], [0.6, 0.8], [0, 1]])
    assert pairs.text.dtype == np.float32
    assert pairs.prompt_ids == ("text-0", "text-0", "text-1")
    assert pairs.image_ids == ("image-0", "image-1", "image-1")
    assert pairs.groups.tolist() == [0, 0, 0]  # a shared prompt, then a shared picture
    assert (pairs.of, pairs.dim, len(pairs)) == (3, 2, 3)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=20))
def test_groups_are_the_connected_parts(rows):
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    prompts, images = zip(*rows, strict=True)
    edges = (np.ones(len(rows)), (np.array(prompts), np.array(images) + 10))
    _, parts = connected_components(coo_array(edges, shape=(20, 20)), directed=False)
    found = groups_of([str(one) for one in prompts], [str(one) for one in images])
    wanted = parts[list(prompts)]
    assert (found[:, None] == found).tolist() == (wanted[:, None] == wanted).tolist()
    assert sorted(set(found.tolist())) == list(range(found.max() + 1))


def test_rows_keep_everything_together():
    frame = pd.DataFrame({"prompt_id": list("abc"), "image_id": list("xyz"), "score": [1.0, 2, 3]})
    pairs = make_pairs(np.eye(3), np.eye(3), prompt_ids="abc", image_ids="xyz", frame=frame)
    some = pairs.rows(np.array([False, True, True]), "one left out")
    assert (some.prompt_ids, some.image_ids) == (("b", "c"), ("y", "z"))
    assert some.frame["score"].tolist() == [2.0, 3.0]
    assert (some.of, some.notes) == (3, ("one left out",))
    assert some.text.tolist() == pairs.text[1:].tolist()


def test_pairs_that_were_learned_can_be_left_out():
    frame = pd.DataFrame({"prompt_id": list("abc"), "image_id": list("xyz"), "learned": [True, False, False]})
    pairs = make_pairs(np.eye(3), np.eye(3), frame=frame, encoder="small")
    assert pairs.held_out().frame["prompt_id"].tolist() == ["b", "c"]
    assert pairs.held_out().notes == ("1 of 3 pairs left out: small was trained on them.",)
    plain = make_pairs(np.eye(3), np.eye(3))
    assert plain.held_out() is plain
    with pytest.raises(PPPError, match="small was trained on every prompt of mine"):
        make_pairs(
            np.eye(3), np.eye(3), frame=frame.assign(learned=True), encoder="small", name="mine"
        ).held_out()


@pytest.mark.parametrize(
    ("text", "image", "told"),
    [
        (np.eye(3), np.eye(4), r"one shape, row by row, got \(3, 3\) and \(4, 4\)"),
        (np.ones(3), np.ones(3), r"text needs the shape \(pairs, dimensions\), got \(3,\)"),
        (np.ones((0, 3)), np.ones((0, 3)), r"got \(0, 3\)"),
        (np.eye(2), [[1, 0], [np.nan, 1]], r"image needs finite numbers, row 1 has others \(of 1 such\)"),
        ([[1, 0], [0, 0], [0, 0]], np.ones((3, 2)), r"rows that are not zero: row 1 is \(of 2 such\)"),
        (np.eye(2) * 1j, np.eye(2), "text needs to hold real numbers, got complex128"),
        ([["a"]], [["b"]], "text needs to hold real numbers, got <U1"),
    ],
)
def test_bad_vectors_are_refused(text, image, told):
    with pytest.raises(PPPError, match=told):
        make_pairs(text, image)


def test_names_must_fit():
    with pytest.raises(PPPError, match="got 2 prompts, 3 pictures and 3 rows for 3 pairs"):
        make_pairs(np.eye(3), np.eye(3), prompt_ids=["a", "b"])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int8])
def test_files_are_read_from_disk_and_from_memory(tmp_path, dtype):
    text, image = np.eye(3, 5, dtype=dtype), np.ones((3, 5), dtype)
    np.savez(tmp_path / "mine.npz", text=text, image=image)
    found = read_npz(tmp_path / "mine.npz")
    assert isinstance(found, Pairs)
    assert found.name == "mine"
    np.testing.assert_allclose(found.image, np.full((3, 5), 5**-0.5), rtol=1e-6)
    assert read_npz(archive(text=text, image=image), name="sent").text.tolist() == found.text.tolist()


def test_files_that_are_no_pairs_are_refused(tmp_path):
    with pytest.raises(PPPError, match=r"There is no file .*absent\.npz; a NumPy archive"):
        read_npz(tmp_path / "absent.npz")
    (tmp_path / "text.npz").write_text("text,image\n")
    with pytest.raises(PPPError, match=r"text\.npz cannot be read: File is not a zip file"):
        read_npz(tmp_path / "text.npz")
    with pytest.raises(PPPError, match=r"sent has no array image; .* Its arrays: text, other"):
        read_npz(archive(text=np.eye(2), other=np.eye(2)), name="sent")
    with pytest.raises(PPPError, match="sent cannot be read: it holds pickled objects, which are never read"):
        read_npz(archive(text=np.array([{}, {}], object), image=np.eye(2)), name="sent")
    with pytest.raises(PPPError, match=r"sent: Pairs need text and image of one shape"):
        read_npz(archive(text=np.eye(2), image=np.eye(3)), name="sent")


def test_what_unpacks_to_too_much_is_refused_before_it_is_read(monkeypatch):
    file = archive(text=np.zeros((1000, 100)), image=np.eye(2))
    monkeypatch.setattr(module, "LARGEST_BYTES", 10_000)
    monkeypatch.setattr(np, "load", None)
    with pytest.raises(PPPError, match=r"the array text unpacks to 0\.0 GB"):
        read_npz(file, name="sent")


@given(st.binary(max_size=200))
def test_any_bytes_give_one_error(content):
    with pytest.raises(PPPError):
        read_npz(io.BytesIO(content), name="sent")


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_damaged_file_is_read_or_refused(at, byte):
    content = bytearray(archive(text=np.eye(2), image=np.eye(2)).getvalue())
    content[at % len(content)] = byte
    try:
        assert len(read_npz(io.BytesIO(bytes(content)), name="sent")) == 2
    except PPPError:
        return


def test_a_member_that_is_no_array_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("text.npy", b"no array")
        made.writestr("image.npy", b"no array")
    with pytest.raises(PPPError, match=r"sent: text needs to hold real numbers, got \|S8"):
        read_npz(file, name="sent")


def test_lengths_far_apart_do_no_harm():
    assert np.isfinite(unit([[1e300, 1e-300], [1e-300, 0]])).all()
