"""The measured results that come with PPP: aggregates only, and what the documents quote."""

import json
import re
from pathlib import Path

import pytest

from ppp_core.errors import PPPError
from ppp_core.spread import MEANINGS
from ppp_core.spread.descriptions import MEAN_TESTS, SPREAD_TESTS
from ppp_core.spread.reference import SIMULATION, SPREAD, load_reference, load_simulation, rounded

DOCUMENT = Path(__file__).parents[2] / "docs" / "modifiers.md"


@pytest.fixture(scope="module")
def reference():
    return load_reference()


@pytest.mark.parametrize(
    ("measure", "meaning", "published"),
    [
        ("alignment", "generators-raw", "−.300"),
        ("alignment", "generators-centred", "−.235"),
        ("quality", "generators-raw", "+.095"),
        ("quality", "generators-centred", "+.025"),
    ],
)
def test_agiqa_3k_is_what_was_published(reference, measure, meaning, published):
    found = reference.analysis(f"agiqa-3k/{measure}", meaning=meaning).test("spearman").estimate
    assert f"{found:+.3f}".replace("-", "−").replace("0.", ".") == published


def test_an_analysis_is_whole_again(reference):
    for one in reference.analyses:
        assert one.meaning in MEANINGS
        assert one.counts["n_prompts"].sum() == one.trend["n_prompts"].sum() >= one.n
        for test in (*one.tests, *one.mean_tests):
            assert test.title == (SPREAD_TESTS | MEAN_TESTS)[test.name].title
            assert test.verdict
        assert len(one.points) == 0
    with pytest.raises(PPPError, match="Unknown reference analysis 'agiqa-3k/alignment samples given'"):
        reference.analysis("agiqa-3k/alignment", meaning="samples")


def test_it_holds_no_prompt_and_stays_small():
    text = SPREAD.read_text(encoding="utf-8")
    assert len(text.encode()) <= 200_000
    assert not re.search(r'"(prompt|prompt_id|image_id|points)":', text)


def test_counts_are_distributions(reference):
    sums = reference.counts.groupby(["dataset", "count"])["share"].sum()
    assert sums.tolist() == pytest.approx([1.0] * len(sums), abs=0.002)
    given = reference.counts.query("dataset == 'AGIQA-3K' and count == 'given'")
    assert given["n_prompts"].tolist() == [60, 120, 80, 40]


def test_effects_and_components_stand(reference):
    frame = reference.effects["agiqa-3k/alignment", "value"]
    assert {"mean", "spread"} == set(frame["outcome"])
    assert "anime style" in set(frame["modifier"])
    assert reference.components["agiqa-3k/alignment"]["n_generators"] == 6


def test_the_document_quotes_it(reference):
    text = " ".join(DOCUMENT.read_text(encoding="utf-8").split())
    for measure in ("alignment", "quality"):
        assert reference.analysis(f"agiqa-3k/{measure}").answer in text


def test_the_document_quotes_the_simulation():
    text = DOCUMENT.read_text(encoding="utf-8")
    null = load_simulation().query("world == 'Scenes, modifiers change nothing' and what == 'rejected'")
    for row in null.itertuples():
        if row.test.startswith("mean-") or row.test in ("location-scale-all", "quantile-25", "quantile-75"):
            continue
        assert f"| {SPREAD_TESTS[row.test].title} | {row.share:.3f} ± {row.error:.3f} |" in text, row


@pytest.mark.parametrize("path", [SPREAD, SIMULATION], ids=lambda path: path.name)
def test_damaged_files_are_told(path, tmp_path):
    load = load_reference if path == SPREAD else load_simulation
    with pytest.raises(PPPError, match="No measured results at"):
        load(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    with pytest.raises(PPPError, match="is damaged"):
        load(tmp_path / "bad.json")
    (tmp_path / "old.json").write_text(json.dumps({"format": 0}), encoding="utf-8")
    with pytest.raises(PPPError, match="not of format 1"):
        load(tmp_path / "old.json")


def test_what_lacks_a_part_is_told(tmp_path):
    (tmp_path / "short.json").write_text(json.dumps({"format": 1, "made": "x"}), encoding="utf-8")
    with pytest.raises(PPPError, match="lacks something: 'lexicon'"):
        load_reference(tmp_path / "short.json")


def test_rounding_keeps_what_is_no_number():
    assert rounded({"a": [0.123456, None, "x", 12345, True]}) == {"a": [0.1235, None, "x", 12345, True]}
