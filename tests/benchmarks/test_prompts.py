"""The captions made on the spot."""

import csv
import statistics

import pytest

from benchmarks.prompts import captions, write_prompts


def test_same_seed_same_captions_and_a_longer_list_begins_with_the_shorter_one():
    assert captions(50, seed=1) == captions(80, seed=1)[:50]
    assert captions(50, seed=1) != captions(50, seed=2)


def test_captions_are_all_different():
    drawn = captions(5_000)
    assert len(set(drawn)) == 5_000


def test_lengths_are_those_of_coco():
    lengths = sorted(len(caption.split()) for caption in captions(5_000))
    assert lengths[0] == 8
    assert statistics.median(lengths) == 10
    assert 15 <= lengths[int(0.95 * len(lengths))] <= 17


@pytest.mark.real_data
def test_lengths_are_within_a_tenth_of_the_real_ones(data_folder):
    with (data_folder / "pqpp" / "train.csv").open(encoding="utf-8", newline="") as stream:
        real = [len(row["best_caption"].split()) for row in csv.DictReader(stream)]
    made = [len(caption.split()) for caption in captions(len(real))]
    assert statistics.mean(made) == pytest.approx(statistics.mean(real), rel=0.1)
    assert statistics.pstdev(made) == pytest.approx(statistics.pstdev(real), rel=0.35)


def test_file_holds_the_prompts(tmp_path):
    path = write_prompts(tmp_path / "a.csv", ["a cat", 'with "quotes", and commas'])
    with path.open(encoding="utf-8", newline="") as stream:
        assert [row["prompt"] for row in csv.DictReader(stream)] == ["a cat", 'with "quotes", and commas']
