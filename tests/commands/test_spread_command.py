"""``ppp spread``: readable, and stable as JSON."""

import json

import numpy as np
import pandas as pd
import pytest

from ppp_core.datasets import import_dataset
from ppp_core.spread import COUNTS, MEANINGS
from ppp_core.spread.descriptions import MEAN_TESTS, SPREAD_TESTS

KEYS = {
    *("format", "dataset", "target", "meaning", "count", "generator", "n", "enough", "answer", "strength"),
    *("trend", "mean_trend", "counts", "sensitivity", "tests", "mean_tests", "controls", "notes"),
    *("meanings", "counts_allowed"),
}
TEST_KEYS = {
    *("name", "title", "asks", "family", "estimate", "low", "high", "unit", "words", "p", "p_adjusted", "n"),
    *("verdict", "source", "reason"),
}


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """48 prompts drawn by two generators; every second has two known modifiers and a third of the spread."""
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    random = np.random.default_rng(0)
    folder = tmp_path / "images"
    folder.mkdir()
    rows = []
    for number in range(48):
        modified = number % 2
        prompt = f"a fox number {number}" + (", oil painting, 4k" if modified else "")
        for generator in ("one", "two"):
            for _ in range(3):
                score = random.normal(5, 0.4 if modified else 1.2)
                rows.append((prompt, f"{len(rows)}.png", generator, score))
                (folder / f"{len(rows) - 1}.png").write_bytes(b"")
    table = pd.DataFrame(rows, columns=["prompt", "image", "generator", "score"])
    table.to_csv(tmp_path / "mine.csv", index=False)
    import_dataset(tmp_path / "mine.csv", name="mine", images=folder)
    return "mine"


@pytest.fixture
def quiet(monkeypatch):
    """Without the encoder, so that nothing has to be loaded."""
    monkeypatch.setattr("ppp_core.encoders.is_available", lambda name: False)


def test_what_is_printed_can_be_read(ppp, mine, quiet):
    ran = ppp("spread", mine, "--meaning", "samples")
    assert ran.status == 0, ran
    assert ran.out.startswith("On mine, score varies less with more modifiers: ρ −.")
    lines = ran.out.splitlines()
    assert "Variance across samples of one generator." in ran.out
    assert "Modifiers: known terms." in ran.out
    assert any(line.startswith("Rank correlation ") and "less spread with more" in line for line in lines)
    assert any(line.split()[:2] == ["0", "24"] for line in lines)
    assert any(line.split()[:2] == ["2", "24"] for line in lines)
    assert "This data allows variance across: samples, generators, generators-centred" in ran.out
    assert "the encoder minilm-l6 is not here" in ran.err


def test_json_is_stable(ppp, mine, quiet):
    told = json.loads(ppp("spread", mine, "--target", "score", "--meaning", "samples", "--json").out)
    assert set(told) == KEYS
    assert told["target"] == "mine/score"
    assert set(told["meanings"]) == set(MEANINGS)
    assert set(told["counts_allowed"]) == set(COUNTS)
    assert told["counts_allowed"]["given"]
    for one in (*told["tests"], *told["mean_tests"]):
        assert set(one) == TEST_KEYS
        assert one["name"] in SPREAD_TESTS | MEAN_TESTS
    assert [row["n_prompts"] for row in told["trend"]] == [24, 24]


def test_one_generator(ppp, mine, quiet):
    told = json.loads(ppp("spread", mine, "--meaning", "samples", "--generator", "two", "--json").out)
    assert told["generator"] == "two"
    assert told["sensitivity"] == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--target", "scores"], "Unknown target 'mine/scores'. Did you mean 'mine/score'?"),
        (["--meaning", "sample"], "Unknown meaning of variance 'sample'. Did you mean 'samples'"),
        (["--count", "given"], "does not tell how many modifiers a prompt has. Count with one of: segments"),
        (["--effects", "terms"], "Unknown way to tell modifiers apart 'terms'. Did you mean 'term'?"),
        (["--effects", "value"], "has no columns of modifiers of its own"),
        (["--by", "lengths"], "Unknown way to group 'lengths'. Did you mean 'length'? Known: length."),
        (["--compare", "mien"], "Unknown data set 'mien'. Did you mean 'mine'"),
        (["--images"], "No kept predictions of mine/score"),
        (
            ["--meaning", "generators", "--generator", "one"],
            "One generator has no variance across generators",
        ),
        (["--meaning", "samples", "--generator", "three"], "Unknown generator 'three'. Known: one, two."),
    ],
)
def test_errors_are_one_line(refused, mine, options, told):
    assert told in refused("spread", mine, *options)


def test_an_unknown_data_set_is_refused(refused, mine):
    assert "Unknown data set 'mien'. Did you mean 'mine'" in refused("spread", "mien")


def asked(ppp, name, *options):
    ran = ppp("spread", name, "--meaning", "samples", *options, "--json")
    assert ran.status == 0, ran
    return json.loads(ran.out)


@pytest.fixture
def mixed(tmp_path, monkeypatch):
    """80 prompts with each of two known modifiers or not; oil paintings have a third of the spread."""
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    random = np.random.default_rng(0)
    folder = tmp_path / "images"
    folder.mkdir()
    rows = []
    for number in range(80):
        oil, sharp = number % 2, number // 2 % 2
        prompt = (
            f"a fox number {number}" + " at night" * (number % 3) + ", oil painting" * oil + ", 4k" * sharp
        )
        for _ in range(4):
            rows.append((prompt, f"{len(rows)}.png", "one", random.normal(5, 0.4 if oil else 1.2)))
            (folder / rows[-1][1]).write_bytes(b"")
    table = pd.DataFrame(rows, columns=["prompt", "image", "generator", "score"])
    table.to_csv(tmp_path / "mixed.csv", index=False)
    import_dataset(tmp_path / "mixed.csv", name="mixed", images=folder)
    return "mixed"


