"""Scores that came back: known effects found, sizes and coverage by simulation, bad files refused."""

import math
import re
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.regression.mixed_linear_model import MixedLM

from ppp_core.errors import PPPError
from ppp_core.spread.experiment import plan_experiment
from ppp_core.spread.experiment_analysis import analyse_experiment, mixed_mean
from ppp_core.spread.experiment_file import make_pairs, read_scores
from ppp_core.spread.pitman_morgan import pitman_morgan
from ppp_core.spread.power import mean_power, spread_power

RUNS = 120


@cache
def plan(n_prompts, seeds, modifiers, design):
    bases = [f"thing {i}" for i in range(n_prompts)]
    return plan_experiment(bases, modifiers, seeds=seeds, design=design).runs


def scored(
    n_prompts=12,
    seeds=4,
    *,
    effect=0.0,
    ratio=1.0,
    correlation=0.0,
    slope_sd=0.0,
    seed=0,
    modifiers=("oil",),
    design="each",
):
    """A plan with scores: prompts differ in level and in effect; only the modifier oil does anything."""
    rng = np.random.default_rng(seed)
    runs = plan(n_prompts, seeds, modifiers, design)
    prompt, pair = (pd.factorize(runs[name])[0] for name in ("base_prompt", "pair_id"))
    level, slope = rng.normal(0, 2, n_prompts), effect + slope_sd * rng.normal(size=n_prompts)
    shared = rng.normal(size=pair.max() + 1)[pair]
    own = correlation**0.5 * shared + (1 - correlation) ** 0.5 * rng.normal(size=len(runs))
    oil = runs["modifier"].str.contains("oil").to_numpy()
    return runs.assign(score=level[prompt] + oil * slope[prompt] + own * np.where(oil, ratio, 1.0))


def test_the_mean_is_the_mixed_model_of_the_scores():
    frame = scored(effect=0.5, slope_sd=0.8, correlation=0.5, seed=1)
    found = analyse_experiment(frame).effects.iloc[0]
    # the textbook's form: prompts differ in level and in effect, pairs in level
    ordered = frame.sort_values(["base_prompt", "pair_id", "arm"])
    there = (ordered["arm"] == "with").to_numpy(dtype=float)
    design = np.column_stack([np.ones(len(ordered)), there])
    model = MixedLM(
        ordered["score"].to_numpy(),
        design,
        groups=ordered["base_prompt"].to_numpy(),
        exog_re=design,
        exog_vc=_pair_columns(ordered),
    )
    fit = model.fit(reml=True)
    assert found["effect"] == pytest.approx(fit.fe_params[1], abs=1e-6)
    assert (found["high"] - found["low"]) / 2 == pytest.approx(
        stats.t.ppf(0.975, 11) * fit.bse_fe[1], rel=0.01
    )


def _pair_columns(frame):
    """One indicator a pair, as MixedLM takes variance components."""
    from statsmodels.regression.mixed_linear_model import VCSpec

    blocks = [pd.get_dummies(mine["pair_id"]) for _, mine in frame.groupby("base_prompt")]
    names = [list(block.columns) for block in blocks]
    return VCSpec(["pair"], [names], [[block.to_numpy(dtype=float) for block in blocks]])


def test_balanced_data_give_the_t_test_of_the_prompts():
    frame = scored(effect=0.5, slope_sd=1.0, seed=2)
    found = analyse_experiment(frame).effects.iloc[0]
    pairs = make_pairs(read_scores(frame)[0])
    means = (pairs["with"] - pairs["without"]).groupby(pairs["base_prompt"]).mean()
    expected = stats.ttest_1samp(means, 0).confidence_interval()
    assert (found["low"], found["high"]) == pytest.approx((expected.low, expected.high), abs=1e-4)


