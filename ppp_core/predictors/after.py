"""How well a prompt does, once some of its pictures are there: what is saved, shipped, loaded and asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..encoders import Encoder, JointEncoder
from ..errors import PPPError, unknown_name
from ..targets import Target
from .base import Predictor
from .familiarity import Familiarity
from .pooling import Pooling, views
from .reading import Reading, read_prompts
from .seen import Seen, see
from .shipped import MODELS, folder_of, load_shipped, shipped_targets
from .trained import Prediction

if TYPE_CHECKING:
    from ..store import EmbeddingStore
    from .seen import Source

AFTER = MODELS / "after"


@dataclass(frozen=True)
class ImageValue:
    """What people would say of one picture.

    Attributes:
        value: in the target's unit; higher is better.
        low, high: ends of the 90 % prediction interval; None where the data have ratings of prompts alone.
        unfamiliar: whether it is farther from the training pictures than 95 % of their own kind.
    """

    value: float
    low: float | None
    high: float | None
    unfamiliar: bool


@dataclass(frozen=True)
class AfterPrediction:
    """How well a prompt is expected to do, some of its pictures having been seen.

    Attributes:
        prompt: the text.
        target: name of what is predicted, the same as before generation.
        value: in the target's unit; higher is better.
        low, high: ends of the 90 % prediction interval, by how many pictures were seen.
        percentile: share of the training prompts that come out lower with as many pictures seen, 0 to 100.
        unfamiliar: whether the prompt is farther from the training prompts than 95 % of their own kind.
        n_images: pictures that could be read.
        images: of each picture, in their order; None where it could not be read, or where the predictor
            sees all of them together.
        failed: position → why that picture could not be read.
        predictor: key of the predictor.
        encoder: name of the joint encoder.
        version: of the artefact.
    """

    prompt: str
    target: str
    value: float
    low: float
    high: float
    percentile: float
    unfamiliar: bool
    n_images: int
    images: tuple[ImageValue | None, ...]
    failed: dict[int, str]
    predictor: str
    encoder: str
    version: str


@dataclass(frozen=True)
class TrainedAfter:
    """A fitted predictor of one target after generation, ready to be asked.

    Attributes:
        target: what is predicted.
        predictor: reads prompts with their pictures.
        words: reads prompts alone: what is expected before there is a picture.
        encoder: of prompts and pictures.
        text_encoder: of prompts, for ``words`` and the distance to the training prompts.
        pooling: how both make a value, and its interval, by how many pictures were seen.
        familiarity: distance to the training prompts.
        picture_familiarity: distance to the training pictures.
        card: what it was trained on and how good it is, as in ``card.json``.
    """

    target: Target
    predictor: Predictor
    words: Predictor
    encoder: JointEncoder
    text_encoder: Encoder
    pooling: Pooling
    familiarity: Familiarity
    picture_familiarity: Familiarity
    card: dict = field(default_factory=dict)

    @property
    def version(self) -> str:
        """First twelve hex digits of the artefact's checksum; ``"unsaved"`` before it is saved."""
        return self.card.get("checksum", "unsaved")[:12]

    def predict(
        self, prompt: str, pictures: "Sequence[Source]", *, store: "EmbeddingStore | None" = None
    ) -> AfterPrediction:
        """What people would say of a prompt of which these pictures were made; their order is of no account.

        Args:
            prompt: the text.
            pictures: at least one: files, bytes, or pictures in memory; one that is given twice counts twice.
            store: where embeddings are looked up and kept; None keeps nothing.

        Raises:
            PPPError: on an empty prompt, no picture, or none that can be read.
        """
        return self.predict_many([prompt], [pictures], store=store)[0]

    def predict_many(
        self,
        prompts: Sequence[str],
        pictures: "Sequence[Sequence[Source]]",
        *,
        store: "EmbeddingStore | None" = None,
        progress=None,
    ) -> list[AfterPrediction]:
        """One prediction a prompt, from a list of pictures each; as `predict`.

        Raises:
            PPPError: as there; a prompt none of whose pictures can be read is named.
        """
        seen = self._see(prompts, pictures, store, progress)
        self._need_pictures(seen, pictures)
        return list(self._predictions(seen, pictures, store).values())

    def predict_readable(
        self,
        prompts: Sequence[str],
        pictures: "Sequence[Sequence[Source]]",
        *,
        store: "EmbeddingStore | None" = None,
        progress=None,
    ) -> tuple[dict[int, AfterPrediction], dict[int, str]]:
        """As `predict_many`, without those prompts of which no picture can be read.

        Args:
            prompts, pictures, store, progress: as there.

        Returns:
            By the prompt's position: its prediction; and of each left out, why its first picture cannot be
            read.

        Raises:
            PPPError: on an empty prompt, or one without any picture to read.
        """
        seen = self._see(prompts, pictures, store, progress)
        self._need_pictures(seen, pictures, readable=False)
        starts = _starts(pictures)
        unread = {int(row): seen.failed[starts[row]] for row in np.flatnonzero(seen.counts == 0)}
        return self._predictions(seen, pictures, store), unread

    def _see(self, prompts, pictures, store, progress) -> Seen:
        if isinstance(pictures, str | bytes) or any(isinstance(own, str | bytes) for own in pictures):
            raise PPPError("Pictures come as a list, even a single one.")
        return see(self.encoder, prompts, pictures, store=store, progress=progress)

    def _predictions(self, every: Seen, pictures: Sequence[Sequence], store) -> dict[int, AfterPrediction]:
        """By position, of the prompts with a picture that could be read."""
        readable = np.flatnonzero(every.counts > 0)
        if not len(readable):
            return {}
        seen = every.rows(readable)
        reading = read_prompts(self.text_encoder, seen.prompts, store=store)
        columns = self._columns(seen, reading)
        values, starts = self._image_values(seen), _starts(pictures)
        return {
            place: AfterPrediction(
                prompt=every.prompts[place],
                target=self.target.name,
                n_images=int(seen.counts[row]),
                images=tuple(values.get(one) for one in range(starts[place], starts[place + 1])),
                failed={
                    one - starts[place]: every.failed[one]
                    for one in range(starts[place], starts[place + 1])
                    if one in every.failed
                },
                predictor=self.predictor.name,
                encoder=self.encoder.name,
                version=self.version,
                **{name: column[row].item() for name, column in columns.items()},
            )
            for row, place in enumerate(readable.tolist())
        }

    def values(self, seen: Seen, reading: Reading) -> np.ndarray:
        """Predicted performance of prompts, float64 (n,), inside the target's bounds."""
        pictures = views(self.predictor, seen)
        words = self.words.predict(reading.view(self.words.reads))
        pooled = [
            self.pooling.value(pictures[[row]], words[[row]], count)[0]
            for row, count in enumerate(seen.counts.tolist())
        ]
        return np.clip(pooled, self.target.low, self.target.high)

    def _columns(self, seen: Seen, reading: Reading) -> dict[str, np.ndarray]:
        values = self.values(seen, reading)
        counts = seen.counts.tolist()
        bounds = [self.pooling.interval(value, count) for value, count in zip(values, counts, strict=True)]
        low, high = np.clip(np.array(bounds).T, self.target.low, self.target.high)
        distance = self.familiarity.distance(reading.view("last"))
        return {
            "value": values,
            "low": low,
            "high": high,
            "percentile": np.array(
                [self.pooling.percentile(value, count) for value, count in zip(values, counts, strict=True)]
            ),
            "unfamiliar": distance > self.familiarity.threshold,
        }

    def _image_values(self, seen: Seen) -> dict[int, ImageValue]:
        """By place among all that were given, of the pictures that could be read."""
        if not hasattr(self.predictor, "image_values"):
            return {}
        values = self._bounded(self.predictor.image_values(seen))
        low, high = (self._bounded(values + end) for end in self.pooling.image_ends)
        strange = self.picture_familiarity.distance(seen.pictures) > self.picture_familiarity.threshold
        rated = not np.isnan(self.pooling.image_ends).any()
        return {
            place: ImageValue(
                float(values[row]),
                float(low[row]) if rated else None,
                float(high[row]) if rated else None,
                bool(strange[row]),
            )
            for row, place in enumerate(seen.places.tolist())
        }

    def _bounded(self, values: np.ndarray) -> np.ndarray:
        return np.clip(values, self.target.low, self.target.high)

    @staticmethod
    def _need_pictures(seen: Seen, pictures: Sequence[Sequence], *, readable: bool = True) -> None:
        """Refuses prompts without a picture; unless told otherwise, those without a readable one, too."""
        for row in np.flatnonzero(seen.counts == 0).tolist():
            prompt, n = seen.prompts[row], len(pictures[row])
            if not n:
                raise PPPError(f"At least one picture of {prompt!r} is needed, got none.")
            if readable:
                why = seen.failed[_starts(pictures)[row]]
                raise PPPError(f"None of {n} pictures of {prompt!r} can be read. The first: {why}")


