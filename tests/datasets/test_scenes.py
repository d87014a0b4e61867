"""Scenes: its words, its arithmetic, its known answer."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppp_core.datasets import DATASETS, DRAWN, POOLED, TARGETS, installed, observed, scenes
from ppp_core.datasets.frames import check
from ppp_core.datasets.scenes import draws
from ppp_core.datasets.scenes.grammar import RECIPE
from ppp_core.errors import PPPError

FACTORS = scenes.FACTORS
TOLD = json.loads(RECIPE.read_text(encoding="utf-8"))
LEVELS = {factor: list(levels) for factor, levels in TOLD["factors"].items()}
A_SCENE = {factor: levels[0] for factor, levels in LEVELS.items()}


def effects(factor):
    return np.array([level["effect"] for level in TOLD["factors"][factor].values()])


def within(plan):
    """Each prompt's variance within a painter, averaged over the painters."""
    return plan.values.var(axis=2, ddof=1).mean(axis=1)


class TestRecipe:
    def test_there_is_enough_to_draw(self):
        assert len(scenes.recipe().subjects) >= 40
        assert tuple(LEVELS) == FACTORS
        assert LEVELS["number"] == ["one", "two", "three", "four", "five"]
        assert min(len(levels) for levels in LEVELS.values()) >= 3

    @pytest.mark.parametrize("factor", FACTORS)
    def test_effects_add_up_to_nothing(self, factor):
        assert effects(factor).sum() == 0

    def test_no_value_can_leave_the_scale(self):
        low, high = (1.5 * sum(end(effects(factor)) for factor in FACTORS) for end in (min, max))
        base = max(abs(subject["base"]) for subject in TOLD["subjects"].values())
        rest = base + max(map(abs, TOLD["painters"].values())) + 6 * TOLD["noise_sd"]
        assert TOLD["low"] < TOLD["centre"] + low - rest
        assert TOLD["centre"] + high + rest < TOLD["high"]

    def test_broken_recipe_is_one_line(self, tmp_path, monkeypatch):
        monkeypatch.setattr("ppp_core.datasets.scenes.grammar.RECIPE", tmp_path / "recipe.json")
        with pytest.raises(PPPError, match=r"recipe.json, is not there or broken. Fetch PPP again"):
            scenes.recipe.__wrapped__()


class TestPrompts:
    @pytest.mark.parametrize(
        ("subject", "named", "said"),
        [
            ("cat", {}, "cat"),
            ("owl", {"number": "one"}, "a single owl"),
            ("mouse", {"number": "two"}, "two mice"),
            ("fish", {"number": "five", "colour": "blue"}, "five blue fish"),
            ("cactus", {"number": "four", "size": "medium"}, "four medium-sized cacti"),
            ("hot-air balloon", {"size": "small"}, "small hot-air balloon"),
            (
                "apple",
                {"number": "three", "size": "large", "colour": "red", "setting": "kitchen", "light": "night",
                 "weather": "rain", "palette": "pastel", "style": "woodcut"},
                "three large red apples in a kitchen, at night, rain, pastel palette, woodcut style",
            ),
            ("car", {"setting": "library", "position": "left"}, "car in an old library, on the left"),
        ],
    )  # fmt: skip
    def test_read_like_prompts(self, subject, named, said):
        assert scenes.prompt_of(subject, named) == said

    def test_grammar_of_all_words(self):
        for factor in FACTORS:
            for level in scenes.recipe().levels(factor):
                for article, following in re.findall(r"\b(an?) (\w)", level.phrase):
                    assert (article == "an") == (following in "aeiou"), level.phrase
        irregular = {"mouse": "mice", "fish": "fish", "cactus": "cacti", "snowman": "snowmen"}
        for name, subject in scenes.recipe().subjects.items():
            es = name.endswith(("s", "x", "sh", "ch"))
            regular = (
                name[:-1] + "ies" if name.endswith("y") and name[-2] not in "aeo" else name + "s" * (not es)
            )
            assert subject.plural == irregular.get(name, name + "es" if es else regular)

    @given(st.sampled_from(list(TOLD["subjects"])), st.fixed_dictionaries({}, optional={
        factor: st.sampled_from(levels) for factor, levels in LEVELS.items()
    }))  # fmt: skip
    def test_each_level_is_said_once_and_nothing_else(self, subject, named):
        said = scenes.prompt_of(subject, named)
        phrases = [TOLD["factors"][factor][level]["phrase"] for factor, level in named.items()]
        assert all(f" {phrase} " in f" {said.replace(',', '')} " for phrase in phrases)
        noun = TOLD["subjects"][subject]["plural"] if named.get("number", "one") != "one" else subject
        words = [*noun.split(), *" ".join(phrases).split()]
        assert sorted(said.replace(",", "").split()) == sorted(words)

    @pytest.mark.parametrize(
        ("subject", "named", "message"),
        [
            ("cta", {}, r"Unknown subject 'cta'. Did you mean 'cat'"),
            ("cat", {"colours": "red"}, r"Unknown factor 'colours'. Did you mean 'colour'"),
            ("cat", {"light": "nite"}, r"Unknown level of light 'nite'. Did you mean 'night'"),
        ],
    )
    def test_unknown_words(self, subject, named, message):
        with pytest.raises(PPPError, match=message):
            scenes.prompt_of(subject, named)


