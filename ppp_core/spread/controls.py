"""What else could be behind a trend: the prompt's length, its subject, the generators that drew it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError
from .wording import short

if TYPE_CHECKING:
    import pandas as pd

    from ..encoders import Encoder
    from ..store import EmbeddingStore
    from .observations import Observations

DIMS = 8
"""Dimensions of the subjects' embedding that are held equal."""
PROMPTS_A_COLUMN = 10
"""So many prompts are wanted for each column that is held equal."""
TOGETHER = 0.9
"""Rank correlation of all words and count from which they can hardly be told apart."""
MOST_SUBJECTS = 3_000
"""Subjects that are embedded at most."""


@dataclass(frozen=True)
class Controls:
    """What is held equal, as columns over the prompts of a sample.

    Attributes:
        columns: name (``"words"``, ``"subject"``, ``"generators"``) -> shape (n, k), only what could be had.
        notes: what was, and what could not be, controlled, one sentence each.
    """

    columns: dict[str, np.ndarray] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def subject_texts(observations: Observations) -> pd.Series:
    """What each prompt is of: the data set's own column ``subject``, else the prompt without its modifiers.

    Modifiers are the known terms and patterns, and what grammar finds where that is counted. Case and spaces
    do not matter.
    """
    import pandas as pd

    from ..modifiers import parse_all

    prompts = observations.prompts
    if "subject" in prompts.columns and prompts["subject"].notna().all():
        return prompts["subject"].str.lower().str.strip()
    parsed = parse_all(prompts["prompt"].tolist(), grammar=observations.count == "all")
    return pd.Series([" ".join(one.subject.lower().split()) for one in parsed], index=prompts.index)


def subjects_wanted(observations: Observations) -> bool:
    """Whether `subject_vectors` would help: subjects do not repeat, and are not too many to embed."""
    texts = subject_texts(observations)
    return texts.nunique() <= MOST_SUBJECTS and not _repeat(observations.prompts, texts)


def subject_vectors(
    observations: Observations,
    *,
    encoder: str | Encoder = "minilm-l6",
    store: EmbeddingStore | None = None,
    dims: int = DIMS,
    progress: Callable[[int, int], None] | None = None,
) -> np.ndarray:
    """What the prompts are of, as a few numbers each: principal components of the subjects' embeddings.

    Args:
        observations: the prompts.
        encoder: a key of the encoders' table, or an encoder.
        store: where embeddings are kept; None to keep none.
        dims: components.
        progress: called with subjects embedded and subjects in all.

    Returns:
        Shape (n_prompts, dims), each column with standard deviation 1, the first the widest.

    Raises:
        PPPError: for an encoder whose weights are absent, or more than `MOST_SUBJECTS` subjects.
    """
    from ..encoders import embed, load_encoder

    texts = subject_texts(observations)
    unique = sorted(set(texts))
    if len(unique) > MOST_SUBJECTS:
        raise PPPError(f"{len(unique):,} subjects are too many to embed, at most {MOST_SUBJECTS:,} are.")
    model = load_encoder(encoder) if isinstance(encoder, str) else encoder
    vectors = embed(model, unique, store=store, progress=progress).vectors.astype(float)
    place = texts.map(dict(zip(unique, range(len(unique)), strict=True))).to_numpy()
    centred = vectors[place] - vectors[place].mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    kept = min(dims, int((sizes > 1e-9 * max(float(sizes[0]), 1e-300)).sum()))
    return left[:, :kept] * np.sqrt(len(left))