def _starts(pictures: Sequence[Sequence]) -> list[int]:
    """The place of each prompt's first picture among all, and their number at the end."""
    return np.cumsum([0, *(len(own) for own in pictures)]).tolist()


@cache
def after_targets() -> tuple[str, ...]:
    """Targets that a predictor after generation is shipped for, by name."""
    from .artefact import read_card

    return tuple(sorted(read_card(path.parent)["target"]["name"] for path in AFTER.glob("*/card.json")))


@cache
def load_after(target: str) -> TrainedAfter:
    """The shipped predictor of a target after generation; read once a process.

    Raises:
        PPPError: for a target that none is shipped for, with the near names.
    """
    from .artefact import load_trained

    if target not in after_targets():
        raise unknown_name("target after generation", target, after_targets())
    return load_trained(AFTER / folder_of(target))


def find_after(name: str) -> TrainedAfter:
    """The shipped predictor of a target after generation, or the one in a folder.

    Raises:
        PPPError: when there is neither, or the folder's predictor is damaged or reads no pictures.
    """
    if name in after_targets() or not Path(name).is_dir():
        return load_after(name)
    from .artefact import load_trained

    found = load_trained(name)
    if not isinstance(found, TrainedAfter):
        raise PPPError(f"The predictor in {name} reads no pictures. Use `ppp score`.")
    return found