class TestDraws:
    def test_as_the_reference_mixes(self):
        state = (0 ^ (7 * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15)) % 2**64
        state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB % 2**64
        assert int(draws.mixed(7)) == state ^ (state >> 31)

    def test_even_and_unrelated(self):
        numbers = draws.uniform(3, np.arange(40_000))
        assert numbers.min() >= 0
        assert numbers.max() < 1
        counts = np.bincount((numbers * 20).astype(int), minlength=20)
        assert ((counts - 2000) ** 2 / 2000).sum() < 50  # chi-square, 19 degrees of freedom
        assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.02
        assert abs(np.corrcoef(numbers, draws.uniform(4, np.arange(40_000)))[0, 1]) < 0.02

    def test_bell_has_variance_one(self):
        numbers = draws.bell(5, np.arange(100_000))
        assert abs(numbers.mean()) < 0.015
        assert numbers.var() == pytest.approx(1, abs=0.02)
        assert np.abs(numbers).max() <= 6


class TestPlan:
    def test_default_set_is_balanced(self):
        plan = scenes.simulate()
        assert plan.values.shape == (245, 2, 4)
        assert np.bincount(plan.counts).tolist() == [35] * 7
        turns = np.bincount(plan.subject, minlength=56)
        assert (turns.min(), turns.max()) == (4, 5)
        for count in range(7):
            assert len(set(plan.subject[plan.counts == count])) == 35
        named = plan.named.sum(axis=0)
        assert named.min() > 50  # 735 in all, 82 expected
        assert named.max() < 115
        assert len(set(plan.prompts)) == 245

    def test_same_again_and_other_with_another_seed(self):
        one, again, other = scenes.simulate(seed=3), scenes.simulate(seed=3), scenes.simulate(seed=4)
        assert one.prompts == again.prompts
        assert one.values.tobytes() == again.values.tobytes()
        assert one.prompts != other.prompts
        assert abs(np.corrcoef(one.values.ravel(), other.values.ravel())[0, 1]) < 0.15

    def test_golden_values(self):
        plan = scenes.simulate(n_prompts=14, seeds=2)
        assert plan.prompts[8] == "medium-sized pear"
        assert plan.values[8].tolist() == [[55.547016, 55.801695], [39.9375, 47.449066]]
        assert plan.variant[8].tolist() == [[3784821783, 3948033937], [4235141216, 1669069553]]

    def test_named_levels_are_in_every_picture_and_open_ones_vary(self):
        plan = scenes.simulate(seeds=40)
        for place in range(len(FACTORS)):
            same = (plan.drawn[..., place] == plan.said[:, None, None, place]).all(axis=(1, 2))
            assert same[plan.named[:, place]].all()
            assert not same[~plan.named[:, place]].any()

    def test_a_part_of_it_is_the_same_by_itself(self):
        plan = scenes.simulate(n_prompts=21, seeds=3)
        grain = scenes.simulate(n_prompts=21, seeds=2, painters=["grain"])
        np.testing.assert_array_equal(plan.values[:, 1:, :2], grain.values)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"n_prompts": 0}, r"at least one prompt, got 0"),
            ({"seeds": 0}, r"at least one seed, got 0"),
            ({"painters": []}, r"at least one painter, got 0"),
            ({"painters": ["smoth"]}, r"Unknown painter 'smoth'. Did you mean 'smooth'"),
            ({"painters": ["grain", "grain"]}, r"named once, got grain, grain"),
            ({"seed": -1}, r"seed must be 0 or more, got -1"),
            ({"counts": []}, r"0 to 9 factors, got counts \[\]"),
            ({"counts": [3, 10]}, r"0 to 9 factors, got counts \[3, 10\]"),
            ({"effect": 2}, r"effect must lie on 0 to 1.5, got 2"),
            ({"n_prompts": 10**7}, r"At most 5,000,000 pictures can be planned at once, got 80,000,000"),
        ],
    )
    def test_bad_numbers(self, options, message):
        with pytest.raises(PPPError, match=message):
            scenes.simulate(**options)

    def test_a_scene_knows_its_words(self):
        with pytest.raises(PPPError, match=r"Unknown level of style 'oil'"):
            scenes.Scene(subject="cat", **(A_SCENE | {"style": "oil"}))
        with pytest.raises(PPPError, match=r"Unknown painter 'me'"):
            scenes.Scene(subject="cat", **A_SCENE, painter="me")