def test_the_spread_is_the_t_test_of_log_ratios_and_pitman_morgan():
    frame = scored(ratio=0.7, seed=3)
    result = analyse_experiment(frame)
    pairs = make_pairs(read_scores(frame)[0])
    logs = [
        0.5 * math.log(mine["with"].var() / mine["without"].var()) for _, mine in pairs.groupby("base_prompt")
    ]
    found = result.spread.iloc[0]
    assert found["log_ratio"] == pytest.approx(np.mean(logs))
    assert found["p"] == pytest.approx(stats.ttest_1samp(logs, 0).pvalue)
    assert found["percent"] == pytest.approx(100 * math.expm1(np.mean(logs)))
    base, mine = next(iter(pairs.groupby("base_prompt")))
    row = result.prompts.set_index("base_prompt").loc[base]
    assert row["p"] == pytest.approx(pitman_morgan(mine["without"].to_numpy(), mine["with"].to_numpy()).p)
    assert found["bootstrap_low"] < found["log_ratio"] < found["bootstrap_high"]


def repeated(runs, **options):
    """So many independent experiments in one file, each with a modifier of its own."""
    frames = []
    for i in range(runs):
        frame = scored(**options, seed=i)
        named = frame["modifier"].str.replace("oil", f"oil {i}")
        frames.append(frame.assign(modifier=named, pair_id=f"{i}-" + frame["pair_id"]))
    return analyse_experiment(pd.concat(frames, ignore_index=True), resamples=100)


@pytest.fixture(scope="module")
def simulated():
    """120 experiments without any effect, and 120 with one, of prompts that differ in their effect."""
    options = {"n_prompts": 8, "seeds": 4, "correlation": 0.3, "slope_sd": 0.3}
    return repeated(RUNS, **options), repeated(RUNS, **options, effect=0.6, ratio=0.7)


def test_sizes_are_nominal_by_simulation(simulated):
    null, _ = simulated
    reach = 3 * math.sqrt(0.05 * 0.95 / RUNS)  # three Monte-Carlo standard errors: .060
    assert abs((null.effects["p"] < 0.05).mean() - 0.05) < reach
    for column in ("p", "p_pitman_morgan", "p_spearman"):
        assert abs((null.spread[column] < 0.05).mean() - 0.05) < reach, column


def test_intervals_hold_the_truth_by_simulation(simulated):
    _, some = simulated
    reach = 3 * math.sqrt(0.05 * 0.95 / RUNS)
    for table, truth in ((some.effects, 0.6), (some.spread, math.log(0.7))):
        inside = ((table["low"] <= truth) & (truth <= table["high"])).mean()
        assert abs(inside - 0.95) < reach, truth


def test_the_power_that_was_told_is_what_is_found(simulated):
    _, some = simulated
    # images with the modifier vary less, so pairs differ by a little less than the formula has it
    effect = 0.6 / math.sqrt((1 + 0.7**2 - 2 * 0.3 * 0.7) / 1.4)
    expected = mean_power(8, 4, effect, correlation=0.3, slope_sd=0.3)
    reach = 3 * math.sqrt(0.25 / RUNS)  # at most, .137
    assert abs((some.effects["p"] < 0.05).mean() - expected) < reach
    expected = spread_power(8, 4, 0.7, correlation=0.3)
    assert abs((some.spread["p"] < 0.05).mean() - expected) < reach


def test_power_grows_with_seeds():
    few, many = (repeated(30, n_prompts=6, seeds=seeds, ratio=0.6) for seeds in (3, 12))
    assert (many.spread["p"] < 0.05).mean() > (few.spread["p"] < 0.05).mean() + 0.3


def test_of_several_modifiers_the_one_that_does_something_is_found():
    frame = scored(20, 5, effect=1.0, ratio=0.5, seed=4, modifiers=("fog", "oil"))
    result = analyse_experiment(frame)
    effects, spread = (table.set_index("modifier") for table in (result.effects, result.spread))
    assert effects.loc["oil", "p_adjusted"] < 0.001 < 0.05 < effects.loc["fog", "p_adjusted"]
    assert spread.loc["oil", "p_adjusted"] < 0.01 < 0.05 < spread.loc["fog", "p_adjusted"]
    fog, oil = result.answers
    assert fog.startswith("“fog” has no clear effect on the mean: ")
    assert oil.startswith("“oil” raises the mean by ")
    assert "images vary less with it: −" in oil
    joined = np.concatenate([result.effects["p"], result.spread["p"]])
    adjusted = np.concatenate([result.effects["p_adjusted"], result.spread["p_adjusted"]])
    assert adjusted == pytest.approx(stats.false_discovery_control(joined))


