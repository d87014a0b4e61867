"""Embeddings found again by key, whatever happens to the process or the disk."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppp_core.errors import PPPError
from ppp_core.store import EmbeddingStore, EncoderKey

KEY = EncoderKey("tiny", "revision-1", "last", (3,))


def numbered(numbers, shape=(3,)):
    """Texts, vectors full of their number, and token counts equal to it."""
    numbers = np.asarray(numbers)
    vectors = np.zeros((len(numbers), *shape), np.float32) + numbers.reshape(-1, *[1] * len(shape))
    return [f"prompt {number}" for number in numbers], vectors, numbers, numbers * 10


def test_what_is_put_is_found_in_the_order_asked_for(tmp_path):
    texts, vectors, tokens, truncated = numbered([1, 2, 3])
    assert EmbeddingStore(tmp_path).put(KEY, texts, vectors, tokens, truncated) == 3
    known = EmbeddingStore(tmp_path).get(KEY, ["prompt 3", "absent", "prompt 1", "prompt 3"])
    assert known.found.tolist() == [True, False, True, True]
    assert known.vectors.tolist() == [[3.0] * 3, [1.0] * 3, [3.0] * 3]
    assert known.tokens.tolist() == [3, 1, 3]
    assert known.truncated.tolist() == [30, 10, 30]
    assert known.vectors.dtype == np.float32


def test_more_texts_than_one_question_holds(tmp_path):
    store = EmbeddingStore(tmp_path)
    texts, vectors, tokens, truncated = numbered(range(1203), (2, 3))
    key = replace(KEY, layers="all", shape=(2, 3))
    store.put(key, texts, vectors, tokens, truncated)
    known = store.get(key, texts)
    assert known.found.all()
    assert np.array_equal(known.vectors, vectors)
    assert np.array_equal(known.tokens, tokens)


@pytest.mark.parametrize(
    "other",
    [
        replace(KEY, name="other"),
        replace(KEY, revision="revision-2"),
        replace(KEY, layers="all"),
        replace(KEY, shape=(1, 3)),
    ],
)
def test_two_encoders_do_not_mix(tmp_path, other):
    store = EmbeddingStore(tmp_path)
    store.put(KEY, *numbered([1]))
    assert not store.get(other, ["prompt 1"]).found.any()
    store.put(other, *numbered([1], other.shape))
    assert store.get(KEY, ["prompt 1"]).vectors.shape == (1, 3)


def test_a_second_put_replaces(tmp_path):
    store = EmbeddingStore(tmp_path)
    store.put(KEY, *numbered([1]))
    store.put(KEY, ["prompt 1"], np.full((1, 3), 7, np.float32), np.array([5]), np.array([0]))
    known = store.get(KEY, ["prompt 1"])
    assert (known.vectors.tolist(), known.tokens.tolist()) == ([[7.0, 7.0, 7.0]], [5])


@given(st.lists(st.text(st.characters(codec=None)), min_size=1, max_size=8, unique=True))
def test_any_text_is_a_key(texts):
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddingStore(folder)
        vectors = np.arange(len(texts) * 3, dtype=np.float32).reshape(-1, 3)
        counts = np.arange(len(texts))
        store.put(KEY, texts, vectors, counts, counts)
        assert np.array_equal(store.get(KEY, texts).vectors, vectors)


def test_shapes_that_do_not_fit_are_refused(tmp_path):
    store = EmbeddingStore(tmp_path)
    _, vectors, tokens, truncated = numbered([1, 2])
    with pytest.raises(PPPError, match=r"vectors of shape \(1, 3\) for tiny, got \(2, 3\)"):
        store.put(KEY, ["a"], vectors, tokens, truncated)
    with pytest.raises(PPPError, match=r"got 1 and 2 for 2 texts"):
        store.put(KEY, ["a", "b"], vectors, tokens[:1], truncated)
    assert not store.path.exists()


def test_an_empty_store_finds_nothing_and_writes_nothing(tmp_path):
    folder = tmp_path / "absent"
    known = EmbeddingStore(folder).get(KEY, ["a", "b"])
    assert (known.found.tolist(), known.vectors.shape) == ([False, False], (0, 3))
    assert not folder.exists()


def test_a_public_demo_reads_and_does_not_write(tmp_path, monkeypatch):
    EmbeddingStore(tmp_path).put(KEY, *numbered([1]))
    monkeypatch.setenv("PPP_PUBLIC", "1")
    store = EmbeddingStore(tmp_path)
    assert store.put(KEY, *numbered([2])) == 0
    assert store.get(KEY, ["prompt 1", "prompt 2"]).found.tolist() == [True, False]
    assert store.problem is None


def test_a_public_demo_leaves_a_damaged_file_where_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    store = EmbeddingStore(tmp_path)
    store.path.write_bytes(b"not a store at all" * 400)
    assert not store.get(KEY, ["prompt 1"]).found.any()
    assert "not kept" in store.problem
    assert [path.name for path in tmp_path.iterdir()] == [store.path.name]


WRITER = """
import sys
import numpy as np
from ppp_core.store import EmbeddingStore, EncoderKey
folder, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
store = EmbeddingStore(folder)
key = EncoderKey("tiny", "revision-1", "last", (3,))
for start in range(first, last, 5):
    numbers = np.arange(start, start + 5)
    texts = [f"prompt {n}" for n in numbers]
    vectors = np.zeros((5, 3), np.float32) + numbers[:, None]
    written = store.put(key, texts, vectors, numbers, numbers * 10)
    print(written, store.problem or "", flush=True)