class TestKnownAnswer:
    def test_variances_are_the_recipes(self):
        noise, painters = TOLD["noise_sd"] ** 2, np.var(list(TOLD["painters"].values()))
        assert scenes.known_variance(FACTORS) == pytest.approx(noise + painters)
        for factor in FACTORS:
            assert scenes.variance_removed(factor) == pytest.approx(effects(factor).var())
            gone = scenes.known_variance(()) - scenes.known_variance([factor])
            assert gone == pytest.approx(effects(factor).var())
        assert scenes.variance_removed("position") == 0
        assert scenes.variance_removed("style", effect=0.5) == pytest.approx(effects("style").var() / 4)

    @pytest.mark.parametrize("effect", [1.0, 0.5])
    def test_variance_within_prompts_is_as_stated(self, effect):
        """40 sets of 245 prompts: the difference from the truth is within 4 standard errors at each count."""
        plans = [scenes.simulate(seed=seed, effect=effect) for seed in range(40)]
        found = np.concatenate([within(plan) for plan in plans])
        truth = {
            names: scenes.known_variance(names, effect=effect, painters=False)
            for names in {tuple(row) for plan in plans for row in named_of(plan)}
        }
        stated = np.array([truth[tuple(row)] for plan in plans for row in named_of(plan)])
        counts = np.concatenate([plan.counts for plan in plans])
        for count in range(7):
            off = (found - stated)[counts == count]
            assert abs(off.mean()) < 4 * off.std() / len(off) ** 0.5

    def test_spread_falls_with_the_count_as_stated(self):
        found = np.array(
            [[within(p)[p.counts == k].mean() for k in range(7)] for p in map(plan_of, range(60))]
        )
        stated = np.array([scenes.mean_variance(k, painters=False) for k in range(7)])
        assert (np.abs(found.mean(axis=0) - stated) < 4 * found.std(axis=0) / 60**0.5).all()
        assert np.diff(stated) == pytest.approx(stated[1] - stated[0])
        assert stated[1] < stated[0]

    def test_painters_and_naming_change_the_mean_as_stated(self):
        plan = scenes.simulate(n_prompts=700, seeds=20)
        gap = plan.values[:, 0].mean() - plan.values[:, 1].mean()
        assert gap == pytest.approx(TOLD["painters"]["smooth"] - TOLD["painters"]["grain"], abs=0.25)
        subjects = list(TOLD["subjects"])
        stated = [
            scenes.known_mean(
                subjects[subject], {f: LEVELS[f][said[k]] for k, f in enumerate(FACTORS) if named[k]}
            )
            for subject, said, named in zip(plan.subject, plan.said, plan.named, strict=True)
        ]
        off = plan.values.mean(axis=(1, 2)) - stated
        variance = [scenes.known_variance(names, painters=False) / 40 for names in named_of(plan)]
        assert (off**2 / variance).mean() == pytest.approx(1, abs=0.2)
        assert abs(off.mean()) < 0.15
        assert scenes.known_effect("style", "watercolour") == 4

    def test_null(self):
        plans = [scenes.simulate(seed=seed, effect=0) for seed in range(40)]
        found = np.array([[within(plan)[plan.counts == k].mean() for k in range(7)] for plan in plans])
        assert (np.abs(found.mean(axis=0) - TOLD["noise_sd"] ** 2) < 4 * found.std(axis=0) / 40**0.5).all()
        assert scenes.known_variance((), effect=0) == scenes.known_variance(FACTORS, effect=0)
        assert scenes.known_effect("style", "watercolour", effect=0) == 0

    @pytest.mark.parametrize(
        ("ask", "message"),
        [
            (lambda: scenes.variance_removed("colours"), r"Unknown factor 'colours'"),
            (lambda: scenes.known_variance(["colours"]), r"Unknown factor 'colours'"),
            (lambda: scenes.known_variance(effect=-1), r"effect must lie on 0 to 1.5, got -1"),
            (lambda: scenes.known_variance(effect=float("nan")), r"effect must lie on 0 to 1.5, got nan"),
            (lambda: scenes.mean_variance(10), r"names 0 to 9 factors, got 10"),
            (lambda: scenes.known_mean("cta"), r"Unknown subject 'cta'"),
        ],
    )
    def test_bad_questions(self, ask, message):
        with pytest.raises(PPPError, match=message):
            ask()


