"""What can be taken away of a board: tables for papers, citations, and the command that measures it again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..errors import PPPError
from .benchmark_view import MEASURED, NAMES, best_marks, interval, number, short

if TYPE_CHECKING:
    import pandas as pd

_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "·": r"$\cdot$",
    "←": r"$\leftarrow$",
    "−": r"$-$",
    "–": "--",
    "★": r"$\star$",
    "≈": r"$\approx$",
    "ρ": r"$\rho$",
    "τ": r"$\tau$",
}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|~$#])")

CITATIONS = {
    "ppp": """@misc{ppp2023,
  title = {Prompt Performance Prediction for Image Generation},
  author = {Bizzozzero, Nicolas and Bendidi, Ihab and Risser-Maroix, Olivier},
  eprint = {2306.08915},
  archivePrefix = {arXiv},
  year = {2023}
}""",
    "pqpp": """@inproceedings{poesina2025pqpp,
  title = {{PQPP}: A Joint Benchmark for Text-to-Image Prompt and Query Performance Prediction},
  author = {Poesina, Eduard and Costache, Adriana Valentina and Chifu, Adrian-Gabriel and Mothe, Josiane
            and Ionescu, Radu Tudor},
  booktitle = {CVPR},
  year = {2025},
  eprint = {2406.04746},
  archivePrefix = {arXiv}
}""",
    "agiqa-3k": """@article{li2023agiqa,
  title = {{AGIQA-3K}: An Open Database for {AI}-Generated Image Quality Assessment},
  author = {Li, Chunyi and Zhang, Zicheng and Wu, Haoning and Sun, Wei and Min, Xiongkuo and Liu, Xiaohong
            and Zhai, Guangtao and Lin, Weisi},
  year = {2023},
  eprint = {2306.04717},
  archivePrefix = {arXiv}
}""",
    "tifa160": """@inproceedings{hu2023tifa,
  title = {{TIFA}: Accurate and Interpretable Text-to-Image Faithfulness Evaluation with Question Answering},
  author = {Hu, Yushi and Liu, Benlin and Kasai, Jungo and Wang, Yizhong and Ostendorf, Mari
            and Krishna, Ranjay and Smith, Noah A.},
  booktitle = {ICCV},
  year = {2023}
}""",
    "genai-bench": """@misc{li2024genaibench,
  title = {{GenAI-Bench}: Evaluating and Improving Compositional Text-to-Visual Generation},
  author = {Li, Baiqi and Lin, Zhiqiu and Pathak, Deepak and Li, Jiayao and Fei, Yixin and Wu, Kewen
            and Xia, Xide and Zhang, Pengchuan and Neubig, Graham and Ramanan, Deva},
  year = {2024},
  eprint = {2406.13743},
  archivePrefix = {arXiv}
}""",
}
"""BibTeX by data set; ``ppp`` and ``pqpp`` are always among what is cited."""


def export_table(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of a view with every figure, for CSV: what was measured, on which data, by whom.

    Returns:
        Columns target, judged_by, method, source, by, part, needs, n, n_train, n_seeds, and the three
        measures with interval, spread between seeds, tie and adjusted p, as far as they are there.
    """
    first = ["target", "judged_by", "method", "source", "by", "part", "needs", "n", "n_train", "n_seeds"]
    parts = ("", "_low", "_high", "_sd_seeds", "_tied", "_p")
    columns = [*first, *(f"{name}{part}" for name in NAMES for part in parts)]
    return rows[[column for column in columns if column in rows.columns]].reset_index(drop=True)


def to_markdown(rows: pd.DataFrame, measure: str = "pearson") -> str:
    """A Markdown table: a row a method, a column a target; best bold, ties marked ≈, others' figures marked.

    Args:
        rows: of one view, with the column ``method``.
        measure: pearson, spearman or kendall.

    Example:
        >>> import pandas as pd
        >>> row = {"target": "a/b", "method": "x|y", "source": "measured", "pearson": 0.5, "pearson_low": 0.4,
        ...        "pearson_high": 0.6, "pearson_tied": True, "part": "validation", "n": 80, "by": "PPP"}
        >>> print(to_markdown(pd.DataFrame([row])))
        | predictor | a/b |
        |---|---:|
        | x\\|y | **.500** [.40 to .60] |
        <BLANKLINE>
        Pearson r, 95 % intervals; bold: best measured by us; ≈ not significantly different (Holm, 5 %).
        <BLANKLINE>
    """
    targets, lines = _cells(rows, measure)
    table = [_markdown_row(["predictor", *map(escape_markdown, targets)]), "|---|" + "---:|" * len(targets)]
    for source, method, cells in lines:
        name = escape_markdown(method) + ("" if source == MEASURED else f" ({source})")
        table.append(_markdown_row([name, *(_markdown_cell(cell) for cell in cells)]))
    return "\n".join(table) + f"\n\n{_legend(measure, 'bold')}\n"