@dataclass(frozen=True)
class BeforeAfter:
    """One prompt before and after its pictures were seen.

    Attributes:
        before: from the words alone, by the shipped predictor of the target; None where there is none.
        after: with the pictures.
        sentence: both side by side, for the reader.
    """

    before: Prediction | None
    after: AfterPrediction
    sentence: str


def compare_before_after(
    target: str, prompt: str, pictures: "Sequence[Source]", *, store: "EmbeddingStore | None" = None
) -> BeforeAfter:
    """What was to be expected of a prompt, and what its pictures make of that.

    Raises:
        PPPError: as `load_after` and `TrainedAfter.predict`.
    """
    return before_after(load_after(target), prompt, pictures, store=store)


def before_after(
    trained: TrainedAfter,
    prompt: str,
    pictures: "Sequence[Source]",
    *,
    store: "EmbeddingStore | None" = None,
) -> BeforeAfter:
    """As `compare_before_after`, by a predictor of one's own."""
    after = trained.predict(prompt, pictures, store=store)
    before = None
    if trained.target.name in shipped_targets():
        shipped = load_shipped(trained.target.name)
        reading = read_prompts(shipped.encoder, [prompt], store=store)
        before = shipped.predict([prompt], reading=reading)[0]
    return BeforeAfter(before, after, _sentence(trained.target, before, after))


def _sentence(target: Target, before: Prediction | None, after: AfterPrediction) -> str:
    seen = "1 picture" if after.n_images == 1 else f"{after.n_images} pictures"
    now = f"with {seen} seen {_with_ends(target, after)}"
    if before is None:
        return f"{now[0].upper()}{now[1:]}."
    change = round(after.value, target.decimals) - round(before.value, target.decimals)
    way = "the same" if not change else ("more" if change > 0 else "less")
    inside = "inside" if before.low <= after.value <= before.high else "outside"
    told = f"From the words alone {_with_ends(target, before)}; {now}: {way}"
    return f"{told}, and {inside} what was to be expected."


def _with_ends(target: Target, one: Prediction | AfterPrediction) -> str:
    value, low, high = (f"{number:.{target.decimals}f}" for number in (one.value, one.low, one.high))
    return f"{value} ({low} to {high})"