def controls_of(observations: Observations, rows: np.ndarray, subjects: np.ndarray | None) -> Controls:
    """What can be held equal among some prompts.

    Args:
        observations: all prompts.
        rows: positions of those analysed.
        subjects: of `subject_vectors`, shape (n_prompts, k); None where there are none.

    Returns:
        The columns, and what they do and do not do.
    """
    prompts, texts = observations.prompts.iloc[rows], subject_texts(observations).iloc[rows]
    columns, notes = {}, []
    for name, (found, note) in {
        "words": _words(prompts, texts),
        "subject": _subject(prompts, texts, None if subjects is None else subjects[rows]),
        "generators": _generators(observations, prompts),
    }.items():
        notes += [note] if note else []
        if found is not None and found.shape[1]:
            columns[name] = found
    return Controls(columns, tuple(notes))


def _words(prompts: pd.DataFrame, texts: pd.Series) -> tuple[np.ndarray | None, str]:
    """Length without the modifiers: with them, more modifiers would be held against longer prompts."""
    from scipy.stats import rankdata, spearmanr

    count, total = prompts["count"].to_numpy(float), prompts["words"].to_numpy(float)
    words = texts.str.split().str.len().to_numpy(float)
    if np.ptp(words) == 0:
        return None, "Length: without their modifiers, all prompts have the same number of words."
    note = "Length: the number of words outside the modifiers is held equal."
    if np.ptp(count) and np.ptp(total):
        rho = float(spearmanr(total, count).statistic)
        if abs(rho) > TOGETHER:
            note += f" All words cannot be: they go with the count too closely (ρ {short(rho)})."
    ranks = rankdata(words)
    return ((ranks - ranks.mean()) / ranks.std())[:, None], note


def _subject(
    prompts: pd.DataFrame, texts: pd.Series, vectors: np.ndarray | None
) -> tuple[np.ndarray | None, str]:
    sizes = texts.groupby(texts).transform("size")
    n_subjects = texts.nunique()
    if _repeat(prompts, texts):
        shared = float((_counts_of_a_subject(prompts, texts) > 1).mean())
        codes, kinds = texts.factorize()
        dummies = (codes[:, None] == np.arange(1, len(kinds))).astype(float)
        return dummies, (
            f"Subject: {n_subjects:,} subjects, each compared with itself; {shared:.0%} of prompts have a "
            "subject that comes with several counts."
        )
    bare = f"Subject: {int((sizes > 1).sum()):,} of {len(texts):,} prompts share theirs with another, "
    bare += "so a subject cannot be compared with itself at another count. This is evidence between prompts."
    if vectors is None or len(texts) < PROMPTS_A_COLUMN * vectors.shape[1]:
        return None, f"{bare} What prompts are of is not held equal."
    return vectors, (
        f"{bare} Held equal instead is what they are of, roughly: {vectors.shape[1]} dimensions of the "
        "subject's embedding."
    )


def _repeat(prompts: pd.DataFrame, texts: pd.Series) -> bool:
    """Whether most prompts share their subject with one of another count, and some freedom is left."""
    shared = float((_counts_of_a_subject(prompts, texts) > 1).mean())
    return shared >= 0.5 and len(texts) - texts.nunique() >= PROMPTS_A_COLUMN


def _counts_of_a_subject(prompts: pd.DataFrame, texts: pd.Series) -> pd.Series:
    return prompts["count"].groupby(texts).transform("nunique")


def _generators(observations: Observations, prompts: pd.DataFrame) -> tuple[np.ndarray | None, str]:
    values = observations.values[observations.values["prompt_id"].isin(prompts["prompt_id"])]
    if values["generator"].isna().all() or values["generator"].nunique() < 2:
        return None, ""
    there = values.pivot_table(index="prompt_id", columns="generator", values="raw", aggfunc="size")
    there = there.reindex(prompts["prompt_id"]).fillna(0).to_numpy()
    complete = (there == there.max(axis=0)).all(axis=1)
    if complete.all():
        return None, "Generators: every prompt has the same, so they are held equal as it is."
    held = there[:, (np.ptp(there, axis=0) > 0)]
    note = f"Generators: {int(complete.sum()):,} of {len(complete):,} prompts have all; "
    note += "which are missing is held equal."
    return (held - held.mean(axis=0)) / held.std(axis=0), note
