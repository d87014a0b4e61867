"""The board: what is written is read again, and what others published stands apart from what we measured."""

import json
import math

import pytest

from ppp_core.errors import PPPError
from ppp_core.evaluation.benchmark.board import (
    ROW_COLUMNS,
    TABLES,
    Board,
    Figure,
    Row,
    load_board,
    load_published,
    save_board,
)

FULL = Row(
    "a/x", "length", "", "validation", "measured", "PPP 0", "people", n=80, n_train=200, n_seeds=2, n_tried=3,
    figures={"pearson": Figure(0.5, 0.4, 0.6, 0.01, True, 1.0, "a"), "kendall": Figure(0.3)},
)  # fmt: skip


def test_what_is_saved_is_loaded(tmp_path):
    unknown = dict.fromkeys(TABLES["transfer"], None)
    names = {"trained_on": "a/x", "target": "a/y", "predictor": "length", "encoder": "", "part": "validation"}
    record = {**unknown, **names, "pearson": 0.25}
    board = Board((FULL,), {FULL.key: {"x_edges": [0.0, 1.0], "counts": [[3]]}}, {"transfer": [record]},
                  "2026-01-01", "ppp benchmark", {"ppp": "0"}, "note")  # fmt: skip
    path = tmp_path / "board.json"
    save_board(board, path)
    again = load_board(path)
    assert again.as_dict() == board.as_dict()
    assert again.rows[0].figures["pearson"] == FULL.figures["pearson"]
    assert math.isnan(again.rows[0].figures["kendall"].low)
    assert again.rows[0].figures["kendall"].tied is None
    assert "NaN" not in path.read_text()
    assert "null" not in path.read_text()
    save_board(again, path)
    assert load_board(path).as_dict() == board.as_dict()


def test_frame_has_the_columns_of_a_row_with_nulls_where_unknown():
    frame = Board((FULL,)).frame()
    assert tuple(frame) == ROW_COLUMNS
    row = frame.iloc[0]
    assert (row["dataset"], row["n"], row["pearson"], row["pearson_group"]) == ("a", 80, 0.5, "a")
    assert bool(row["pearson_tied"]) is True
    assert frame["kendall_tied"].isna().all()
    assert frame["spearman"].isna().all()
    assert tuple(Board().frame()) == ROW_COLUMNS


def test_keys_are_found_again_where_they_were_left_out(tmp_path):
    record = {"target": "a/x", "predictor": "length", "part": "out of fold", "language": "de", "pearson": 0.5}
    save_board(Board().with_table("languages", [record]), tmp_path / "board.json")
    (row,) = load_board(tmp_path / "board.json").table("languages").to_dict("records")
    assert (row["key"], row["encoder"], row["pearson"]) == ("a/x length - out-of-fold", "", 0.5)
    assert '"key"' not in (tmp_path / "board.json").read_text()


@pytest.mark.parametrize("name", TABLES)
def test_an_absent_table_is_empty_with_its_columns(name):
    frame = Board().table(name)
    assert tuple(frame) == TABLES[name]
    assert frame.empty


def test_unknown_table_is_answered_with_the_near_one():
    with pytest.raises(PPPError, match=r"Unknown table 'curve'\. Did you mean 'curves'"):
        Board().table("curve")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", r"board.json is damaged: it is no JSON"),
        ("[]", r"should be a board of format 1, got format None"),
        ('{"format": 7}', r"should be a board of format 1, got format 7"),
        ('{"format": 1}', r"board.json is damaged: 'rows'"),
        ('{"format": 1, "rows": [{"target": "a/x"}]}', r"A row of a board lacks something"),
    ],
)
def test_damage_is_one_line(tmp_path, text, told):
    path = tmp_path / "board.json"
    path.write_text(text)
    with pytest.raises(PPPError, match=told) as caught:
        load_board(path)
    assert "\n" not in str(caught.value)


def test_a_missing_board_says_what_makes_one(tmp_path):
    with pytest.raises(PPPError, match=r"Cannot read the board .*Make it with: ppp benchmark --out DIR"):
        load_board(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("source", "measure", "Unknown source 'measure'. Did you mean 'measured'"),
        ("judged_by", "crowd", "Unknown judged by 'crowd'"),
        ("part", "training", "Unknown part 'training'"),
        ("needs", "image", "Unknown needs 'image'. Did you mean 'images'"),
    ],
)
def test_words_of_a_row_are_checked(field, value, told):
    with pytest.raises(PPPError, match=told):
        Row.from_dict({**FULL.as_dict(), field: value})


class TestPublished:
    def test_rows_are_others_and_about_people(self):
        board = load_published()
        assert {row.source for row in board.rows} == {"published", "author's re-run"}
        assert {row.judged_by for row in board.rows} == {"people", "retrieval"}
        assert all(row.figures and row.by and row.part == "test" for row in board.rows)
        assert all(math.isnan(one.low) for row in board.rows for one in row.figures.values())
        assert len({(row.key, row.source) for row in board.rows}) == len(board.rows)

    @pytest.mark.parametrize(
        ("key", "pearson", "kendall"),
        [
            ("pqpp/hbpp-glide fine-tuned BERT bert-base-cased test", 0.566, 0.406),
            ("pqpp/rr-blip2 correlation CNN - test", 0.206, 0.158),
            ("pqpp/hbpp-average number of words - test", -0.137, -0.113),
            ("pqpp/rr-blip2 fine-tuned mBERT mBERT test", 0.206, None),
        ],
    )
    def test_some_figures(self, key, pearson, kendall):
        (row,) = (row for row in load_published().rows if row.key == key)
        assert row.figures["pearson"].value == pearson
        assert ("kendall" in row.figures) == (kendall is not None)
        if kendall is not None:
            assert row.figures["kendall"].value == kendall

    def test_scores_made_by_models_are_ranges_only(self):
        board = load_published()
        assert not [row for row in board.rows if row.judged_by == "models"]
        ranges = board.table("ranges")
        models = ranges[ranges["judged_by"] == "models"]
        assert set(models["dataset"]) == {"DALL-E 2", "Midjourney", "Stable Diffusion", "all three"}
        assert (models["low"] < models["high"]).all()
        assert models["note"].str.contains("not comparable").all()

    def test_the_file_is_what_would_be_saved(self, tmp_path):
        from ppp_core.evaluation.benchmark.board import PUBLISHED

        save_board(load_published(), tmp_path / "again.json")
        assert json.loads((tmp_path / "again.json").read_text()) == json.loads(PUBLISHED.read_text())