def test_a_factorial_experiment_uses_all_pairs_and_tells_interactions():
    frame = scored(10, 3, effect=1.0, seed=5, modifiers=("oil", "fog"), design="factorial")
    both = frame["modifier"].eq("oil + fog")
    frame.loc[both, "score"] += 2.0
    result = analyse_experiment(frame)
    oil = result.effects.set_index("modifier").loc["oil"]
    assert oil["n_pairs"] == 10 * 3 * 2
    assert oil["effect"] == pytest.approx(2.0, abs=0.6)  # 1 alone, 3 with fog
    (row,) = result.interactions.to_dict("records")
    assert {row["first"], row["second"]} == {"oil", "fog"}
    assert row["low"] < 2.0 < row["high"]
    # what fog adds to the mean is no spread within a prompt
    assert abs(result.spread.set_index("modifier").loc["oil", "log_ratio"]) < 0.4


def test_one_prompt_is_judged_by_its_pairs():
    frame = scored(1, 12, effect=2.0, ratio=0.3, seed=6)
    result = analyse_experiment(frame)
    pairs = make_pairs(read_scores(frame)[0])
    expected = stats.ttest_rel(pairs["with"], pairs["without"])
    assert result.effects["p"].iloc[0] == pytest.approx(expected.pvalue)
    test = pitman_morgan(pairs["without"].to_numpy(), pairs["with"].to_numpy())
    assert result.spread[["low", "high", "p"]].iloc[0].tolist() == pytest.approx(
        [test.low, test.high, test.p]
    )
    assert "One base prompt: what is found holds for that prompt, not for others." in result.notes


@pytest.mark.parametrize(
    ("n", "told"),
    [
        (1, r"no verdict \(1 base prompt, 6 wanted\); so far, for this prompt only, "),
        (2, r"no verdict \(2 base prompts, 6 wanted\); so far "),
        (5, r"no verdict \(5 base prompts, 6 wanted\); so far "),
    ],
)
def test_few_prompts_get_no_verdict(n, told):
    result = analyse_experiment(scored(n, 12, effect=-9.0, ratio=0.1, seed=6))
    number = r"−\d+\.\d\d"
    percent = r"[−+]\d+ %"
    (answer,) = result.answers
    assert re.fullmatch(
        rf"“oil”: effect on the mean: {told}{number} \[{number}, {number}\]; "
        rf"effect on the spread: {told}{percent} \[{percent}, {percent}\]\.",
        answer,
    ), answer
    assert result.as_dict()["answers"] == [answer]


def test_six_prompts_get_a_verdict():
    (answer,) = analyse_experiment(scored(6, 12, effect=-9.0, ratio=0.1, seed=6)).answers
    assert answer.startswith("“oil” lowers the mean by ")
    assert "images vary less with it: −" in answer


@pytest.mark.parametrize("n", [1, 2, 8])
def test_equal_scores_cannot_be_told(n):
    result = analyse_experiment(scored(n, 4).assign(score=3.0))
    assert result.answers[0].startswith(
        "“oil”: effect on the mean cannot be told: all scores are equal; "
        "effect on the spread cannot be told: all scores are equal"
    )
    assert np.isnan(result.effects["p"]).all()


def test_missing_scores_cost_their_pairs_and_are_told():
    frame = scored(6, 4, seed=7)
    frame.loc[[0, 1, 2], "score"] = np.nan
    result = analyse_experiment(frame)
    lost = frame.loc[[0, 1, 2], "pair_id"].nunique()
    assert result.effects["n_pairs"].iloc[0] == 24 - lost
    assert "3 of 48 images have no score; their pairs are left out." in result.notes


def test_equal_scores_do_not_break_the_spread():
    frame = scored(8, 4, seed=8)
    frame["score"] = frame["score"].round().clip(-1, 1)
    result = analyse_experiment(frame)
    row = result.spread.iloc[0]
    assert np.isfinite([row["log_ratio"], row["low"], row["high"]]).all()
    assert any("step of 1" in note for note in result.notes)


