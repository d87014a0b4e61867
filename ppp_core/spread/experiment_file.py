"""The file of an experiment that came back with scores: checked, and put into pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import PPPError
from .experiment import COLUMNS, TOGETHER, WITH, WITHOUT

if TYPE_CHECKING:
    import pandas as pd

_NEEDED = tuple(name for name in COLUMNS if name not in ("run", "score"))
_FILL = "Fill in the file that the plan gave, and change nothing else in it."


def read_scores(frame: pd.DataFrame, score: str = "score") -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Checks the rows of an experiment.

    Args:
        frame: as `plan_experiment` gave it, with scores.
        score: the column of scores.

    Returns:
        The rows that have a score, with the columns generator (empty where there is none), pair_id,
        base_prompt, modifiers (frozenset of those in the image) and value; and what was left out.

    Raises:
        PPPError: columns that are missing, scores that are no numbers or all missing, arms or modifiers
            that contradict each other, repeated images, pairs whose prompt or seed differ.
    """
    import pandas as pd

    from ..tables import numbers, restore_formulas
    from ..tables.cleaning import need_column

    frame = restore_formulas(frame)
    for name in (*_NEEDED, score):
        need_column(name, frame.columns, "The experiment")
    empty = frame[score].map(lambda cell: isinstance(cell, str) and not cell.strip()).astype(bool)
    value = numbers(frame.assign(**{score: frame[score].astype("object").mask(empty)}), score)
    text = {name: _text(frame, name) for name in ("pair_id", "base_prompt", "modifier", "arm", "seed")}
    generator = _text(frame, "generator") if "generator" in frame else pd.Series("", frame.index)
    rows = pd.DataFrame({**text, "generator": generator, "value": value})
    _check_arms(rows)
    _check_pairs(rows)
    if rows["value"].isna().all():
        raise PPPError(f"The column {score!r} holds no score yet; put a number in every row.")
    rows["modifiers"] = [frozenset(one.split(TOGETHER)) - {""} for one in rows["modifier"]]
    missing = int(rows["value"].isna().sum())
    told = (f"{missing:,} of {len(rows):,} images have no score; their pairs are left out.",)
    kept = rows[rows["value"].notna()].reset_index(drop=True)
    return kept[["generator", "pair_id", "base_prompt", "modifiers", "value"]], told if missing else ()


def make_pairs(rows: pd.DataFrame) -> pd.DataFrame:
    """Every two images of one prompt and seed that differ by one modifier.

    Args:
        rows: as `read_scores` gives them.

    Returns:
        Columns modifier, base_prompt, stratum (generator, and the other modifiers that both have), pair_id,
        without, with (scores); in the order of the modifiers' first pairs.

    Raises:
        PPPError: when there is no pair.
    """
    import pandas as pd

    found = []
    for (generator, pair_id), block in rows.groupby(["generator", "pair_id"], sort=False):
        values = dict(zip(block["modifiers"], block["value"], strict=True))
        base = block["base_prompt"].iloc[0]
        for there, value in values.items():
            for modifier in sorted(there):
                others = there - {modifier}
                if others in values:
                    stratum = " ".join((generator, TOGETHER.join(sorted(others)))).strip()
                    found.append((modifier, base, stratum, pair_id, values[others], value))
    if not found:
        raise PPPError("The experiment holds no pair with both scores: one without and one with a modifier.")
    columns = ["modifier", "base_prompt", "stratum", "pair_id", "without", "with"]
    return pd.DataFrame(found, columns=columns).sort_values("modifier", kind="stable", ignore_index=True)


def make_squares(rows: pd.DataFrame) -> pd.DataFrame:
    """What two modifiers do together beyond what each does: columns first, second, base_prompt, value.

    A value is the score with both, minus that with either, plus that with neither, of one prompt and seed.
    """
    import pandas as pd

    found = []
    for _, block in rows.groupby(["generator", "pair_id"], sort=False):
        values = dict(zip(block["modifiers"], block["value"], strict=True))
        base = block["base_prompt"].iloc[0]
        for both in values:
            names = sorted(both)
            for i, first in enumerate(names):
                for second in names[i + 1 :]:
                    corners = (both - {first}, both - {second}, both - {first, second})
                    if all(corner in values for corner in corners):
                        a, b, neither = (values[corner] for corner in corners)
                        found.append((first, second, base, values[both] - a - b + neither))
    return pd.DataFrame(found, columns=["first", "second", "base_prompt", "value"])


def _text(frame: pd.DataFrame, name: str) -> pd.Series:
    column = frame[name]
    if column.dtype.kind == "f":  # whole numbers, read beside a missing one
        column = column.astype("Int64") if (column.dropna() % 1 == 0).all() else column
    return column.astype("object").where(column.notna(), "").astype(str).str.strip()


def _check_arms(rows: pd.DataFrame) -> None:
    strange = rows[~rows["arm"].isin([WITHOUT, WITH])]
    if len(strange):
        raise PPPError(
            f"Row {strange.index[0] + 1}: arm should be without or with, got {strange['arm'].iloc[0]!r}."
        )
    wrong = rows[rows["arm"].eq(WITH) == rows["modifier"].eq("")]
    if len(wrong):
        row = wrong.iloc[0]
        raise PPPError(
            f"Row {wrong.index[0] + 1}: the arm {row['arm']!r} contradicts the modifier "
            f"{row['modifier']!r}. {_FILL}"
        )


def _check_pairs(rows: pd.DataFrame) -> None:
    if rows["pair_id"].eq("").any():
        raise PPPError(f"Row {rows.index[rows['pair_id'].eq('')][0] + 1}: the pair_id is empty. {_FILL}")
    twice = rows[rows.duplicated(["generator", "pair_id", "modifier"])]
    if len(twice):
        row = twice.iloc[0]
        raise PPPError(
            f"Row {twice.index[0] + 1}: the pair {row['pair_id']} has the modifier {row['modifier']!r} "
            "twice. "
            "Give several ratings of an image as their mean, or each rater's file by itself."
        )
    for name in ("base_prompt", "seed"):
        several = rows.groupby(["generator", "pair_id"], sort=False)[name].nunique()
        if (several > 1).any():
            pair = several.index[several > 1][0][1]
            raise PPPError(f"The pair {pair} has rows with different {name}; a pair shares one. {_FILL}")
