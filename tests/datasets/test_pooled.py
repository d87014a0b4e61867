"""The pooled data set against a made world of four sources, and against the real ones where they are."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ppp_core.datasets import load_dataset, observed, pooled
from ppp_core.datasets.frames import build
from ppp_core.errors import PPPError
from ppp_core.evaluation.parts import target_data

DATA = Path(os.environ.get("PPP_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))


def made(name: str, rows: list[tuple]):
    """A source: rows of (prompt_id, prompt, split, target, generator, value)."""
    columns = ["prompt_id", "prompt", "split", "target", "generator", "value"]
    frame = pd.DataFrame(rows, columns=columns)
    prompts = frame[["prompt_id", "prompt", "split"]].drop_duplicates()
    return build(
        pooled.SOURCE_CARDS[name], prompts, None, frame[["prompt_id", "target", "generator", "value"]]
    )


@pytest.fixture
def sources():
    sdxl, genai, tifa = "pqpp/hbpp-sdxl", "genai-bench/alignment", "tifa160/alignment"
    agiqa = [("agiqa-3k/alignment", 2.0, 3.0), ("agiqa-3k/quality", 4.0, 1.0)]
    return {
        "pqpp": made(
            "pqpp",
            [
                ("p1", "one", "train", sdxl, "SDXL", 2.0),
                ("p2", "two", "train", sdxl, "SDXL", 2.0),
                ("p3", "three", "validation", sdxl, "SDXL", -1.0),
                ("p1", "one", "train", "pqpp/hbpp-glide", "GLIDE", -1.0),
                ("p9", "nine", "test", sdxl, "SDXL", -0.5),
            ],
        ),
        "genai-bench": made(
            "genai-bench",
            [
                ("g1", "eins", None, genai, "strong", 4.0),
                ("g2", "zwei", None, genai, "strong", 5.0),
                ("g1", "eins", None, genai, "weak", 1.0),
                ("g2", "zwei", None, genai, "weak", 1.5),
            ],
        ),
        "agiqa-3k": made(
            "agiqa-3k",
            [(f"a{i}", f"a{i}", None, t, "g", (low, high)[i]) for t, low, high in agiqa for i in (0, 1)],
        ),
        "tifa160": made("tifa160", [(f"t{i}", f"t {i}", None, tifa, "g", 1.0 + i) for i in range(5)]),
    }


def score(dataset, prompt_id: str, target: str = "ppp/alignment") -> float:
    frame = observed(dataset, target).set_index("prompt_id")
    each = pooled.POOLS[target]
    return (frame.loc[prompt_id, "observed"] - each.mean) / each.spread


def test_scores_are_by_rank_within_data_set_and_generator(sources):
    dataset = pooled.pool(sources.get)
    assert score(dataset, "genai-bench:g1") == pytest.approx(-1)
    assert score(dataset, "genai-bench:g2") == pytest.approx(1)
    ranks = stats.norm.ppf((np.arange(1, 6) - 0.5) / 5)
    expected = ranks / ranks.std()
    assert [score(dataset, f"tifa160:t{i}") for i in range(5)] == pytest.approx(expected, abs=1e-9)


def test_ties_share_one_score_and_glide_has_no_part(sources):
    dataset = pooled.pool(sources.get)
    assert score(dataset, "pqpp:p1") == score(dataset, "pqpp:p2") == pytest.approx(1 / np.sqrt(2))


def test_a_generator_of_another_level_changes_nothing():
    strong, weak = {"a": 5.0, "b": 4.0, "c": 3.0}, {"a": 1.0, "b": 3.5, "c": 2.0}
    rows = [
        (prompt, name, value) for name, of in (("s", strong), ("w", weak)) for prompt, value in of.items()
    ]
    ratings = pd.DataFrame(rows, columns=["prompt_id", "generator", "value"])
    before = pooled.standard_scores(ratings)["score"]
    ratings.loc[ratings["generator"] == "w", "value"] -= 0.9
    assert pooled.standard_scores(ratings)["score"].tolist() == before.tolist()


def test_test_part_is_left_out_and_validation_stays(sources):
    prompts = pooled.pool(sources.get).prompts.set_index("prompt_id")
    assert "pqpp:p9" not in prompts.index
    assert prompts["split"].value_counts().to_dict() == {"train": 11, "validation": 1}
    assert prompts.loc["pqpp:p3", "split"] == "validation"
    assert prompts.loc["tifa160:t0", "source"] == "tifa160"
    without = dict(sources)
    without["pqpp"] = made(
        "pqpp", [(f"p{i}", str(i), "train", "pqpp/hbpp-sdxl", "SDXL", float(i)) for i in (0, 1)]
    )
    assert "pqpp:p3" not in set(pooled.pool(without.get).prompts["prompt_id"])


def test_a_test_prompt_under_another_name_is_not_learned_from(sources):
    sources["tifa160"] = made(
        "tifa160",
        [(f"t{i}", ("Nine!", "t 1", "t 2")[i], None, "tifa160/alignment", "g", 1.0 + i) for i in range(3)],
    )
    found = pooled.pool(sources.get)
    assert "tifa160:t0" not in set(found.prompts["prompt_id"]) | set(found.ratings["prompt_id"])
    assert {"tifa160:t1", "tifa160:t2"} <= set(found.prompts["prompt_id"])
    assert "1 prompts that a test part holds too are left out." in found.notes


def test_the_test_parts_labels_move_no_score(sources):
    before = observed(pooled.pool(sources.get), "ppp/alignment")
    ratings = sources["pqpp"].ratings
    ratings.loc[ratings["prompt_id"] == "p9", "value"] = 2.0
    pd.testing.assert_frame_equal(observed(pooled.pool(sources.get), "ppp/alignment"), before)


def test_people_is_the_mean_in_the_sources_own_unit(sources):
    ratings = pooled.pool(sources.get).ratings.set_index(["prompt_id", "target"])
    assert ratings.loc[("genai-bench:g2", "ppp/alignment"), "people"] == 3.25
    assert ratings.loc[("agiqa-3k:a0", "ppp/quality"), "people"] == 4.0


def test_absent_sources_are_named_and_not_credited(sources):
    dataset = pooled.pool(sources.get, ("tifa160", "pqpp"))
    assert dataset.notes[:2] == (
        "Made of: pqpp 3, tifa160 5 prompts.",
        "Not on this machine, so left out: ppp get genai-bench agiqa-3k",
    )
    assert "TIFA160: Apache-2.0" in dataset.card.licence
    assert "PQPP: CC BY 4.0" in dataset.card.licence
    assert "AGIQA" not in dataset.card.licence + dataset.card.attribution
    with pytest.raises(PPPError, match=r"The data set ppp has no ratings of ppp/quality"):
        observed(dataset, "ppp/quality")


def test_nothing_there_says_what_to_get():
    with pytest.raises(
        PPPError, match=r"none is on this machine\. Get: ppp get pqpp genai-bench agiqa-3k tifa160"
    ):
        pooled.pool({}.get, ())


def test_rated_alike_is_average():
    ratings = pd.DataFrame({"prompt_id": ["a", "b"], "generator": [None, None], "value": [3.0, 3.0]})
    assert pooled.standard_scores(ratings)["score"].tolist() == [0.0, 0.0]


def test_card_names_every_source_with_its_licence():
    for card in pooled.SOURCE_CARDS.values():
        assert f"{card.title}: {card.licence}" in pooled.CARD.licence
        assert card.attribution in pooled.CARD.attribution
    known = {target.name for card in pooled.SOURCE_CARDS.values() for target in card.targets}
    assert {source for each in pooled.POOLS.values() for source in each.sources} <= known


@pytest.fixture(scope="module")
def real():
    if not (DATA / "tifa160").is_dir():
        pytest.skip("the real data are not on this machine (PPP_DATA)")
    loaded = {name: load_dataset(name, folder=DATA) for name in pooled.source_names()}
    return loaded, pooled.pool(loaded.get)


@pytest.mark.real_data
def test_real_scale_is_that_of_the_two_sets_rated_1_to_5(real):
    loaded, _ = real
    means = [observed(loaded[name], f"{name}/alignment")["observed"] for name in ("genai-bench", "tifa160")]
    both = np.concatenate(means)
    assert len(both) == 687
    assert (pooled.ALIGNMENT.mean, pooled.ALIGNMENT.spread) == (round(both.mean(), 2), round(both.std(), 2))
    look = observed(loaded["agiqa-3k"], "agiqa-3k/quality")["observed"].to_numpy()
    assert (pooled.QUALITY.mean, pooled.QUALITY.spread) == (round(look.mean(), 2), round(look.std(), 2))


@pytest.mark.real_data
def test_real_pool_trains_on_all_but_validation_and_test(real):
    _, dataset = real
    counts = dataset.prompts.groupby("source").size().to_dict()
    assert counts == {"pqpp": 8120, "genai-bench": 527, "agiqa-3k": 300, "tifa160": 160}
    data = target_data(dataset, "ppp/alignment")
    assert len(data.held_out) == 2040
    assert len(data.train) + data.n_left_out == 6080 + 527 + 300 + 160
    means = observed(dataset, "ppp/alignment").merge(dataset.prompts[["prompt_id", "source"]])
    assert means.groupby("source")["observed"].mean().to_numpy() == pytest.approx(np.full(4, 3.39), abs=0.05)
    assert means["observed"].between(1, 5).all()