def test_what_is_written_comes_back_the_same(tmp_path):
    from ppp_core.tables import read_table, write_table

    frame = scored(5, 3, seed=9).replace({"thing 1": "=thing 1"})
    frame["base_prompt"] = frame["base_prompt"].str.replace("thing 2", "-thing 2")
    for name in ("plan.csv", "plan.parquet", "plan.tsv"):
        back = read_table(write_table(frame, tmp_path / name))
        assert analyse_experiment(back).effects.equals(analyse_experiment(frame).effects)


def test_json_holds_plain_values():
    import json

    result = analyse_experiment(scored(3, 2, seed=10))
    told = json.loads(json.dumps(result.as_dict(), allow_nan=False))
    assert set(told) == {
        "answers",
        "effects",
        "spread",
        "prompts",
        "interactions",
        "notes",
        "fewest_prompts",
        "confidence",
    }
    assert told["prompts"][0]["p"] is None  # two pairs are too few for Pitman and Morgan


def test_balanced_groups_need_no_iteration():
    rng = np.random.default_rng(11)
    groups = np.repeat(np.arange(10), 4)
    values = rng.normal(0, 2, 10)[groups] + rng.normal(size=40)
    fit = MixedLM(values, np.ones((40, 1)), groups).fit(reml=True)
    mean, error, df, _ = mixed_mean(values, groups)
    assert (mean, error, df) == pytest.approx((fit.fe_params[0], fit.bse_fe[0], 9), rel=1e-4)


def test_uneven_groups_are_fitted_by_statsmodels():
    rng = np.random.default_rng(12)
    groups = np.repeat(np.arange(8), [1, 2, 3, 4, 5, 6, 7, 8])
    values = rng.normal(0, 2, 8)[groups] + rng.normal(size=36)
    fit = MixedLM(values, np.ones((36, 1)), groups).fit(reml=True)
    mean, error, df, model = mixed_mean(values, groups)
    assert (mean, error, df) == pytest.approx((fit.fe_params[0], fit.bse_fe[0], 7), rel=1e-3)
    assert model.startswith("mixed model")


def test_mixed_mean_of_single_values_is_their_t_test():
    values = np.array([1.0, 2.0, 4.0, 3.5])
    mean, error, df, model = mixed_mean(values, np.array(list("abcd")))
    assert (mean, error, df) == pytest.approx((2.625, stats.sem(values), 3))
    assert "one pair each" in model


def changed(column, value, row=0):
    frame = scored(3, 2)
    if isinstance(value, str):
        frame[column] = frame[column].astype(object)
    frame.loc[row, column] = value
    return frame


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (scored(3, 2).drop(columns="pair_id"), r"pair_id"),
        (scored(3, 2).drop(columns="score"), r"score"),
        (scored(3, 2).assign(score=np.nan), r"'score' holds no score yet"),
        (changed("score", "good"), r"row 1 holds 'good'"),
        (changed("arm", "both"), r"Row 1: arm should be without or with, got 'both'"),
        (changed("pair_id", ""), r"Row 1: the pair_id is empty"),
        (changed("seed", 1), r"has rows with different seed; a pair shares one"),
        (changed("base_prompt", "a cow"), r"has rows with different base_prompt"),
        (pd.concat([scored(3, 2), scored(3, 2).head(1)], ignore_index=True), r"Row 13: the pair .* twice"),
        (scored(3, 2).query("arm == 'with'"), r"no pair with both scores"),
    ],
)
def test_files_that_do_not_hold_together_are_refused(frame, told):
    with pytest.raises(PPPError, match=told):
        analyse_experiment(frame)


def test_an_arm_that_contradicts_its_modifier_is_refused():
    frame = scored(3, 2)
    row = frame.index[frame["arm"] == "without"][0]
    frame.loc[row, "arm"] = "with"
    with pytest.raises(PPPError, match=rf"Row {row + 1}: the arm 'with' contradicts the modifier ''"):
        analyse_experiment(frame)


def test_one_pair_is_too_few():
    frame = scored(1, 2)
    frame = frame[frame["pair_id"] == frame["pair_id"].iloc[0]]
    with pytest.raises(PPPError, match="at least 2 pairs of a modifier"):
        analyse_experiment(frame)
