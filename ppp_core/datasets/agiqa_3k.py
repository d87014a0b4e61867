"""AGIQA-3K: people's quality and alignment scores of images by six generators in ten settings.

Reference:
    Li et al. (2023), AGIQA-3K: An Open Database for AI-Generated Image Quality Assessment, IEEE TCSVT.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .cards import Card, SourceFile, Target

if TYPE_CHECKING:
    import pandas as pd

    from .frames import DataSet

CARD = Card(
    name="agiqa-3k",
    title="AGIQA-3K",
    about="2,982 images of 300 prompts by six generators in ten settings, with people's mean scores of "
    "perceptual quality and of alignment with the prompt; each prompt's modifiers are told apart.",
    citation="Li, Zhang, Wu, Sun, Min, Liu, Zhai, Lin (2023). AGIQA-3K: An Open Database for AI-Generated "
    "Image Quality Assessment. IEEE TCSVT. arXiv:2306.04717.",
    homepage="https://github.com/lcysyzxdxc/AGIQA-3k-Database",
    licence="MIT",
    judgments="2,982 images, about ten a prompt, each with the published mean score of its raters; the files "
    "do not tell how many rated each image.",
    attribution="AGIQA-3K by Li et al. (2023), MIT licence.",
    targets=(
        Target(
            name="agiqa-3k/alignment",
            title="How well images match the prompt",
            measure="mean opinion score",
            low=0.0,
            high=5.0,
            judged_by="people",
            reads_as="on 0 to 5, people would rate how well images match this prompt about {value}",
            about="Mean opinion score of alignment, averaged over a prompt's images by six generators.",
            label="Match: AGIQA-3K",
        ),
        Target(
            name="agiqa-3k/quality",
            title="How good images look",
            measure="mean opinion score",
            low=0.0,
            high=5.0,
            judged_by="people",
            reads_as="on 0 to 5, people would rate the look of images of this prompt about {value}",
            about="Mean opinion score of perceptual quality, averaged over a prompt's images by six "
            "generators.",
            label="Look: AGIQA-3K",
        ),
    ),
    files=(
        SourceFile(
            "data.csv",
            "https://raw.githubusercontent.com/lcysyzxdxc/AGIQA-3k-Database/"
            "a1b51eb53348d30ccfc6bcf72e38f39a4f6768d0/data.csv",
            "4b1945c2137e196d9378b9cf4a114de2267b97a4724f0743e260287eb2ddd6c0",
            445_544,
        ),
    ),
    folders=("images",),
    notes=(
        "The pictures have no stable address (a shared drive): only `ppp get agiqa-3k --from DIR` "
        "brings them, where DIR has a folder images.",
        "There is no official split.",
        "The number of raters of each image is not published; sd is the standard deviation between them.",
    ),
)

_NAME = r"^(?P<generator>[^_]+)_(?P<setting>[^_]+)_(?P<number>\d+)\.jpg$"
_TARGETS = {"align": "agiqa-3k/alignment", "quality": "agiqa-3k/quality"}
_MODIFIERS = ["adj1", "adj2", "style"]


def read(folder: Path) -> DataSet:
    """Reads the authors' file from a folder.

    Args:
        folder: with data.csv.

    Returns:
        Prompts named ``agiqa-<number>``, with the modifiers adj1, adj2, style (null for none) and
        n_modifiers; images with their setting; two ratings an image.

    Raises:
        PPPError: when the file is missing, lacks a column, or has a name of another form.
    """
    from .frames import build, strip_prompts

    rows = _rows(folder / "data.csv")
    prompts = rows.drop_duplicates("prompt_id")[["prompt_id", "prompt", *_MODIFIERS]].sort_values("prompt_id")
    prompts = prompts.assign(n_modifiers=prompts[_MODIFIERS].notna().sum(axis=1))
    prompts, notes = strip_prompts(prompts)
    images = rows[["image_id", "prompt_id", "generator", "setting"]].assign(path="images/" + rows["name"])
    return build(CARD, prompts, images, _ratings(rows), (*notes, *_uneven(rows)))


def _rows(path: Path) -> pd.DataFrame:
    from ..errors import PPPError
    from ..tables import read_table
    from ..tables.cleaning import need_column, need_numbers

    frame = read_table(path, prompt_column="prompt")
    for column in ("name", *_MODIFIERS):
        need_column(column, frame.columns, path.name)
    frame = need_numbers(frame, ["mos_quality", "std_quality", "mos_align", "std_align"], path.name)
    parts = frame["name"].str.extract(_NAME)
    if parts["number"].isna().any():
        strange = frame.loc[parts["number"].isna(), "name"].iloc[0]
        raise PPPError(f"{path.name}: names like 'sd1.5_lowcorr_012.jpg' were wanted, got {strange!r}.")
    modifiers = {name: frame[name].replace("", None) for name in _MODIFIERS}
    rows = frame.assign(**modifiers, generator=parts["generator"], setting=parts["setting"])
    rows = rows.assign(image_id=rows["name"].str.removesuffix(".jpg"), prompt_id="agiqa-" + parts["number"])
    if (rows.groupby("prompt_id")["prompt"].nunique() > 1).any():
        raise PPPError(
            f"{path.name}: one number in the names stands for two prompts; is this the authors' file?"
        )
    return rows


def _ratings(rows: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    base = rows[["prompt_id", "image_id", "generator"]]
    return pd.concat(
        [
            base.assign(target=target, value=rows[f"mos_{column}"], sd=rows[f"std_{column}"])
            for column, target in _TARGETS.items()
        ],
        ignore_index=True,
    )


def _uneven(rows: pd.DataFrame) -> tuple[str, ...]:
    counts = rows.groupby("prompt_id").size()
    fewer = int((counts < counts.max()).sum())
    if not fewer:
        return ()
    return (f"{fewer:,} of {len(counts):,} prompts have fewer than {counts.max()} images, as published.",)