"""


def start_writer(folder, first, last):
    command = [sys.executable, "-c", WRITER, str(folder), str(first), str(last)]
    root = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "PYTHONPATH": root}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def test_two_processes_write_at_once(tmp_path):
    writers = [start_writer(tmp_path, 0, 300), start_writer(tmp_path, 200, 500)]
    reports = [writer.communicate(timeout=120)[0].split("\n")[:-1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0]
    assert set(reports[0] + reports[1]) == {"5 "}
    texts, vectors, tokens, _ = numbered(range(500))
    known = EmbeddingStore(tmp_path).get(KEY, texts)
    assert known.found.all()
    assert np.array_equal(known.vectors, vectors)
    assert np.array_equal(known.tokens, tokens)


def test_a_killed_writer_leaves_whole_writes(tmp_path):
    writer = start_writer(tmp_path, 0, 10_000_000)
    for _ in range(20):
        assert writer.stdout.readline() == "5 \n"
    writer.send_signal(signal.SIGKILL)
    writer.communicate(timeout=60)
    texts, vectors, _, _ = numbered(range(100))
    store = EmbeddingStore(tmp_path)
    known = store.get(KEY, texts)
    assert known.found.all()
    assert np.array_equal(known.vectors, vectors)
    later = store.get(KEY, [f"prompt {n}" for n in range(20_000)]).found
    assert later.sum() % 5 == 0  # a write of five is there or is not
    assert store.put(KEY, *numbered([7])) == 1
    assert store.problem is None


@pytest.mark.parametrize("content", [b"not a store at all" * 400, b"SQLite format 3\0" + b"\xff" * 8176])
def test_a_damaged_file_is_set_aside_and_begun_anew(tmp_path, content):
    store = EmbeddingStore(tmp_path)
    store.path.write_bytes(content)
    (tmp_path / "other.txt").write_text("kept")
    assert not store.get(KEY, ["prompt 1"]).found.any()
    assert "were damaged; set aside as embeddings-v1.damaged" in store.problem
    assert store.put(KEY, *numbered([1])) == 1
    assert EmbeddingStore(tmp_path).get(KEY, ["prompt 1"]).found.all()
    assert (tmp_path / "embeddings-v1.damaged").read_bytes() == content
    assert (tmp_path / "other.txt").read_text() == "kept"


def test_writing_to_a_damaged_file_begins_anew(tmp_path):
    store = EmbeddingStore(tmp_path)
    store.path.write_bytes(b"x" * 5000)
    assert store.put(KEY, *numbered([1])) == 1
    assert store.get(KEY, ["prompt 1"]).found.all()


def test_a_file_cut_short_is_begun_anew(tmp_path):
    store = EmbeddingStore(tmp_path)
    store.put(KEY, *numbered(range(400)))
    with store.path.open("rb+") as file:
        file.truncate(store.path.stat().st_size // 2)
    store.get(KEY, [f"prompt {n}" for n in range(400)])
    assert store.put(KEY, *numbered(range(400))) == 400
    assert EmbeddingStore(tmp_path).get(KEY, [f"prompt {n}" for n in range(400)]).found.all()


def test_a_vector_that_rotted_is_not_found_and_its_neighbours_are(tmp_path):
    store = EmbeddingStore(tmp_path)
    store.put(KEY, *numbered([1, 2]))
    connection = sqlite3.connect(store.path)
    connection.execute("UPDATE embedding SET vector = zeroblob(12) WHERE tokens = 1")
    connection.commit()
    connection.close()
    assert store.get(KEY, ["prompt 1", "prompt 2"]).found.tolist() == [False, True]


@contextmanager
def unprivileged():
    """The rights of a user who owns nothing: root would be stopped by no permission."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder():
    """A folder that any user can reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        folder = Path(name) / "store"
        folder.mkdir()
        yield folder
        folder.chmod(0o755)


def test_a_folder_that_cannot_be_written_is_read_and_says_so(open_folder):
    EmbeddingStore(open_folder).put(KEY, *numbered([1]))
    for path in open_folder.iterdir():
        path.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    open_folder.chmod(0o555)
    with unprivileged():
        store = EmbeddingStore(open_folder)
        assert store.get(KEY, ["prompt 1"]).vectors.tolist() == [[1.0, 1.0, 1.0]]
        assert store.put(KEY, *numbered([2])) == 0
    assert store.problem.startswith(f"Embeddings are not kept in {open_folder}")


def test_a_folder_that_cannot_be_made_stops_nothing(tmp_path):
    (tmp_path / "file").write_text("in the way")
    store = EmbeddingStore(tmp_path / "file" / "store")
    assert store.put(KEY, *numbered([1])) == 0
    assert not store.get(KEY, ["prompt 1"]).found.any()
    assert "Embeddings are not kept in" in store.problem