def test_effects_components_and_groups_follow_the_answer(ppp, mixed, quiet):
    options = ("--effects", "term", "--components", "--by", "length")
    ran = ppp("spread", mixed, "--meaning", "samples", *options)
    assert ran.status == 0, ran
    told = asked(ppp, mixed, *options)
    assert set(told) == KEYS | {"effects", "components", "groups"}
    titles = ("Effects: each modifier", "Components: where", "Groups: by length in words")
    places = [ran.out.index(title) for title in titles]
    assert places == sorted(places)
    assert places[0] > ran.out.index("This data allows")
    for part in (told["effects"], told["effects"]["combinations"], told["components"]):
        assert part["answer"] in ran.out
        assert all(note in ran.out for note in part["notes"])
    spread = {row["modifier"]: row for row in told["effects"]["effects"] if row["outcome"] == "spread"}
    assert spread["oil painting"]["percent"] < -40
    assert any(line.split()[:4] == ["oil", "painting", "40", "40"] for line in ran.out.splitlines())
    assert any(row["component"].startswith("prompt") for row in told["components"]["components"])
    assert sum(one["n"] for one in told["groups"].values()) == told["n"]
    for name, one in told["groups"].items():
        assert f"{name}: {one['answer']}" in ran.out


def test_another_data_set_is_beside_it(ppp, mine, quiet, tmp_path):
    prompts = [f"a fox number {i}" + ", 4k" * (i % 2) for i in range(40)]
    table = pd.DataFrame({"prompt": prompts, "beauty": np.random.default_rng(1).uniform(0, 1, 40)})
    table.to_csv(tmp_path / "other.csv", index=False)
    import_dataset(tmp_path / "other.csv", name="other")
    told = asked(ppp, mine, "--compare", "other")["compare"]
    assert told["target"] == "other/beauty"
    assert told["meaning"] == "prompts"
    assert told["notes"][0].startswith("Not measured alike, no variance across samples there: ")
    ran = ppp("spread", mine, "--meaning", "samples", "--compare", "other")
    assert "Compared with " in ran.out
    assert told["answer"] in ran.out
    assert told["notes"][0] in ran.out
    rows = [line.split()[:3] for line in ran.out.splitlines()]
    assert ["mine/score", "samples", "lexicon"] in rows
    assert ["other/beauty", "prompts", "lexicon"] in rows


@pytest.fixture
def scored(monkeypatch):
    """Prompts are given intervals by their length, without an encoder."""

    def score(prompts, targets, **_):
        wide = np.array([len(prompt) / 100 for prompt in prompts])
        name = targets[0]
        return pd.DataFrame({"prompt": prompts, name: wide, f"{name}_low": wide * 0, f"{name}_high": wide})

    monkeypatch.setattr("ppp_core.predictors.scoring.score", score)


@pytest.mark.parametrize(("most", "n"), [(2000, 48), (30, 30)])
def test_widths_are_of_a_sample_where_prompts_are_many(ppp, mine, quiet, scored, monkeypatch, most, n):
    monkeypatch.setattr("ppp_core.commands.spread_parts.MOST_PREDICTED", most)
    told = asked(ppp, mine, "--widths")["widths"]
    assert (told["target"], told["n"]) == ("ppp/alignment", n)
    assert told["answer"].startswith("Predicted intervals are wider for prompts with more modifiers")
    assert (told["notes"][0] == "30 of 48 prompts were predicted, drawn at random.") == (n == 30)
    ran = ppp("spread", mine, "--meaning", "samples", "--widths")
    assert "Widths: of predicted 90 % intervals, ppp/alignment" in ran.out
    assert told["answer"] in ran.out
    assert told["notes"][0] in ran.out


def test_images_averaged(ppp, mine, quiet, monkeypatch):
    from ppp_core.spread import images_curve as module

    def curve(dataset, target):
        predicted = {one: float(i % 5) for i, one in enumerate(dataset.prompts["prompt_id"])}
        return real(dataset, target, predicted, repeats=100)

    real = module.images_curve
    monkeypatch.setattr(module, "images_curve", curve)
    told = asked(ppp, mine, "--images")["images"]
    assert told["curve"][0]["images"] == 1
    ran = ppp("spread", mine, "--meaning", "samples", "--images")
    assert "Images: how many make a fair judge" in ran.out
    assert told["answer"] in ran.out


def test_modifiers_that_always_come_together_are_refused_in_one_line(refused, tmp_path, ppp):
    lines = ["prompt,generator,score"]
    for number in range(12):
        prompt = f"a cat {number}" + ", oil painting, by Hokusai" * (number % 2)
        lines += [f'"{prompt}",sd,{number % 5}.{step}' for step in range(3)]
    (tmp_path / "own.csv").write_text("\n".join(lines))
    assert ppp("import", tmp_path / "own.csv", "--name", "together", "--duplicates", "images").status == 0
    told = refused("spread", "together", "--effects", "term")
    assert told.startswith("No modifier's effect can be told apart")
