"""What an evaluation leaves on disk: a run, judgments, queries, and a table of all queries."""

from __future__ import annotations

from pathlib import Path

from ..errors import PPPError
from ..store.paths import refuse_when_public
from .evaluation import RetrievalEvaluation
from .ranking import Ranking
from .trec import write_qrels, write_queries, write_run

FILES = ("run.txt", "qrels.txt", "queries.tsv", "queries.csv", "queries.parquet")


def export(ranking: Ranking, evaluation: RetrievalEvaluation, folder: str | Path) -> tuple[Path, ...]:
    """Writes the ranking and the evaluation's table of queries into a folder, each file whole or not at all.

    ``run.txt`` and ``qrels.txt`` are in the format of TREC, ``queries.tsv`` holds names and texts of queries
    where they are known, ``queries.csv`` and ``queries.parquet`` the measures and predictors of each query.

    Args:
        ranking: what was evaluated.
        evaluation: of that ranking.
        folder: made if absent; files of these names are replaced.

    Returns:
        The files written.

    Raises:
        PPPError: when the folder is a file or cannot be written, or in a public demo.
    """
    from ..tables.writing import write_table

    folder = check_folder(folder)
    writers = {"run.txt": write_run, "qrels.txt": write_qrels}
    if ranking.queries:
        writers["queries.tsv"] = write_queries
    for name, write in writers.items():
        write(ranking, folder / name)
    tables = [name for name in FILES if name.endswith((".csv", ".parquet"))]
    for name in tables:
        write_table(evaluation.per_query, folder / name)
    return tuple(folder / name for name in (*writers, *tables))


def check_folder(folder: str | Path) -> Path:
    """The folder, if it is one or can become one. Raises PPPError for a file, and in a public demo."""
    refuse_when_public("Writing an evaluation")
    folder = Path(folder).expanduser()
    if folder.exists() and not folder.is_dir():
        raise PPPError(f"{folder} is a file; a folder to write into was wanted.")
    return folder
