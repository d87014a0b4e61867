"""Remarks beside embeddings: kept by text, absent from older files, never in the way."""

import sqlite3

import numpy as np

from ppp_core.store import EmbeddingStore, EncoderKey


def test_remarks_come_back_in_order_and_may_be_replaced(tmp_path):
    store = EmbeddingStore(tmp_path)
    assert store.get_remarks(["a"]) == [()]
    assert store.put_remarks({"a": ["One.", "Two."], "b": ["Three."]}) == 2
    assert store.put_remarks({"b": ["Four."]}) == 1
    assert store.get_remarks(["b", "x", "a", "b"]) == [("Four.",), (), ("One.", "Two."), ("Four.",)]
    many = {f"picture {number}": ["Turned."] for number in range(1200)}
    store.put_remarks(many)
    assert store.get_remarks(list(many)) == [("Turned.",)] * 1200


def test_a_file_from_before_there_were_remarks_is_read_and_completed(tmp_path):
    store, key = EmbeddingStore(tmp_path), EncoderKey("tiny", "1", "last", (2,))
    store.put(key, ["a"], np.ones((1, 2), np.float32), np.array([1]), np.array([0]))
    with sqlite3.connect(store.path) as connection:
        connection.execute("DROP TABLE remark")
    connection.close()
    assert store.get_remarks(["a"]) == [()]
    assert store.get(key, ["a"]).found.tolist() == [True]
    store.put_remarks({"a": ["One."]})
    assert store.get_remarks(["a"]) == [("One.",)]
    assert store.problem is None


def test_a_public_demo_keeps_no_remarks(tmp_path, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    store = EmbeddingStore(tmp_path / "store")
    assert store.put_remarks({"a": ["One."]}) == 0
    assert not (tmp_path / "store").exists()


def test_a_disk_that_fails_is_told_and_stops_nothing(tmp_path):
    (tmp_path / "file").write_text("in the way")
    store = EmbeddingStore(tmp_path / "file")
    assert store.put_remarks({"a": ["One."]}) == 0
    assert "are not kept in" in store.problem
