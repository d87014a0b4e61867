"""The forest of modifiers: against plain regressions, known effects, rare ones shrunk."""

import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats

from ppp_core.datasets import load_dataset
from ppp_core.errors import PPPError
from ppp_core.spread import observations
from ppp_core.spread.effects import combinations, modifier_effects
from ppp_core.spread.memberships import memberships, own_columns
from ppp_core.spread.observations import Observations
from ppp_core.spread.small_samples import c4
from ppp_core.targets import Target

TARGET = Target("made/worth", "Worth", "worth", -100.0, 100.0, "user", "about {value}", "Made.")
LIGHTS = ("soft lighting", "golden hour", "backlit", "neon lighting", "studio lighting")


def made(n=300, *, images=8, mean=0.0, log_ratio=0.0, together=0.0, seed=0, share=0.3):
    """Prompts with lights and styles; soft lighting changes mean and spread, and more with anime."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"prompt_id": [f"p{i}" for i in range(n)]})
    light = np.where(rng.random(n) < 0.7, rng.choice(LIGHTS, n), None)
    style = np.where(rng.random(n) < share, "anime style", None)
    frame["light"], frame["style"] = pd.Series(light, dtype="str"), pd.Series(style, dtype="str")
    words = rng.integers(2, 9, n)
    parts = [
        ", ".join([" ".join(["cat"] * w), *(x for x in (a, b) if x)])
        for w, a, b in zip(words, light, style, strict=True)
    ]
    frame.insert(1, "prompt", parts)
    soft, anime = light == "soft lighting", style == "anime style"
    true = 5 + mean * soft + together * (soft & anime) + 0.1 * words + rng.normal(0, 0.5, n)
    sd = np.exp(log_ratio * soft + 0.2 * rng.normal(size=n))
    values = true[:, None] + sd[:, None] * rng.normal(size=(n, images))
    frame["count"] = frame[["light", "style"]].notna().sum(axis=1)
    frame["n"], frame["df"], frame["words"] = images, images - 1, frame["prompt"].str.split().str.len()
    frame["mean"], frame["variance"] = values.mean(axis=1), values.var(axis=1, ddof=1)
    frame["sd"] = np.sqrt(frame["variance"]) / c4(images)
    long = pd.DataFrame(
        {"prompt_id": np.repeat(frame["prompt_id"].to_numpy(), images), "raw": values.ravel()}
    )
    long["generator"], long["value"] = "g", long["raw"]
    return Observations("Made", TARGET, "samples", "given", "", frame, long)


def row(found, modifier, outcome):
    return found.of(outcome).set_index("modifier").loc[modifier]


def test_each_effect_is_a_plain_regression():
    observed = made(mean=0.5, seed=1)
    found = modifier_effects(observed, by="value")
    frame = observed.prompts.assign(
        there=observed.prompts["light"].eq("golden hour").fillna(False).astype(float),
        log_sd=np.log(observed.prompts["variance"]) / 2,
    )
    frame["others"], frame["rest"] = frame["count"] - frame["there"], frame["words"] - 2 * frame["there"]
    for outcome, formula in (
        ("mean", "mean ~ there + others + rest"),
        ("spread", "log_sd ~ there + others + rest"),
    ):
        fit = smf.ols(formula, frame).fit(cov_type="HC3", use_t=True)
        ours = row(found, "golden hour", outcome)
        expected = [fit.params["there"], *fit.conf_int().loc["there"], fit.pvalues["there"]]
        assert ours[["effect", "low", "high", "p"]].tolist() == pytest.approx(expected)
    assert row(found, "golden hour", "mean")["effect_sd"] == pytest.approx(
        row(found, "golden hour", "mean")["effect"] / observed.prompts["mean"].std()
    )


def test_known_effects_are_found_and_others_are_not():
    found = modifier_effects(made(900, mean=0.6, log_ratio=-0.4, seed=2), by="value")
    soft = row(found, "soft lighting", "mean")
    assert soft["low"] < 0.6 < soft["high"]
    assert soft["p_adjusted"] < 0.001
    spread = row(found, "soft lighting", "spread")
    assert spread["low"] < -0.4 < spread["high"]
    assert spread["percent"] == pytest.approx(100 * np.expm1(spread["effect"]))
    assert row(found, "anime style", "spread")["p_adjusted"] > 0.05
    assert "soft lighting (-" in found.answer


def test_intervals_hold_the_truth_by_simulation():
    runs, inside = 40, {"mean": [], "spread": []}
    for i in range(runs):
        found = modifier_effects(made(150, mean=0.5, log_ratio=-0.3, seed=100 + i), by="value")
        for outcome, truth in (("mean", 0.5), ("spread", -0.3)):
            ours = row(found, "soft lighting", outcome)
            inside[outcome].append(ours["low"] <= truth <= ours["high"])
    for outcome, kept in inside.items():  # three Monte-Carlo standard errors: .103
        assert abs(np.mean(kept) - 0.95) < 3 * np.sqrt(0.95 * 0.05 / runs), (
            outcome
        )  # Monte-Carlo errors: .103


def test_rare_modifiers_are_shrunk_more_and_get_no_verdict():
    observed = made(400, seed=3)
    light = observed.prompts["light"].copy()
    rare = light.index[light == "backlit"][:4]
    light[light.eq("backlit").fillna(False) & ~light.index.isin(rare)] = None
    observed = Observations(
        observed.dataset,
        TARGET,
        "samples",
        "given",
        "",
        observed.prompts.assign(light=light),
        observed.values,
    )
    found = modifier_effects(observed, by="value", fewest=10)
    few, kind = row(found, "backlit", "mean"), found.of("mean").query("kind == 'lighting'")
    assert (few["n_with"], bool(few["enough"])) == (4, False)
    assert np.isnan(few["p_adjusted"])
    assert np.ptp(kind["shrunk"]) < 0.7 * np.ptp(kind["effect"])  # nothing is there but noise
    assert abs(few["shrunk"] - kind["shrunk"].mean()) < abs(few["effect"] - kind["effect"].mean())
    enough = found.of("mean").query("enough")
    assert enough["p_adjusted"].tolist() == pytest.approx(stats.false_discovery_control(enough["p"]).tolist())


def test_holding_the_mean_equal_takes_a_ceiling_out():
    observed = made(600, mean=2.0, seed=4)
    capped = 1.0 / (1 + np.exp(observed.prompts["mean"] - 7))  # the higher the mean, the less room
    prompts = observed.prompts.assign(variance=observed.prompts["variance"] * capped)
    observed = Observations("Made", TARGET, "samples", "given", "", prompts, observed.values)
    plain, held = (modifier_effects(observed, by="value", mean_adjusted=one) for one in (False, True))
    assert row(plain, "soft lighting", "spread")["high"] < -0.2
    assert abs(row(held, "soft lighting", "spread")["effect"]) < 0.12
    assert "the prompt's mean and its square (for spread)" in held.controls


def test_combinations_are_told_where_there_is_data_and_only_there():
    observed = made(1200, together=1.5, share=0.5, seed=5)
    found = combinations(observed, by="value", fewest=20)
    ours = found.frame.query(
        "outcome == 'mean' and first == 'anime style' and second == 'soft lighting'"
    ).iloc[0]
    assert ours["low"] < 1.5 < ours["high"]
    assert ours["p_adjusted"] < 0.001
    light = observed.prompts["light"]
    assert (
        ours["n_both"] == (observed.prompts["style"].notna() & light.eq("soft lighting").fillna(False)).sum()
    )
    none = combinations(made(60, seed=6), by="value", fewest=30)
    assert none.frame.empty
    assert none.answer.startswith("No two modifiers have 30 prompts each with both")


def test_kinds_terms_and_factors_are_told_apart():
    observed = made(120, seed=7)
    assert own_columns(observed.prompts) == ("light", "style")
    assert memberships(observed, "factor").names == ("light", "style")
    values = memberships(observed, "value")
    assert dict(zip(values.names, values.kinds, strict=True))["soft lighting"] == "lighting"
    terms = memberships(observed, "term")
    assert "soft lighting" in terms.names
    there = observed.prompts["prompt"].str.contains("soft lighting").to_numpy()
    assert (terms.there[:, terms.names.index("soft lighting")] == there).all()
    assert "Lighting" in memberships(observed, "kind").names


def test_json_is_plain():
    told = json.dumps(modifier_effects(made(60, seed=8), by="factor").as_dict(), allow_nan=False)
    assert json.loads(told)["effects"][0]["outcome"] == "mean"
    assert json.loads(json.dumps(combinations(made(60), by="factor").as_dict(), allow_nan=False))


def test_what_cannot_be_told_is_refused():
    observed = made(60)
    with pytest.raises(PPPError, match=r"Unknown way to tell modifiers apart 'terms'\. Did you mean 'term'"):
        modifier_effects(observed, by="terms")
    with pytest.raises(PPPError, match="Unknown column 'lights'"):
        modifier_effects(observed, by="value", columns=("lights",))
    bare = Observations(
        "Made",
        TARGET,
        "samples",
        "given",
        "",
        observed.prompts.drop(columns=["light", "style"]),
        observed.values,
    )
    with pytest.raises(PPPError, match="no columns of modifiers of its own"):
        modifier_effects(bare, by="value")
    with pytest.raises(PPPError, match="Unknown outcome 'sd'"):
        modifier_effects(observed, by="value").of("sd")


@pytest.mark.real_data
def test_on_published_ratings(data_folder):
    dataset = load_dataset("agiqa-3k", folder=data_folder / "agiqa-3k")
    found = modifier_effects(observations(dataset, "agiqa-3k/alignment"), by="value")
    assert len(found.of("spread")) == 15
    # more modifiers go with less spread, so nearly each of them does, too
    assert (found.of("spread")["effect"] < 0).all()
    assert found.of("mean")["effect_sd"].abs().max() < 1
