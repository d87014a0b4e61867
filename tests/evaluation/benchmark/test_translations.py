"""Translated prompts are scored by what learned from originals, and none that is judged."""

import pandas as pd
import pytest

from ppp_core.errors import PPPError
from ppp_core.evaluation.benchmark import fitting, translations
from ppp_core.evaluation.benchmark.plan import make_plan
from ppp_core.evaluation.benchmark.translations import evaluate_translations
from ppp_core.splits import check_disjoint


def translated(prompts):
    """Same words for German; a language that keeps nothing for the other."""
    return pd.DataFrame(
        {
            "prompt": [*prompts, *prompts],
            "language": ["de"] * len(prompts) + ["xx"] * len(prompts),
            "translation": [
                *(f"{text} bitte" for text in prompts),
                *(f"zzz {len(text)}" for text in prompts),
            ],
        }
    )


def test_each_language_stands_beside_the_originals_of_its_prompts(made_home, made_tables, words_encoder):
    plan = make_plan(["parted/worth"], ["linear-probe"], [words_encoder])
    held_out = made_tables["parted"].query("split == 'validation'")["prompt"].tolist()
    found = evaluate_translations(plan, translated(held_out), resamples=100)
    by = {(one["language"], one["text"]): one for one in found.records}
    assert set(by) == {(name, text) for name in ("de", "xx") for text in ("translation", "original")}
    assert by["de", "translation"]["pearson"] == pytest.approx(by["de", "original"]["pearson"])
    assert by["de", "original"]["pearson"] > 0.8
    assert not abs(by["xx", "translation"]["pearson"]) > 0.5  # nothing is left of the words
    assert {one["n"] for one in found.records} == {60}
    assert found.notes == ()


def test_originals_that_were_learned_from_do_not_judge(made_home, made_tables, words_encoder, monkeypatch):
    judged, learned = [], []
    real_fit, real_predict = fitting.fit_predictor, fitting.predict_prompts

    def fit(data, *rest):
        learned.append(data.train.prompts)
        return real_fit(data, *rest)

    def predict(fitted, reader, prompts, **options):
        check_disjoint(learned[-1], [text for text in prompts if not text.endswith("bitte")])
        judged.extend(prompts)
        return real_predict(fitted, reader, prompts, **options)

    monkeypatch.setattr(fitting, "fit_predictor", fit)
    monkeypatch.setattr(translations, "fit_predictor", fit)
    monkeypatch.setattr(translations, "predict_prompts", predict)
    plan = make_plan(["parted/worth", "loose/worth"], ["linear-probe"], [words_encoder])
    every = [text for table in made_tables.values() for text in table["prompt"]]
    table = translated(list(dict.fromkeys(every)))
    found = evaluate_translations(plan, table[table["language"] == "de"], resamples=100)
    assert {one["target"]: one["n"] for one in found.records} == {"parted/worth": 60, "loose/worth": 80}
    assert len(learned) == 1 + 5
    assert any("no prompt that judges" in note for note in found.notes)


def test_small_languages_and_blanks_are_told(made_home, made_tables, words_encoder):
    plan = make_plan(["parted/worth"], ["length"], [words_encoder])
    held_out = made_tables["parted"].query("split == 'validation'")["prompt"].tolist()
    table = translated(held_out)
    table = pd.concat([table.iloc[:60], table.iloc[60:64]])
    table.iloc[0, 2] = " "
    found = evaluate_translations(plan, table, resamples=100)
    assert {one["language"]: one["n"] for one in found.records} == {"de": 59}
    (note,) = found.notes
    assert "1 row left out: no translation" in note
    assert "Fewer than 15 prompts, left out: xx." in note


def test_prompts_are_found_by_their_id_too(made_home, made_tables, words_encoder):
    plan = make_plan(["parted/worth"], ["length"], [words_encoder])
    judges = plan.judges["parted/worth"]
    table = pd.DataFrame({"prompt_id": judges.prompt_ids, "language": "de", "translation": "ein Hund"})
    (one, _) = evaluate_translations(plan, table, resamples=100).records
    assert one["n"] == 60


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"prompt": ["a"], "language": ["de"]}, "Translations need the columns language, translation, and"),
        ({"translation": ["a"], "language": ["de"]}, "got translation, language"),
        (
            {"prompt": ["a"], "translation": ["b"], "language": ["de"]},
            "No language has 15 translations of prompts that judge",
        ),
    ],
)
def test_useless_tables_are_refused(made_home, words_encoder, table, told):
    plan = make_plan(["parted/worth"], ["length"], [words_encoder])
    with pytest.raises(PPPError, match=told):
        evaluate_translations(plan, pd.DataFrame(table))
