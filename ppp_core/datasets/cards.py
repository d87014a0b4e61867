"""What a data set and a target say of themselves. Plain values: importing this loads nothing heavy."""

from dataclasses import dataclass, field

from ..targets import Target


@dataclass(frozen=True)
class SourceFile:
    """One file of a data set as its authors publish it.

    Attributes:
        path: name inside the data set's folder.
        url: where the authors publish it; empty where a folder is the only way to it (``ppp get --from``).
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
    """What a data set is, where it comes from and what may be done with it.

    Attributes:
        name: lower-kebab, the folder's name and the first part of every target's name.
        title: its name as its authors write it.
        about: what it holds, in one or two sentences.
        citation: how to cite it, in one line.
        homepage: where to read more.
        licence: its short name, such as ``"CC BY 4.0"``.
        attribution: the line that must go with whatever is made from it.
        targets: what can be predicted on it, the main one first.
        files: what is fetched, copied or read.
        folders: folders that ``ppp get --from`` copies along where they are, such as pictures.
        notes: what a user should know before trusting it, one sentence each.
        judgments: how many judgments stand behind its values, as far as its authors tell.
    """

    name: str
    title: str
    about: str
    citation: str
    homepage: str
    licence: str
    attribution: str
    targets: tuple[Target, ...]
    files: tuple[SourceFile, ...] = ()
    folders: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    judgments: str = ""