def to_latex(rows: pd.DataFrame, measure: str = "pearson") -> str:
    """The same table for LaTeX, with booktabs; others' figures stand below a rule.

    Args:
        rows: of one view, with the column ``method``.
        measure: pearson, spearman or kendall.

    Example:
        >>> import pandas as pd
        >>> row = {"target": "a/b_c", "method": "x & y", "source": "measured", "pearson": -0.5,
        ...        "pearson_low": -0.6, "pearson_high": -0.4, "pearson_tied": True}
        >>> print(to_latex(pd.DataFrame([row])).splitlines()[6])
        x \\& y & \\textbf{$-$.500} {\\scriptsize [$-$.60 to $-$.40]} \\\\
    """
    targets, lines = _cells(rows, measure)
    body, last = [], None
    for source, method, cells in lines:
        if last is not None and source != last:
            body.append(r"\midrule")
        last = source
        name = escape_latex(method) + ("" if source == MEASURED else f" ({escape_latex(source)})")
        body.append(" & ".join([name, *(_latex_cell(cell) for cell in cells)]) + r" \\")
    head = " & ".join(["Predictor", *(escape_latex(target) for target in targets)]) + r" \\"
    return "\n".join(
        [
            r"% needs \usepackage{booktabs}",
            r"\begin{table}",
            rf"\begin{{tabular}}{{l{'r' * len(targets)}}}",
            r"\toprule",
            head,
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}",
            rf"\caption{{{escape_latex(_legend(measure, 'bold'))}}}",
            r"\end{table}",
            "",
        ]
    )


def bibtex(datasets: Iterable[str]) -> str:
    """BibTeX of PPP, PQPP and of the data sets named, each once; unknown ones are left out.

    Example:
        >>> bibtex(["tifa160", "mine"]).count("@")
        3
    """
    names = dict.fromkeys(["ppp", "pqpp", *datasets])
    return "\n\n".join(CITATIONS[name] for name in names if name in CITATIONS) + "\n"


def benchmark_command(
    *,
    targets: Sequence[str],
    predictors: Sequence[str] = (),
    encoders: Sequence[str] = (),
    seeds: int = 1,
    split: str = "validation",
    out: str = "results",
) -> str:
    """The command line that measures this again, every word quoted as a shell needs it.

    Raises:
        PPPError: without a target.

    Example:
        >>> benchmark_command(targets=["a/b"], predictors=["length"], seeds=5)
        'ppp benchmark --target a/b --predictor length --seeds 5 --split validation --out results'
    """
    if not targets:
        raise PPPError("A command needs at least one target, got none.")
    words = ["ppp", "benchmark"]
    for option, values in (("--target", targets), ("--predictor", predictors), ("--encoder", encoders)):
        for value in dict.fromkeys(filter(None, values)):
            words += [option, value]
    return shlex.join([*words, "--seeds", str(seeds), "--split", split, "--out", out])


def escape_latex(text: str) -> str:
    """Text whose special characters LaTeX prints instead of obeying.

    Example:
        >>> print(escape_latex("100 % of a_b & {c}"))
        100 \\% of a\\_b \\& \\{c\\}
    """
    return "".join(_LATEX.get(sign, sign) for sign in " ".join(str(text).split()))


def escape_markdown(text: str) -> str:
    """Text whose special characters Markdown prints instead of obeying; white space becomes one space.

    Example:
        >>> print(escape_markdown("a|b <i>"))
        a\\|b \\<i\\>
    """
    return _MARKDOWN.sub(r"\\\1", " ".join(str(text).split()))


def _cells(rows: pd.DataFrame, measure: str) -> tuple[list[str], list[tuple[str, str, list]]]:
    """The targets; for each source and method, one (value, interval, mark) or None a target."""
    if rows.empty:
        raise PPPError("There is nothing to take away: no row is shown.")
    targets = list(dict.fromkeys(rows["target"]))
    marks = best_marks(rows, measure)
    found: dict[tuple[str, str], dict] = {}
    ordered = rows.assign(_other=rows["source"] != MEASURED).sort_values("_other", kind="stable")
    for place, row in zip(ordered.index, ordered.itertuples(), strict=True):
        if number(getattr(row, measure)) is not None:
            ends = interval(getattr(row, f"{measure}_low"), getattr(row, f"{measure}_high"))
            cell = (short(getattr(row, measure)), ends, marks[place])
            found.setdefault((row.source, row.method), {})[row.target] = cell
    return targets, [(*key, [cells.get(target) for target in targets]) for key, cells in found.items()]


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _markdown_cell(cell: tuple[str, str, str] | None) -> str:
    if cell is None:
        return "–"
    value, ends, mark = cell
    words = f"**{value}**" if mark == "★" else value
    return f"{words}{' ≈' if mark == '≈' else ''}" + (f" [{ends}]" if ends else "")


def _latex_cell(cell: tuple[str, str, str] | None) -> str:
    if cell is None:
        return "--"
    value, ends, mark = cell
    number_ = escape_latex(value)
    words = rf"\textbf{{{number_}}}" if mark == "★" else number_
    tie = r" $\approx$" if mark == "≈" else ""
    return words + tie + (rf" {{\scriptsize [{escape_latex(ends)}]}}" if ends else "")


def _legend(measure: str, best: str) -> str:
    return (
        f"{NAMES[measure]}, 95 % intervals; {best}: best measured by us; "
        "≈ not significantly different (Holm, 5 %)."
    )
