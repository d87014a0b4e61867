"""The experiment on heads, and the gap of single pairs, where the truth was made."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import pearsonr, spearmanr

from ppp_core.errors import PPPError
from ppp_core.modality_gap import gap_relevance, make_pairs, quality_task, relevance


def made(n_prompts=160, per_prompt=3, *, gap=2.0, seed=0, learned=0, noise=0.1):
    """Prompts and pictures whose worth is their third direction; the gap lies along the first and the third.

    So a head that learned worth from pictures is off by the gap when it is fed with prompts.
    """
    random = np.random.default_rng(seed)
    meaning = random.normal(size=(n_prompts, 10)) * 0.3
    meaning[:, 9] = 3  # a length that all share, so that unit length bends little
    owners = np.repeat(np.arange(n_prompts), per_prompt)
    text = meaning[owners].copy()
    image = meaning[owners] + noise * random.normal(size=(len(owners), 10))
    image[:, [0, 2]] += gap / 2
    score = 3 + meaning[owners, 2] + 0.05 * random.normal(size=len(owners))
    names = [f"p{owner}" for owner in owners]
    frame = pd.DataFrame(
        {"prompt_id": names, "image_id": [str(i) for i in range(len(owners))], "made/worth": score}
    )
    if learned:
        frame["learned"] = owners < learned
    return make_pairs(
        text, image, name="made", encoder="made", prompt_ids=names, image_ids=frame["image_id"], frame=frame
    )


class TestHeads:
    @pytest.fixture(scope="class")
    @classmethod
    def result(cls):
        return quality_task(made(), "made/worth", names=["mean-removal", "shift"], resamples=200)

    def test_what_the_gap_costs_and_a_closing_brings_back(self, result):
        own, fed = result.row("image", "image"), result.row("image", "text")
        assert own["pearson"] > 0.9
        assert abs(own["bias"]) < 0.05
        assert fed["bias"] < -0.2  # prompts lie a gap away, in the direction of worth
        closed = result.row("image", "text", "mean-removal")
        assert abs(closed["bias"]) < 0.1
        assert closed["rmse"] < 0.5 * fed["rmse"]
        assert result.row("text", "text")["pearson"] > 0.9

    def test_every_way_is_there_with_its_interval(self, result):
        ways = result.frame[["head", "fed", "closing"]].apply(tuple, axis=1).tolist()
        assert ways == [
            ("text", "text", "none"),
            ("image", "image", "none"),
            ("image", "text", "none"),
            ("image", "text", "mean-removal"),
            ("image", "text", "shift"),
        ]
        for name in ("pearson", "spearman"):
            assert (result.frame[f"{name}_low"] <= result.frame[name]).all()
            assert (result.frame[name] <= result.frame[f"{name}_high"]).all()
        assert result.n_prompts == 160
        assert "160 prompts, 480 pictures" in result.notes[0]
        assert result.answer.startswith("A head that learned made/worth from pictures: Pearson 0.9")
        assert "The best closing for it is" in result.answer

    def test_plain_values(self, result):
        told = result.as_dict()
        assert len(told["rows"]) == 5
        with pytest.raises(PPPError, match="Unknown way 'text image none'"):
            result.row("text", "image")


def test_a_score_that_is_noise_is_not_predicted():
    """Were a prompt to be judged by what learned from it, this would come out above nothing."""
    found = []
    for seed in range(6):
        pairs = made(100, 2, seed=seed)
        prompts = pd.Series(pairs.prompt_ids)
        noise = np.random.default_rng(seed).normal(size=100)
        pairs.frame["made/worth"] = noise[prompts.factorize()[0]]
        result = quality_task(pairs, "made/worth", names=["none"], resamples=100)
        found.append(result.frame["pearson"].fillna(0).to_numpy())
    assert np.mean(found) < 0.1


def test_prompts_that_the_encoder_learned_judge_nothing():
    result = quality_task(made(learned=120), "made/worth", names=["none"], resamples=100)
    assert result.n_prompts == 40
    assert "not trained on these" in result.notes[0]
    with pytest.raises(
        PPPError, match="At least 20 prompts must judge that the encoder was not trained on, got 10"
    ):
        quality_task(made(learned=150), "made/worth", names=["none"], resamples=100)


def test_pairs_without_a_value_are_left_out():
    pairs = made(60)
    pairs.frame.loc[:29, "made/worth"] = np.nan
    result = quality_task(pairs, "made/worth", names=["none"], resamples=100)
    assert result.n_prompts == 50


def test_unknown_targets_and_closings_are_refused():
    with pytest.raises(PPPError, match=r"Unknown target 'made/wroth'. Did you mean 'made/worth'"):
        quality_task(made(30), "made/wroth")
    with pytest.raises(PPPError, match=r"Unknown closing 'shft'. Did you mean 'shift'"):
        quality_task(made(30), "made/worth", names=["shft"])
    with pytest.raises(PPPError, match="needs at least 20 prompts with a value"):
        quality_task(made(10), "made/worth")


class TestRelevance:
    def judged(self, strength, *, seed=0):
        """Pictures further from their prompt are rated lower, by so much."""
        pairs = made(80, 4, seed=seed, noise=0.8)
        gap = 1 - (pairs.text * pairs.image).sum(axis=1)
        noise = np.random.default_rng(seed).normal(size=len(pairs)) * gap.std()
        pairs.frame["made/worth"] = 3 - strength * gap + noise
        return pairs, gap

    def test_a_gap_that_matters_is_found(self):
        pairs, gap = self.judged(1.0)
        found = gap_relevance(pairs, "made/worth", resamples=200)
        rows = found.frame.set_index("name")
        wanted = spearmanr(gap, pairs.frame["made/worth"]).statistic
        assert rows.loc["score", "spearman"] == pytest.approx(wanted, abs=1e-3)
        assert rows.loc["score", "high"] < 0
        table = pd.DataFrame({"prompt": pairs.prompt_ids, "gap": gap, "score": pairs.frame["made/worth"]})
        means = table.groupby("prompt").mean()
        assert rows.loc["mean", "spearman"] == pytest.approx(
            spearmanr(means.gap, means.score).statistic, abs=1e-2
        )
        centred = table[["gap", "score"]] - table.groupby("prompt").transform("mean")
        within = spearmanr(centred.gap, centred.score).statistic
        assert rows.loc["within", "spearman"] == pytest.approx(within, abs=1e-2)
        assert found.answer.startswith(
            "Pictures further from their prompt are rated lower on made/worth: ρ -"
        )
        assert (found.n, found.n_prompts) == (320, 80)
        assert len(found.as_dict()["rows"]) == 5

    def test_a_gap_that_does_not_matter_is_not(self):
        sure = 0
        for seed in range(8):
            found = gap_relevance(self.judged(0.0, seed=seed)[0], "made/worth", resamples=100)
            row = found.frame.set_index("name").loc["score"]
            sure += row["low"] > 0 or row["high"] < 0
        assert sure <= 2

    def test_given_predictions_make_the_residuals(self):
        pairs, _ = self.judged(1.0)
        score = pairs.frame["made/worth"].to_numpy()
        perfect = gap_relevance(pairs, "made/worth", predicted=score, resamples=100)
        assert np.isnan(perfect.frame.set_index("name").loc["residual", "spearman"])
        blind = gap_relevance(pairs, "made/worth", predicted=np.full(len(score), 3.0), resamples=100)
        rows = blind.frame.set_index("name")["spearman"]
        assert rows["residual"] == pytest.approx(rows["mean"])
        assert blind.frame["predictor"].tolist() == [
            "",
            "",
            "",
            "the given predictions",
            "the given predictions",
        ]

    def test_several_predictors_are_told_apart_and_gaps_in_them_are_left_out(self):
        pairs, gap = self.judged(1.0)
        score = pairs.frame["made/worth"].to_numpy()
        blind = np.full(len(score), 3.0)
        blind[np.array(pairs.prompt_ids) == "p0"] = np.nan
        found = gap_relevance(
            pairs, "made/worth", predicted={"blind": blind, "perfect": score}, resamples=100
        )
        rows = found.frame.set_index(["name", "predictor"])
        assert rows.loc[("residual", "blind"), "n"] == 79
        assert rows.loc[("residual", "perfect"), "n"] == 80
        assert np.isnan(rows.loc[("residual", "perfect"), "spearman"])
        table = pd.DataFrame({"prompt": pairs.prompt_ids, "gap": gap, "score": score})
        means = table[table["prompt"] != "p0"].groupby("prompt").mean()
        wanted = spearmanr(means.gap, means.score - 3.0).statistic
        assert rows.loc[("residual", "blind"), "spearman"] == pytest.approx(wanted, abs=1e-3)
        size = spearmanr(means.gap, (means.score - 3.0).abs()).statistic
        assert rows.loc[("error", "blind"), "spearman"] == pytest.approx(size, abs=1e-3)
        assert "(blind): ρ" in found.answer
        assert "blind undefined, perfect +1.00" in found.notes[-1]

    def test_residuals_are_of_the_kept_predictions_first(self, monkeypatch):
        pairs, _ = self.judged(1.0)
        score = pairs.frame["made/worth"].to_numpy()
        monkeypatch.setattr(relevance, "kept_predictions", lambda pairs, target: {"ensemble": score - 1})
        found = gap_relevance(pairs, "made/worth", resamples=100)
        told = found.frame["predictor"]
        assert list(dict.fromkeys(told[told != ""])) == ["ensemble", relevance.RIDGE]
        assert "(ensemble): ρ" in found.answer

    def test_the_ridge_learns_from_other_prompts_than_it_predicts(self, monkeypatch):
        pairs, _ = self.judged(1.0)
        learned, fit = [], relevance.fit_ridge

        def fitted(vectors, values):
            learned.append({row.tobytes() for row in vectors})
            head = fit(vectors, values)
            assert len(learned[-1]) == 64  # four fifths of 80 prompts
            return SimpleNamespace(predict=lambda asked: predict(head, asked))

        def predict(head, asked):
            assert not learned[-1] & {row.tobytes() for row in asked}
            return head.predict(asked)

        monkeypatch.setattr(relevance, "fit_ridge", fitted)
        gap_relevance(pairs, "made/worth", resamples=100)
        assert len(learned) == 5

    def test_one_picture_a_prompt_is_told_apart_from_means(self):
        pairs, _ = self.judged(1.0)
        one = pairs.rows(np.arange(0, len(pairs), 4))
        found = gap_relevance(one, "made/worth", resamples=100)
        assert found.frame["name"].tolist() == ["score", "residual", "error"]
        assert found.frame["level"].eq("image").all()
        assert "of a prompt's one picture it" in found.answer

    def test_pairs_that_were_learned_are_left_out(self):
        found = gap_relevance(made(100, learned=60), "made/worth", resamples=100)
        assert found.n_prompts == 40

    def test_bad_input_is_refused(self):
        pairs = made(40)
        with pytest.raises(PPPError, match=r"one prediction a pair \(120\), got shape \(3,\)"):
            gap_relevance(pairs, "made/worth", predicted=[1, 2, 3])
        with pytest.raises(PPPError, match="at least 100 resamples, got 5"):
            gap_relevance(pairs, "made/worth", resamples=5)


def test_pearson_is_that_of_the_prompts_means():
    """By hand: ridge on the pictures of other prompts, averaged over a prompt's pictures."""
    from ppp_core.modality_gap.comparing import parts_of
    from ppp_core.predictors.linear import fit_ridge

    pairs = made(60, 2)
    score = pairs.frame["made/worth"].to_numpy()
    predicted = np.empty(len(score))
    for test in parts_of(pairs, folds=5, seed=0, fewest=4):
        predicted[test] = fit_ridge(pairs.image[~test], score[~test]).predict(pairs.image[test])
    means = (
        pd.DataFrame({"prompt": pairs.prompt_ids, "said": predicted, "score": score}).groupby("prompt").mean()
    )
    result = quality_task(pairs, "made/worth", names=["none"], resamples=100)
    row = result.row("image", "image")
    assert row["pearson"] == pytest.approx(pearsonr(means.said, means.score).statistic, abs=1e-5)
    assert row["bias"] == pytest.approx((means.said - means.score).mean(), abs=1e-5)
