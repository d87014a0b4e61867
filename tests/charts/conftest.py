"""A small board that a reader can do in the head."""

import pandas as pd
import pytest

MEASURES = ("pearson", "spearman", "kendall")


def board_row(target, method, value, **other):
    """One row: 80 prompts, an interval of ±.1, tied with the best unless told."""
    row = {
        "target": target,
        "dataset": target.partition("/")[0],
        "judged_by": "people",
        "predictor": method.partition(" · ")[0],
        "encoder": method.partition(" · ")[2],
        "trained_on": "",
        "needs": "prompt",
        "level": "prompt",
        "method": method,
        "source": "measured",
        "part": "validation",
        "by": "PPP",
        "n": 80,
        "n_seeds": 5,
        "note": "",
    }
    for measure in MEASURES:
        row |= {
            measure: value,
            f"{measure}_low": value - 0.1,
            f"{measure}_high": value + 0.1,
            f"{measure}_sd_seeds": 0.01,
            f"{measure}_tied": True,
            f"{measure}_p": 0.5,
        }
    return row | other


def others_row(target, method, value, **other):
    """A published row: no interval, no test."""
    unknown = {f"{m}_{end}": None for m in MEASURES for end in ("low", "high", "sd_seeds", "tied", "p")}
    published = {"source": "published", "part": "test", "by": "Someone 2025", "n": 200, "n_seeds": None}
    return board_row(target, method, value, **published, **unknown, **other)


@pytest.fixture
def make_row():
    return board_row


@pytest.fixture
def make_other():
    return others_row


@pytest.fixture
def board():
    """Two targets of people, one of retrieval, one of models; two methods of ours, one of others."""
    rows = [
        board_row("a/look", "length", 0.1, pearson_tied=False),
        board_row("a/look", "probe · words", 0.5),
        board_row("a/find", "length", -0.1, judged_by="retrieval"),
        board_row("a/find", "probe · words", 0.3, judged_by="retrieval"),
        board_row("b/match", "probe · words", 0.4, part="out of fold"),
        board_row("c/made", "probe · words", 0.8, judged_by="models"),
        others_row("a/look", "BERT", 0.45),
        others_row("a/look", "CLIP, sees the images", 0.6, needs="images"),
        others_row("a/find", "mBERT", 0.2, judged_by="retrieval") | {"source": "author's re-run"},
    ]
    return pd.DataFrame(rows)
