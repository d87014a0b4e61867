"""Runs with known predictions add up to a board that scipy agrees with."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from ppp_core.errors import PPPError
from ppp_core.evaluation.benchmark.building import build_board
from ppp_core.evaluation.benchmark.lineups import gather, lineups
from ppp_core.evaluation.benchmark.tables import curves_table, relations_table, transfer_table
from ppp_core.evaluation.correlation import correlate

QUICK = {"resamples": 300, "side_resamples": 100}


@pytest.fixture(scope="module")
def runs(make_run):
    good = [make_run(predictor="linear-probe", encoder="tfidf", seed=seed, noise=0.2) for seed in range(3)]
    return [*good, make_run(predictor="length", noise=3.0), make_run(predictor="linguistic", noise=0.2)]


@pytest.fixture(scope="module")
def board(runs):
    return build_board(runs, **QUICK)


class TestRows:
    def test_a_row_is_the_mean_of_its_seeds(self, runs, board):
        row = board.rows[[row.predictor for row in board.rows].index("linear-probe")]
        assert (row.n, row.n_train, row.n_seeds, row.n_tried) == (80, 200, 3, 3)
        by_scipy = {
            "pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau,
        }  # fmt: skip
        for name, coefficient in by_scipy.items():
            values = [coefficient(run.predicted, run.observed).statistic for run in runs[:3]]
            figure = row.figures[name]
            assert figure.value == pytest.approx(np.mean(values))
            assert figure.sd_seeds == pytest.approx(np.std(values, ddof=1))
            assert figure.low < figure.value < figure.high

    def test_one_seed_has_the_interval_of_correlate(self, runs, board):
        row = board.rows[[row.predictor for row in board.rows].index("length")]
        alone = correlate(runs[3].predicted, runs[3].observed, resamples=300)
        for name in ("pearson", "spearman", "kendall"):
            expected, figure = getattr(alone, name), row.figures[name]
            np.testing.assert_allclose(
                (figure.value, figure.low, figure.high), (expected.value, expected.low, expected.high)
            )
            assert np.isnan(figure.sd_seeds)

    def test_the_best_come_first_and_ties_are_told(self, board):
        values = [row.figures["pearson"].value for row in board.rows]
        assert values == sorted(values, reverse=True)
        assert [row.figures["pearson"].tied for row in board.rows] == [True, True, False]
        assert board.rows[0].figures["pearson"].group == board.rows[1].figures["pearson"].group == "a"
        assert board.rows[2].figures["pearson"].p < 0.01
        assert {row.source for row in board.rows} == {"measured"}

    def test_a_constant_prediction_is_a_row_without_figures(self, make_run):
        constant = make_run()
        constant.predicted[:] = 1.0
        worst = build_board([constant, make_run(predictor="linguistic")], **QUICK).rows[-1]
        assert (worst.predictor, worst.figures) == ("length", {})
        assert "one value for all prompts" in worst.note

    def test_density_counts_every_prompt_once(self, runs, board):
        density = board.density["a/x length - validation"]
        counts = np.array(density["counts"])
        assert counts.shape == (24, 24)
        assert counts.sum() == 80
        by_x = np.histogram(runs[3].predicted, bins=24)[0]
        assert counts.sum(axis=1).tolist() == by_x.tolist()
        assert len(density["x_edges"]) == len(density["y_edges"]) == 25

    def test_the_board_holds_no_prompt(self, runs, board):
        text = str(board.as_dict())
        assert not any(prompt in text for prompt in runs[0].prompts)


def test_runs_on_other_prompts_share_those_that_all_have(make_run):
    whole, fewer = make_run(n=80), make_run(predictor="linguistic", ids=range(5, 80))
    (line,) = gather([whole, fewer])
    assert len(line) == 75
    np.testing.assert_array_equal(line.predicted[0][0], whole.predicted[5:])
    np.testing.assert_array_equal(line.predicted[1][0], fewer.predicted)
    shuffled = make_run(predictor="linguistic", ids=np.random.default_rng(0).permutation(80))
    (line,) = gather([whole, shuffled])
    where = [line.prompt_ids.index(one) for one in shuffled.prompt_ids]
    np.testing.assert_array_equal(line.predicted[1][0][where], shuffled.predicted)
    with pytest.raises(PPPError, match=r"runs of a/x \(validation\) were judged by different prompts: 10"):
        gather([whole, make_run(predictor="linguistic", ids=range(70, 150))])


def test_left_out_rows_are_those_a_reader_would_look_for(make_run):
    people = {"judged_by": "people"}
    runs = [
        make_run("a/x", part="out of fold"),
        make_run("b/x", part="validation"),
        make_run("c/p10", part="validation", judged_by="retrieval"),
        make_run("a/x", part="left out", trained_on="b/x", **people),
        make_run("a/x", part="left out", trained_on="c/p10", **people),
        make_run("b/x", part="left out", trained_on="a/x", **people),
        make_run("b/x", part="left out", trained_on="ppp/alignment", **people),
        make_run("a/x", part="out of fold", trained_on="a/y", **people),
        make_run("b/x", part="validation", n_train=50),
    ]
    found = {(line.target, line.part, one.trained_on) for line in lineups(runs) for one in line.entrants}
    assert found == {
        ("a/x", "out of fold", ""),
        ("b/x", "validation", ""),
        ("c/p10", "validation", ""),
        ("a/x", "left out", "b/x"),
        ("b/x", "left out", "ppp/alignment"),
    }


def test_transfer_tells_each_pair_and_the_diagonal(make_run):
    runs = [
        make_run("a/x"), make_run("a/y", noise=0.5), make_run("a/y", trained_on="a/x", noise=2.0),
        make_run("a/z"), make_run("a/x", n_train=50, noise=9.0),
    ]  # fmt: skip
    records = {(one["trained_on"], one["target"]): one for one in transfer_table(runs, resamples=100)}
    assert set(records) == {("a/x", "a/x"), ("a/y", "a/y"), ("a/x", "a/y")}
    expected = stats.pearsonr(runs[2].predicted, runs[2].observed).statistic
    assert records["a/x", "a/y"]["pearson"] == pytest.approx(expected)
    assert records["a/x", "a/y"]["n"] == 80


def test_curves_average_draws_and_end_with_all_prompts(make_run):
    cut = [make_run(n_train=50, draw=draw, noise=2.0) for draw in range(3)]
    records = curves_table([*cut, make_run(), make_run(predictor="linguistic")], resamples=100)
    assert [(one["n_train"], one["n_draws"], one["n_seeds"]) for one in records] == [(50, 3, 1), (200, 1, 1)]
    values = [stats.spearmanr(run.predicted, run.observed).statistic for run in cut]
    assert records[0]["spearman"] == pytest.approx(np.mean(values))


def test_relations_of_predictions_take_the_same_predictor_and_prompts(make_run):
    runs = [make_run("a/x"), make_run("a/y", ids=range(10, 70), noise=0.3), make_run("b/x")]
    records = relations_table(lineups(runs), {}, resamples=100)
    (one,) = records
    assert (one["x"], one["y"], one["kind"], one["n"], one["predictor"]) == (
        "a/x", "a/y", "predicted", 60, "length",
    )  # fmt: skip
    expected = stats.pearsonr(runs[0].predicted[10:70], runs[1].predicted).statistic
    assert one["pearson"] == pytest.approx(expected)


@pytest.mark.real_data
def test_relations_ceilings_metrics_and_groups_on_real_data(data_folder, make_run):
    from ppp_core.datasets import load_dataset, observed
    from ppp_core.evaluation.benchmark.ceilings import ceilings_table
    from ppp_core.evaluation.benchmark.metrics import metrics_table
    from ppp_core.evaluation.benchmark.subsets import groups_of

    tifa = load_dataset("tifa160", folder=data_folder)
    people = observed(tifa, "tifa160/alignment")
    clip = observed(tifa, "tifa160/clipscore-vitb32")["observed"]
    run = make_run("tifa160/alignment", "linear-probe", "tfidf", part="out of fold", n=160)
    texts = {"prompt_ids": people["prompt_id"].tolist(), "prompts": people["prompt"].tolist()}
    own = replace(run, **texts, observed=people["observed"].to_numpy())
    key = make_run("tifa160/alignment", part="left out", trained_on="b/x").key
    left = replace(own, key=key, predicted=clip.to_numpy())
    lines = gather([own, left])
    records = metrics_table(lines, {"tifa160": tifa}, resamples=100)
    by = {(one["metric"], one["level"]): one for one in records}
    assert by["CLIPScore (ViT-B/32)", "prompt"]["spearman"] == pytest.approx(0.222, abs=0.001)
    assert by["TIFA with mPLUG-large", "prompt"]["spearman"] == pytest.approx(0.681, abs=0.001)
    assert by["TIFA with mPLUG-large", "image"]["spearman"] == pytest.approx(0.592, abs=0.001)
    assert (by["length", "prompt"]["kind"], by["length", "prompt"]["trained_on"]) == ("text only", "b/x")
    assert by["length", "prompt"]["spearman"] == pytest.approx(0.222, abs=0.001)
    assert by["length", "prompt"]["n"] == 160
    found = ceilings_table(["tifa160/alignment"], {"tifa160": tifa}, resamples=100)
    assert {one["unit"] for one in found} == {"raters", "generators"}
    assert all(0.5 < one["ceiling"] <= 1 for one in found)
    groups = groups_of(lines[0], tifa)
    assert {kind for kind, _ in groups} == {"length", "modifiers", "source", "agreement"}
    assert sum(len(rows) for (kind, _), rows in groups.items() if kind == "source") == 160
    assert build_board([own, left], {"tifa160": tifa}, **QUICK).tables["metrics"]
