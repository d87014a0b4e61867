"""Our picture path beside the plain loop of its library, on a handful of pictures."""

from pathlib import Path

from benchmarks import image_throughput
from benchmarks.setting import Setting


def test_both_give_the_same_vectors_and_a_ratio_each(tmp_path):
    section = image_throughput.measure(Setting(tmp_path), pictures=3, slices=2)
    assert len(section.rows) == 2
    assert "2 different lists of 3" in section.rows[0].what
    told = section.notes[0].rpartition("was ")[2].removesuffix(".")
    assert 0 < float(told) < 1e-3


def test_written_pictures_differ_and_come_again(tmp_path):
    first = image_throughput.write_pictures(tmp_path / "a", 3, seed=1)
    again = image_throughput.write_pictures(tmp_path / "b", 3, seed=1)
    read = [Path(path).read_bytes() for path in first]
    assert len(set(read)) == 3
    assert read == [Path(path).read_bytes() for path in again]
