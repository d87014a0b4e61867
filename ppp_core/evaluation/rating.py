"""From a data set's pictures to a scorer's ratings of them, a batch at a time, kept as they come."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..datasets.frames import DataSet
from ..datasets.layouts import pictures_of
from ..datasets.rated import KeptRatings, check_rateable, read_ratings, write_ratings
from ..encoders import picture_hash, read_picture
from ..errors import PPPError, unknown_name
from ..scorers import SCORERS, load_scorer
from ..store.paths import refuse_when_public
from ..targets import Target

if TYPE_CHECKING:
    import pandas as pd

    from ..scorers import Scorer, ScorerEntry
    from ..store import EmbeddingStore

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Rated:
    """What came of rating a data set's pictures by one scorer.

    Attributes:
        scorer: its name.
        target: what the ratings became.
        n: pictures with a rating.
        n_new: those of them that were rated now; the others were kept from before.
        n_absent: pictures that are not on this machine.
        failed: image_id → why that picture has no rating.
        notes: what to know of the weights, and of prompts that were cut, one sentence each.
    """

    scorer: str
    target: Target | None
    n: int
    n_new: int
    n_absent: int
    failed: dict[str, str]
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict:
        """All of it as plain values for JSON."""
        return {
            "scorer": self.scorer,
            "target": self.target.name if self.target else None,
            "n": self.n,
            "n_new": self.n_new,
            "n_absent": self.n_absent,
            "failed": self.failed,
            "notes": list(self.notes),
        }


def rate(
    dataset: DataSet,
    scorer: str,
    *,
    folder: str | Path | None = None,
    download: bool = False,
    store: EmbeddingStore | None = None,
    progress: Progress | None = None,
    batch: int = 64,
) -> Rated:
    """Rates the pictures of a data set, and keeps the ratings as a target judged by models.

    Each batch is kept when it is done, so a run that was stopped goes on where it was; what was rated before
    by the same revision of the scorer, picture and prompt being the same, is not rated again.

    Args:
        dataset: as `load_dataset` gave it.
        scorer: a key of ``SCORERS``.
        folder, download: as of `load_scorer`.
        store: where embeddings are looked up and kept.
        progress: called with (pictures done, pictures in all).
        batch: pictures between two writes.

    Raises:
        PPPError: for an unknown scorer or one that lacks something, a data set without pictures, no picture
            that could be rated, or in a public demo.
    """
    refuse_when_public("Rating a data set")
    if scorer not in SCORERS:
        raise unknown_name("scorer", scorer, SCORERS)
    check_rateable(dataset)
    entry = SCORERS[scorer]
    return _Rating(dataset, entry, load_scorer(scorer, folder=folder, download=download), store).run(
        batch, progress
    )


def unnamed_dataset(
    path: str | Path, *, images: str | Path | None = None, prompt_column: str | None = None
) -> DataSet:
    """Pictures that are no data set, ready to be rated: a folder, or a table with the folder of its pictures.

    Nothing is imported. What `rate` says of them is kept under a name made of the path, so that a run that
    was stopped goes on where it was.

    Args:
        path: as of `pictures_of`: any folder, or table, that ``ppp import`` reads.
        images: the folder of the pictures that a table names.
        prompt_column: the table's column of prompts; None for "prompt".

    Raises:
        PPPError: as of `pictures_of`.
    """
    place = Path(path).expanduser().resolve()
    name = f"folder-{hashlib.sha256(bytes(place)).hexdigest()[:16]}"
    dataset = pictures_of(place, name=name, images=images, prompt_column=prompt_column)
    return replace(dataset, card=replace(dataset.card, title=str(path)))


def ratings_table(dataset: DataSet, rated: Sequence[Rated]) -> pd.DataFrame:
    """What scorers said of each picture, as one table.

    Args:
        dataset: that was rated.
        rated: what `rate` gave, one a scorer.

    Returns:
        One row a picture, in their order: image, prompt, generator, seed, a column a scorer (null where the
        picture has no rating), and problem (why not; empty where there is none).
    """
    images = dataset.images.merge(dataset.prompts[["prompt_id", "prompt"]], on="prompt_id", how="left")
    table = images[["image_id", "prompt", "generator", "seed"]]
    for one in rated:
        kept = read_ratings(dataset.card.name, one.scorer)
        values = {} if kept is None else dict(zip(kept.frame["image_id"], kept.frame["value"], strict=True))
        table = table.assign(**{one.scorer: table["image_id"].map(values).astype("float64")})
    failed = {name: why for one in reversed(rated) for name, why in one.failed.items()}
    absent = images["path"].isna().map({True: "The picture is not on this machine.", False: ""})
    problems = table["image_id"].map(failed).where(table["image_id"].isin(list(failed)), absent)
    return table.assign(problem=problems.astype("str")).rename(columns={"image_id": "image"})


class _Rating:
    """One run: the pictures to rate, and what each was given so far."""

    def __init__(self, dataset: DataSet, entry: ScorerEntry, scorer: Scorer, store: EmbeddingStore | None):
        self.dataset, self.entry, self.scorer, self.store = dataset, entry, scorer, store
        self.failed: dict[str, str] = {}
        images = dataset.images
        self.n_absent = int(images["path"].isna().sum())
        here = images[images["path"].notna()][["image_id", "prompt_id", "path"]]
        prompts = dataset.prompts[["prompt_id", "prompt"]]
        here = here.merge(prompts, on="prompt_id", how="left").reset_index(drop=True)
        self.frame = here.assign(key=[self._key(row) for row in here.itertuples()])
        self.frame = self.frame[self.frame["key"].notna()].reset_index(drop=True)

    def run(self, batch: int, progress: Progress | None) -> Rated:
        values = self._kept()
        wanted = self.frame.drop_duplicates("key")
        missing = wanted[~wanted["key"].isin(list(values))]
        done = len(wanted) - len(missing)
        told = progress or (lambda done, total: None)
        told(done, len(wanted))
        for start in range(0, len(missing), batch):
            part = missing.iloc[start : start + batch]
            values |= self._score(part)
            done += len(part)
            self._keep(values)
            told(done, len(wanted))
        if not missing.size:
            self._keep(values)  # pictures may have gone, or come twice
        frame = self._rated(values)
        if frame.empty:
            first = next(iter(self.failed.values()), "it gave no number")
            raise PPPError(f"{self.entry.name} could rate no picture of {self.dataset.card.title}: {first}")
        n_new = int(frame["key"].isin(set(missing["key"])).sum())
        return Rated(
            self.entry.name,
            self._target(frame),
            len(frame),
            n_new,
            self.n_absent,
            dict(self.failed),
            (*_notes(self.scorer), *self._cut()),
        )

    def _cut(self) -> tuple[str, ...]:
        """That prompts are longer than the scorer reads, where it can tell."""
        tokens_cut = getattr(self.scorer, "tokens_cut", None)
        if self.entry.sees == "image" or tokens_cut is None:
            return ()
        prompts = self.frame["prompt"].drop_duplicates().tolist()
        n = int((tokens_cut(prompts, store=self.store) > 0).sum())
        if not n:
            return ()
        return (
            f"{n:,} of {len(prompts):,} prompts are longer than {self.entry.name} reads; it does not see "
            "their ends.",
        )

    def _key(self, row) -> str | None:
        """What is rated, as hashes; None where the file cannot be read."""
        try:
            picture = picture_hash(row.path)
        except PPPError as error:
            self.failed[row.image_id] = str(error)
            return None
        if self.entry.sees == "image":
            return picture
        return f"{picture} {hashlib.sha256(row.prompt.encode('utf-8', 'replace')).hexdigest()[:32]}"

    def _kept(self) -> dict[str, float]:
        kept = read_ratings(self.dataset.card.name, self.entry.name)
        if kept is None or kept.revision != self.scorer.revision:
            return {}
        return dict(zip(kept.frame["key"], kept.frame["value"], strict=True))

    def _score(self, part: pd.DataFrame) -> dict[str, float]:
        prompts = part["prompt"].tolist()
        scores = self.scorer.score(part["path"].tolist(), prompts, store=self.store)
        found = {}
        for row, value in zip(part.itertuples(), scores.tolist(), strict=True):
            if math.isfinite(value):
                found[row.key] = value
            else:
                self.failed[row.image_id] = _why(row.path)
        return found

    def _keep(self, values: dict[str, float]) -> None:
        frame = self._rated(values)
        if not frame.empty:
            kept = KeptRatings(self._target(frame), self.scorer.revision, frame)
            write_ratings(self.dataset.card.name, self.entry.name, kept)

    def _rated(self, values: dict[str, float]) -> pd.DataFrame:
        frame = self.frame.assign(value=self.frame["key"].map(values).astype("float64"))
        return frame[frame["value"].notna()][["image_id", "prompt_id", "key", "value"]]

    def _target(self, frame: pd.DataFrame) -> Target:
        """The target that the ratings become; bounds that the scorer has not are those of the ratings."""
        entry = self.entry
        low, high = float(frame["value"].min()), float(frame["value"].max())
        low = entry.low if math.isfinite(entry.low) else low
        high = entry.high if math.isfinite(entry.high) else high
        # such as a cosine of 1 + 1e-16
        low, high = min(low, float(frame["value"].min())), max(high, float(frame["value"].max()))
        return Target(
            name=f"{self.dataset.card.name}/{entry.name}",
            title=entry.title,
            measure=entry.measures,
            low=low,
            high=high,
            judged_by="models",
            reads_as=f"on {low:.3g} to {high:.3g}, {entry.title} would rate images of this prompt about "
            "{value}",
            about=" ".join(
                [f"{entry.about} Made by a model, not judged by people.{self._seen()}", *_notes(self.scorer)]
            ),
            decimals=3 if high - low <= 3 else 2,
            label=entry.name,
        )

    def _seen(self) -> str:
        """What to know where the scorer was trained on this very data set."""
        told = getattr(self.scorer, "card", {}).get("data", {}).get("name")
        if told != self.dataset.card.name:
            return ""
        return " It was trained on these very pictures, so its agreement with people here is flattered."


def _notes(scorer: Scorer) -> tuple[str, ...]:
    return tuple(getattr(scorer, "notes", ()))


def _why(path: str) -> str:
    try:
        read_picture(path)
    except PPPError as error:
        return str(error)
    return f"{Path(path).name}: the scorer gave no number, such as for a picture that is too small."
