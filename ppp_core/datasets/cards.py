"""What a data set and a target say of themselves. Plain values: importing this loads nothing heavy."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Target:
    """A thing to predict, named ``<data set>/<measure>[-<system>]``. Higher is better, always.

    Attributes:
        name: such as ``"pqpp/hbpp-sdxl"``.
        title: a few words for a chooser, such as ``"Relevance of SDXL images"``.
        measure: the field's name of the measure, such as ``"HBPP"``.
        low: lowest possible value, in the target's unit.
        high: highest possible value, in the target's unit.
        judged_by: ``"people"`` (ratings of images), ``"retrieval"`` (people's relevance judgments
            of retrieved images) or ``"models"``; never mixed in one column.
        reads_as: a sentence with ``{value}``, such as ``"on 0 to 5, people would rate images of
            this prompt about {value}"``; it names the scale.
        about: what was measured, by whom, on which images, in one or two sentences.
        decimals: digits shown after the point.
    """

    name: str
    title: str
    measure: str
    low: float
    high: float
    judged_by: str
    reads_as: str
    about: str
    decimals: int = 2

    @property
    def dataset(self) -> str:
        """The data set's name: the part before the slash."""
        return self.name.partition("/")[0]


@dataclass(frozen=True)
class SourceFile:
    """One file of a data set as its authors publish it.

    Attributes:
        path: name inside the data set's folder.
        url: where the authors publish it.
        sha256: of the whole file, lower-case hex; None where it was never measured.
        size: bytes; None where it was never measured.
        required: whether the data set can be read without it.
    """

    path: str
    url: str
    sha256: str | None = None
    size: int | None = None
    required: bool = True


@dataclass(frozen=True)
class Card:
    """What a data set is, where it comes from and what may be done with it."""

    name: str
    title: str
    about: str
    citation: str
    homepage: str
    licence: str
    attribution: str
    targets: tuple[Target, ...]
    files: tuple[SourceFile, ...] = ()
    notes: tuple[str, ...] = field(default=())