def plan_of(seed):
    return scenes.simulate(seed=seed)


def named_of(plan):
    return [tuple(f for k, f in enumerate(FACTORS) if row[k]) for row in plan.named]


@pytest.fixture(scope="module")
def made():
    return scenes.make(ratings_only=True)


class TestFrames:
    def test_they_are_canonical(self, made):
        check(made)
        assert (len(made.prompts), len(made.images), len(made.ratings)) == (245, 1960, 1960)
        assert list(made.prompts) == ["prompt_id", "prompt", "split", "n_modifiers", "subject", *FACTORS]
        assert list(made.images) == [
            *("image_id", "prompt_id", "generator", "seed", "path", "drawn_subject"),
            *(f"drawn_{factor}" for factor in FACTORS),
            "drawn_variant",
        ]
        assert made.images["path"].isna().all()
        assert made.prompts["split"].isna().all()
        assert observed(made, "scenes/known")["n_ratings"].eq(8).all()

    def test_columns_tell_what_is_named_and_drawn(self, made):
        prompts = made.prompts.set_index("prompt_id")
        assert prompts[list(FACTORS)].notna().sum(axis=1).equals(prompts["n_modifiers"])
        images = made.images.join(prompts, on="prompt_id")
        for factor in FACTORS:
            named = images[factor].notna()
            assert images.loc[named, f"drawn_{factor}"].eq(images.loc[named, factor]).all()
        row = prompts.iloc[33]
        named = {factor: row[factor] for factor in FACTORS if pd.notna(row[factor])}
        assert row["prompt"] == scenes.prompt_of(row["subject"], named)

    def test_ratings_are_the_plans(self, made):
        assert made.ratings["value"].tolist() == scenes.simulate().values.ravel().tolist()
        assert made.ratings["image_id"].iloc[4] == "scene-0001-grain-0"
        assert made.ratings["target"].eq("scenes/known").all()

    def test_value_is_the_sum_of_what_was_drawn(self, made):
        rows = made.images.merge(made.ratings, on="image_id")
        value = TOLD["centre"] + rows["drawn_subject"].map(lambda name: TOLD["subjects"][name]["base"])
        value += rows["generator_x"].map(TOLD["painters"])
        for factor in FACTORS:
            value += rows[f"drawn_{factor}"].map(lambda name, f=factor: TOLD["factors"][f][name]["effect"])
        noise = rows["value"] - value
        assert noise.std() == pytest.approx(TOLD["noise_sd"], rel=0.06)
        assert abs(noise.mean()) < 0.2

    def test_repeated_words_are_told(self):
        dataset = scenes.make(n_prompts=120, counts=[0], seeds=1, ratings_only=True)
        assert dataset.notes[-1] == "64 of 120 prompts repeat an earlier one's words; all are kept."
        assert scenes.make(n_prompts=7, effect=0.5, ratings_only=True).notes[1].endswith("multiplied by 0.5.")


class TestItIsKeptApart:
    def test_simulated_targets_are_only_here(self):
        mine = [target.name for target in scenes.CARD.targets]
        assert mine[0] == "scenes/known"
        assert [name for name, target in TARGETS.items() if target.judged_by == "simulated"] == mine
        assert list(DRAWN) == ["scenes"]

    def test_nothing_is_pooled_from_it(self):
        for module in POOLED.values():
            assert not set(module.source_names()) & set(DRAWN)
        assert not set(DATASETS) & set(DRAWN)

    def test_it_is_not_among_the_installed(self, tmp_path, monkeypatch):
        monkeypatch.setenv("PPP_HOME", str(tmp_path))
        assert installed() == []
