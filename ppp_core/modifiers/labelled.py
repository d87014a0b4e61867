"""Prompts whose modifiers a person or a model has marked by hand, read from JSON lines."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ..errors import PPPError, unknown_name
from .kinds import KINDS

STYLES = ("coco", "drawbench", "agiqa", "midjourney", "stable-diffusion")
"""Whose manner of writing prompts there are."""

PARTS = ("development", "held-out")


@dataclass(frozen=True)
class Label:
    """A marked stretch of a prompt.

    Attributes:
        start, end: character positions, end excluded.
        kind: a name of `KINDS`.
    """

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Labelled:
    """A prompt with its labels.

    Attributes:
        style: one of `STYLES`.
        part: one of `PARTS`.
        prompt: as it was written.
        labels: in order, disjoint, none empty.
    """

    style: str
    part: str
    prompt: str
    labels: tuple[Label, ...]


def read_labelled(path: str | Path, *, part: str | None = None) -> list[Labelled]:
    """The labelled prompts of a file.

    Args:
        path: JSON lines: ``{"style", "part", "prompt", "labels": [[start, end, kind], …]}``.
        part: one of `PARTS`; None for both.

    Raises:
        PPPError: no such file, a line that is no such record, labels that overlap or lie outside their
            prompt, a prompt that comes twice, or an unknown style, part or kind; the line is named.

    Example:
        >>> import tempfile
        >>> record = {"style": "coco", "part": "held-out", "prompt": "a red fox"}
        >>> record["labels"] = [[2, 5, "attribute"]]
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "labelled.jsonl"
        ...     _ = path.write_text(json.dumps(record), encoding="utf-8")
        ...     read_labelled(path)[0].labels
        (Label(start=2, end=5, kind='attribute'),)
    """
    if part is not None and part not in PARTS:
        raise unknown_name("part of the labelled prompts", part, PARTS)
    path = Path(path)
    if not path.is_file():
        raise PPPError(f"A file of labelled prompts was wanted, {path} is none. Check the path.")
    lines = path.read_text(encoding="utf-8").split("\n")
    every = [_read(line, f"{path.name}, line {n}") for n, line in enumerate(lines, start=1) if line.strip()]
    prompt, times = Counter(one.prompt for one in every).most_common(1)[0] if every else ("", 0)
    if times > 1:
        raise PPPError(f"{path.name}: a prompt is labelled once, {prompt!r} comes {times} times. Keep one.")
    return [one for one in every if part in (None, one.part)]


def _read(line: str, where: str) -> Labelled:
    try:
        record = json.loads(line)
        style, part, prompt = record["style"], record["part"], record["prompt"]
        labels = tuple(Label(start, end, kind) for start, end, kind in record["labels"])
    except (ValueError, KeyError, TypeError) as error:
        raise PPPError(
            f"{where}: wanted style, part, prompt and labels as [start, end, kind], got {line[:60]!r}."
        ) from error
    for name, value, known in (("style", style, STYLES), ("part", part, PARTS)):
        if value not in known:
            raise PPPError(f"{where}: {unknown_name(name, str(value), known)}")
    if not isinstance(prompt, str):
        raise PPPError(f"{where}: the prompt must be text, got {type(prompt).__name__}.")
    _check(prompt, labels, where)
    return Labelled(style, part, prompt, labels)


def _check(prompt: str, labels: tuple[Label, ...], where: str) -> None:
    last = 0
    for label in labels:
        if label.kind not in KINDS:
            raise PPPError(f"{where}: {unknown_name('kind', str(label.kind), KINDS)}")
        if not (isinstance(label.start, int) and isinstance(label.end, int)):
            raise PPPError(f"{where}: positions are whole numbers, got {label.start!r} and {label.end!r}.")
        if not last <= label.start < label.end <= len(prompt):
            raise PPPError(
                f"{where}: labels must be in order, disjoint and inside the {len(prompt)} characters, "
                f"got {label.start} to {label.end} after {last}."
            )
        last = label.end
