"""Files are written whole, with the rights that any new file gets."""

import os
import stat

import pytest

from ppp_core.errors import PPPError
from ppp_core.store import write_atomically


@pytest.mark.skipif(os.name != "posix", reason="this system has no umask")
@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_new_file_has_the_rights_of_the_umask_which_is_never_touched(tmp_path, monkeypatch, mask):
    before = os.umask(mask)
    try:
        with monkeypatch.context() as patched:
            patched.setattr(os, "umask", lambda value: pytest.fail("the umask is the whole process's"))
            with write_atomically(tmp_path / "a.txt") as temporary:
                temporary.write_text("whole")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o666 & ~mask


def test_an_error_leaves_what_stood_there_and_nothing_else(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(AttributeError), write_atomically(tmp_path / "a.txt") as temporary:
        temporary.write_text("half").then_stop()
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.txt", "old")]


def test_a_place_below_a_file_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PPPError, match=r"Cannot write .*a\.txt: .*Nothing was written"):
        write_atomically(tmp_path / "file" / "a.txt").__enter__()
