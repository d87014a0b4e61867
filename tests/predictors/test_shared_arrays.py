"""Large arrays of several artefacts lie on disk once, whole, and are removed when nobody names them."""

import numpy as np
import pytest

from ppp_core.errors import PPPError
from ppp_core.predictors.shared_arrays import drop_unused, keep_shared, load_shared

LARGE = np.arange(20_000, dtype=np.float32)


def test_large_arrays_are_kept_once(tmp_path):
    left, first = keep_shared({"a": LARGE, "b": np.zeros(3)}, tmp_path)
    _, second = keep_shared({"c": LARGE.copy()}, tmp_path)
    assert list(left) == ["b"]
    assert first["a"] == second["c"]
    assert len(list((tmp_path / "shared").iterdir())) == 1
    loaded = load_shared({**first, **second}, tmp_path)
    assert loaded["a"] is loaded["c"]
    np.testing.assert_array_equal(loaded["a"], LARGE)


def test_what_is_shared_cannot_be_written_to(tmp_path):
    _, kept = keep_shared({"a": LARGE}, tmp_path)
    with pytest.raises(ValueError, match="read-only"):
        load_shared(kept, tmp_path)["a"][0] = 1


def test_a_missing_or_changed_file_is_told(tmp_path):
    _, kept = keep_shared({"a": LARGE}, tmp_path)
    (path,) = (tmp_path / "shared").iterdir()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(PPPError, match=r"safetensors is damaged: its checksum does not match"):
        load_shared(kept, tmp_path)
    path.unlink()
    with pytest.raises(PPPError, match="a part of several predictors: No such file"):
        load_shared(kept, tmp_path)


def test_files_that_no_card_names_are_removed(tmp_path):
    _, first = keep_shared({"a": LARGE}, tmp_path)
    keep_shared({"a": LARGE + 1}, tmp_path)
    drop_unused(tmp_path, [{"shared": first}, {}])
    assert [path.stem for path in (tmp_path / "shared").iterdir()] == [first["a"][:16]]
