"""Every measure of the gap: what it is, which way is better, whose it is; and what others published."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

TOPS = (1, 2, 5, 10)
RANKS = (1, 5, 10)


@dataclass(frozen=True)
class Measure:
    """One measure.

    Attributes:
        name: the key.
        title: a few plain words.
        about: what it says, in one sentence.
        better: ``"smaller"``, ``"larger"`` or "" where neither is.
        source: who defined it.
        decimals: digits shown after the point.
    """

    name: str
    title: str
    about: str
    better: str
    source: str
    decimals: int = 3


_LIANG = "Liang et al. (2022), Mind the Gap, NeurIPS"
_SCHRODI = "Schrodi et al. (2025), Two Effects, One Trigger, ICLR"
_WANG = "Wang and Isola (2020), ICML"
_SIGNAL = "Green and Swets (1966), Signal Detection Theory"


def _top(k: int) -> Measure:
    few = "the largest dimension" if k == 1 else f"the {k} largest dimensions"
    return Measure(
        f"gap-top-{k}",
        f"Share of the gap in {few}",
        f"Squared distance of the centroids in {few} of it, over all of it; 1 is all.",
        "",
        _SCHRODI,
    )


def _found(side: str, k: int) -> Measure:
    asked, given = ("prompt", "picture") if side == "t2i" else ("picture", "prompt")
    return Measure(
        f"{side}-r{k}",
        f"{'Text to image' if side == 't2i' else 'Image to text'} R@{k}",
        f"Share of {asked}s with a {given} of their own among the {k} nearest of all {given}s measured; "
        "ties count against it.",
        "larger",
        "Recall at k, as in Radford et al. (2021), CLIP",
    )


MEASURES: dict[str, Measure] = {
    one.name: one
    for one in (
        Measure(
            "l2m",
            "Distance of the centroids (L2M)",
            "Length of the mean image vector minus the mean text vector, vectors of unit length; 0 to 2.",
            "smaller",
            _LIANG,
        ),
        Measure(
            "rmg",
            "Relative modality gap (RMG)",
            "Mean distance of partners, over that plus the mean distance within a modality; distance is half "
            "of 1 minus cosine; about .5 where partners are as far apart as strangers of one modality.",
            "smaller",
            _SCHRODI,
        ),
        Measure(
            "energy",
            "Distance of the distributions (energy distance)",
            "Twice the mean distance between the modalities less the mean distances within each; 0 where "
            "both are one distribution, which equal centroids do not make.",
            "smaller",
            "Székely and Rizzo (2013), Energy statistics, JSPI",
        ),
        Measure(
            "separability",
            "Linear separability",
            "Held-out share of vectors that a logistic regression gives to the right modality; partners stay "
            "in one fold; chance is .5.",
            "smaller",
            "Shi et al. (2023), Towards Understanding the Modality Gap in CLIP, ICLR workshop",
        ),
        Measure(
            "matched-cosine",
            "Cosine of partners",
            "Mean cosine of a prompt and its own picture.",
            "larger",
            "Radford et al. (2021), CLIP",
        ),
        Measure(
            "mismatched-cosine",
            "Cosine of strangers",
            "Mean cosine of a prompt and a picture of another prompt.",
            "smaller",
            "Radford et al. (2021), CLIP",
        ),
        Measure(
            "cosine-auc",
            "Partners told from strangers (AUC)",
            "Chance that a pair of partners has a higher cosine than a pair of strangers; .5 is none.",
            "larger",
            _SIGNAL,
        ),
        Measure(
            "cosine-dprime",
            "Partners told from strangers (d′)",
            "Difference of the mean cosines of partners and of strangers, in standard deviations.",
            "larger",
            _SIGNAL,
            2,
        ),
        Measure(
            "alignment",
            "Alignment",
            "Mean squared distance of partners, 2 less twice their cosine; 0 to 4.",
            "smaller",
            _WANG,
        ),
        Measure(
            "uniformity-text",
            "Uniformity of the prompts",
            "Logarithm of the mean of exp(−2 d²) between prompts; 0 is all in one point, −4 about the least.",
            "smaller",
            _WANG,
        ),
        Measure(
            "uniformity-image",
            "Uniformity of the pictures",
            "The same between pictures.",
            "smaller",
            _WANG,
        ),
        *(_top(k) for k in TOPS),
        *(_found("t2i", k) for k in RANKS),
        *(_found("i2t", k) for k in RANKS),
    )
}


@dataclass(frozen=True)
class Published:
    """A figure that others published, or that was measured elsewhere; never one of this machine's.

    Attributes:
        measure: a key of `MEASURES`.
        value: the figure.
        decimals: digits that are known of it.
        encoder: of what.
        data: on what.
        n: pairs; 0 where not told.
        source: who says so.
        kind: ``"published"`` (read in their paper) or ``"measured by us"``.
    """

    measure: str
    value: float
    decimals: int
    encoder: str
    data: str
    n: int
    source: str
    kind: str


_COCO = ("CLIP (512 dimensions)", "MS COCO, the 500 pairs of the Modality-Gap repository", 500)
_FIXTURE = "computed on the vectors that Liang et al. publish"

LITERATURE: tuple[Published, ...] = (
    Published("l2m", 0.82, 2, "CLIP", "MS COCO, 5,000 pairs", 5000, _LIANG, "published"),
    *(
        Published(name, value, decimals, *_COCO, _FIXTURE, "measured by us")
        for name, value, decimals in (
            ("l2m", 0.851, 3),
            ("rmg", 0.591, 3),
            ("separability", 1.0, 3),
            ("alignment", 1.380, 3),
            ("uniformity-text", -1.841, 3),
            ("uniformity-image", -1.795, 3),
            ("t2i-r1", 0.506, 3),
            ("i2t-r1", 0.552, 3),
        )
    ),
)
"""Values to hold one's own beside; their encoder and their data are others, so they are no target."""


def literature_frame() -> pd.DataFrame:
    """`LITERATURE` as a table, a column a field, with the measure's title."""
    import pandas as pd

    rows = [{"title": MEASURES[one.measure].title, **asdict(one)} for one in LITERATURE]
    return pd.DataFrame(rows)
