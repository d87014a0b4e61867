"""Translated prompts, scored by predictors that learned from the originals: results by language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...errors import PPPError
from ...splits import normalise_text
from .board import row_key
from .fitting import bounds, fit_folds, fit_predictor, predict_prompts
from .judging import OUT_OF_FOLD, Judges
from .lineups import flat, rankings
from .plan import Plan

if TYPE_CHECKING:
    import pandas as pd

    from ...store import EmbeddingStore

COLUMNS = ("language", "translation")
FEWEST = 15
"""Prompts of a language below which its correlation is not told."""


@dataclass(frozen=True)
class Languages:
    """Results by language.

    Attributes:
        records: with the columns of ``TABLES["languages"]``: for each language the translations, and the
            originals of the same prompts. The observed values are those of the original prompt's images.
        notes: what was left out, one sentence each.
    """

    records: tuple[dict, ...]
    notes: tuple[str, ...]


def evaluate_translations(
    plan: Plan,
    table: pd.DataFrame,
    *,
    seeds: int = 1,
    store: EmbeddingStore | None = None,
    resamples: int = 2_000,
) -> Languages:
    """Scores translations with each predictor and encoder of a plan, fitted on the original prompts.

    No predictor learned from the original of a prompt that it is judged by: held-out prompts only, or,
    where the data set has no such part, the fold that left the original out.

    Args:
        plan: its targets, predictors and encoders are taken.
        table: columns ``language``, ``translation``, and ``prompt_id`` or ``prompt`` (the original).
        seeds: how many, from 0 on; coefficients are averaged.
        store: where embeddings are looked up and kept.
        resamples: of the intervals.

    Returns:
        Records by target, predictor, encoder and language.

    Raises:
        PPPError: when a column is missing, or no translation belongs to a prompt that judges.
    """
    check_translations(table)
    records, notes = [], []
    pairs = dict.fromkeys((job.predictor, job.encoder) for job in plan.jobs)
    for target, judges in plan.judges.items():
        languages, note = _matched(table, judges)
        notes += [f"{target}: {note}"] if note else []
        for predictor, encoder in pairs if languages else ():
            asked = _asked(judges, languages)
            values = [_predict(plan, target, predictor, encoder, seed, asked, store) for seed in range(seeds)]
            identity = {"target": target, "predictor": predictor, "encoder": encoder}
            records += _records(identity, judges, languages, values, resamples)
    if not records:
        told = " ".join(notes) or "No target was asked for."
        raise PPPError(f"No language has {FEWEST} translations of prompts that judge. {told}")
    return Languages(tuple(records), tuple(notes))


def check_translations(table: pd.DataFrame) -> None:
    """Raises PPPError when a table lacks a column that translations need."""
    missing = [name for name in COLUMNS if name not in table]
    if missing or not {"prompt_id", "prompt"} & set(table):
        wanted = "language, translation, and prompt_id or prompt (the original)"
        raise PPPError(f"Translations need the columns {wanted}; got {', '.join(map(str, table))}.")


def _matched(table: pd.DataFrame, judges: Judges) -> tuple[dict[str, dict[int, str]], str]:
    """By language: the translation of each judging prompt, by its position; and what was left out."""
    by = "prompt_id" if "prompt_id" in table else "prompt"
    normal = str if by == "prompt_id" else normalise_text
    known = judges.prompt_ids if by == "prompt_id" else judges.prompts
    where = {normal(one): row for row, one in enumerate(known)}
    languages: dict[str, dict[int, str]] = defaultdict(dict)
    strangers = blank = 0
    for one, language, text in table[[by, *COLUMNS]].itertuples(index=False):
        row = where.get(normal(str(one)))
        if row is None:
            strangers += 1
        elif not isinstance(text, str) or not text.strip() or not isinstance(language, str):
            blank += 1
        else:
            languages[language.strip()][row] = text
    few = sorted(name for name, texts in languages.items() if len(texts) < FEWEST)
    told = [
        f"{strangers:,} of {_rows(len(table))} left out: no prompt that judges." if strangers else "",
        f"{_rows(blank)} left out: no translation or language." if blank else "",
        f"Fewer than {FEWEST} prompts, left out: {', '.join(few)}." if few else "",
    ]
    return {k: v for k, v in sorted(languages.items()) if k not in few}, " ".join(filter(None, told))


def _rows(count: int) -> str:
    return f"{count:,} row{'s' * (count != 1)}"


def _asked(judges: Judges, languages: dict[str, dict[int, str]]) -> dict[int, list[str]]:
    """By position of a judging prompt: the texts to score, the original first."""
    asked: dict[int, list[str]] = {}
    for texts in languages.values():
        for row, text in texts.items():
            asked.setdefault(row, [judges.prompts[row]]).append(text)
    return asked


def _predict(
    plan: Plan,
    target: str,
    predictor: str,
    encoder: str,
    seed: int,
    asked: dict[int, list[str]],
    store: EmbeddingStore | None,
) -> dict[tuple[int, str], float]:
    """Values of all texts asked, by position and text, of predictors that had not learned the original."""
    data, base = plan.data[target], plan.encoders.get(encoder)
    found = {}
    if plan.judges[target].part == OUT_OF_FOLD:
        for fold in fit_folds(data, predictor, base, seed, store):
            rows = [row for row in fold.outside.tolist() if row in asked]
            found |= _values(fold.fitted, fold.encoder, {row: asked[row] for row in rows}, data, store)
        return found
    return _values(*fit_predictor(data, predictor, base, seed, store), asked, data, store)


def _values(fitted, encoder, asked: dict[int, list[str]], data, store) -> dict[tuple[int, str], float]:
    pairs = [(row, text) for row, texts in asked.items() for text in dict.fromkeys(texts)]
    if not pairs:
        return {}
    texts = [text for _, text in pairs]
    values = predict_prompts(fitted, encoder, texts, bounds=bounds(data), store=store)
    return dict(zip(pairs, values.tolist(), strict=True))


def _records(
    identity: dict[str, str],
    judges: Judges,
    languages: dict[str, dict[int, str]],
    values: Sequence[dict[tuple[int, str], float]],
    resamples: int,
) -> list[dict]:
    records = []
    for language, texts in languages.items():
        observed = judges.observed[list(texts)]
        both = {"translation": texts, "original": {row: judges.prompts[row] for row in texts}}
        predicted = [
            np.array([[one[pair] for pair in kind.items()] for one in values]) for kind in both.values()
        ]
        found = rankings(predicted, observed, resamples=resamples)
        for position, kind in enumerate(both):
            records.append({
                "key": row_key(*identity.values(), judges.part),
                **identity,
                "trained_on": "",
                "part": judges.part,
                "language": language,
                "text": kind,
                "n": len(texts),
                **flat(found, position),
            })  # fmt: skip
    return records
