"""A user's own run, judged by a user's own qrels, as a ranking."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..errors import PPPError
from .ranking import DEPTH, Ranking, check_depth
from .trec import Qrels, Run, read_qrels, read_queries, read_run


def read_ranking(
    run: str | Path,
    qrels: str | Path,
    *,
    queries: str | Path | None = None,
    k: int | None = DEPTH,
) -> Ranking:
    """Reads a run and its judgments in the format of TREC.

    Args:
        run: six columns, see `read_run`.
        qrels: four columns, see `read_qrels`.
        queries: name, tab, text; where the texts of queries are known.
        k: documents kept of each query, at least 10; None for all.

    Raises:
        PPPError: for files that cannot be read so, or that share no query with a relevant document.
    """
    found, notes = read_run(run)
    texts = read_queries(queries) if queries is not None else {}
    made = as_ranking(found, read_qrels(qrels), queries=texts, name=Path(run).name, k=k)
    return made.rows(np.arange(len(made)), *notes)


def as_ranking(
    run: Run,
    qrels: Qrels,
    *,
    queries: Mapping[str, str] | None = None,
    name: str = "run",
    k: int | None = DEPTH,
) -> Ranking:
    """A run and its judgments as a ranking; of documents with one score, the later name comes first.

    A query without a relevant document is left out and told; one with relevant documents that the run does
    not answer stays, and found nothing. The mean of a query's scores over the corpus, which only the search
    engine knows, is taken over all documents that the run has for it.

    Args:
        run: query → document → score.
        qrels: query → document → grade.
        queries: query → text; used where it has a text for every query.
        name: for the result.
        k: documents kept of each query, at least 10; None for all.

    Raises:
        PPPError: when no query has a relevant document, or none of those is in the run.

    Example:
        >>> made = as_ranking({"q": {"a": 0.5, "b": 0.9, "c": 0.5}}, {"q": {"a": 1, "x": 2}})
        >>> [made.doc_ids[one] for one in made.docs[0]], made.relevant_ranks[0].tolist(), made.n_relevant[0]
        (['b', 'c', 'a'], [3], np.int64(2))
    """
    check_depth(k, 0)
    asked = [query for query, judged in qrels.items() if any(grade > 0 for grade in judged.values())]
    if not any(query in run for query in asked):
        raise PPPError(
            f"No query of the run ({len(run):,} queries) has a relevant document in the qrels "
            f"({len(qrels):,} queries, {len(asked):,} with a relevant document). Do the names agree?"
        )
    answers = [sorted(run.get(query, {}).items(), key=_by_score, reverse=True) for query in asked]
    place: dict[str, int] = {}
    for query, answer in zip(asked, answers, strict=True):
        for document in [*(one for one, _ in answer), *qrels[query]]:
            place.setdefault(document, len(place))
    deepest = max(map(len, answers))
    width = deepest if k is None else min(k, deepest)
    docs, scores = np.full((len(asked), width), -1, np.int32), np.full((len(asked), width), np.nan)
    relevant, grades, ranks = [], [], []
    mean, deviation = np.full(len(asked), np.nan), np.full(len(asked), np.nan)
    for row, (query, answer) in enumerate(zip(asked, answers, strict=True)):
        kept = answer[:width]
        docs[row, : len(kept)] = [place[one] for one, _ in kept]
        scores[row, : len(kept)] = [score for _, score in kept]
        if answer:
            every = np.array([score for _, score in answer])
            mean[row], deviation[row] = every.mean(), every.std()
        judged = {one: grade for one, grade in qrels[query].items() if grade > 0}
        relevant.append(np.array([place[one] for one in judged]))
        grades.append(np.array(list(judged.values())))
        ranks.append(np.array([rank for rank, (one, _) in enumerate(answer, 1) if one in judged], int))
    texts = queries or {}
    told = tuple(texts[query] for query in asked) if all(query in texts for query in asked) else ()
    return Ranking(
        name=name,
        encoder="",
        query_ids=tuple(asked),
        queries=told,
        doc_ids=tuple(place),
        docs=docs,
        scores=scores,
        relevant=tuple(relevant),
        grades=tuple(grades),
        relevant_ranks=tuple(ranks),
        corpus_mean=mean,
        corpus_sd=deviation,
        cosines=False,
        notes=_notes(run, qrels, asked, texts, told),
    )


def _by_score(answer: tuple[str, float]) -> tuple[float, str]:
    document, score = answer
    return score, document


def _notes(
    run: Run, qrels: Qrels, asked: list[str], texts: Mapping[str, str], told: tuple[str, ...]
) -> tuple[str, ...]:
    known = set(asked)
    without = sum(query not in known for query in qrels)
    unjudged = sum(query not in qrels for query in run)
    unanswered = sum(query not in run for query in asked)
    untold = sum(query not in texts for query in asked) if texts and not told else 0
    counts = {
        "{} judged without a relevant document: left out.": without,
        "{} of the run without a judgment: left out.": unjudged,
        "{} with relevant documents not in the run: counted as 0 and not predicted.": unanswered,
        "{} without a text: what needs texts is not given.": untold,
    }
    return tuple(told.format(f"{n:,} {'query' if n == 1 else 'queries'}") for told, n in counts.items() if n)
