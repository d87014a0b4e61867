"""Prompts become pictures, and pictures a data set; a run that was stopped goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from ..datasets import user
from ..datasets.cards import Card
from ..datasets.shelf import load_dataset, locked, write_manifest
from ..errors import PPPError
from ..store.paths import refuse_when_public
from .kept import Kept, picture_text
from .pipelines import Drawn
from .settings import Settings
from .wanted import Wanted, wanted_pictures

if TYPE_CHECKING:
    import pandas as pd

    from ..datasets.frames import DataSet


class Draws(Protocol):
    """What draws: `TextToImage`, or anything that does the same."""

    name: str
    revision: str

    def settings(self, **given: Any) -> Settings:
        """What it draws with."""

    def draw(self, prompts: Sequence[str], seeds: Sequence[int], settings: Settings) -> list[Drawn]:
        """A picture for every prompt and seed."""

    def tokens_cut(self, prompt: str) -> int:
        """Tokens that it does not read."""


def generate(
    prompts: Sequence[str] | pd.DataFrame,
    pipeline: Draws,
    *,
    name: str,
    images: int = 4,
    seed: int = 0,
    steps: int | None = None,
    guidance: float | None = None,
    size: tuple[int, int] | None = None,
    negative: str = "",
    batch: int = 1,
    progress: Callable[[int, int | None], None] | None = None,
    replace: bool = False,
) -> DataSet:
    """Draws pictures and makes a data set of them, without ratings.

    Every prompt is drawn by the same seeds, so that prompts are compared in pairs; each picture has a random
    generator of its own and does not depend on the batch. Each is written as soon as it is drawn, with
    prompt, seed and settings in its metadata. Where a run was stopped, the same call goes on: what is there
    is not drawn again. The data set holds what this call asks for, as far as it is drawn, also when it is
    stopped.

    Args:
        prompts: texts, or a frame with a column prompt, whose other columns stay with the prompts. A frame
            with a column seed is a list of runs, one picture a row: ``images`` and ``seed`` do not count
            then, and its other columns stay with the pictures.
        pipeline: from `load_pipeline`.
        name: of the data set; small letters, digits and hyphens.
        images: pictures a prompt.
        seed: of each prompt's first picture; the next has the next.
        steps: of denoising; None for the pipeline's own, as for guidance and size.
        guidance: how closely to follow the prompt.
        size: width and height in pixels, multiples of 8.
        negative: what should not be in the pictures.
        batch: pictures drawn at once.
        progress: called with the pictures drawn now and those to draw.
        replace: whether what has this name goes, before drawing begins.

    Returns:
        The data set. Its images have the columns flaw (why there is no picture: flagged by the pipeline's
        safety checker, or black all over; empty for a picture) and path (null then). Its notes tell of flaws,
        prompts that are too long for the pipeline, and the pictures' size on the disk.

    Raises:
        PPPError: for bad prompts, seeds or settings, a name that is taken, pictures there that were drawn
            with other settings, a pipeline that fails, a full disk, or in a public demo. Pictures drawn
            before stay.
    """
    refuse_when_public("Drawing pictures")
    if batch < 1:
        raise PPPError(f"A batch has at least 1 picture, got {batch}.")
    wanted = wanted_pictures(prompts, images=images, seed=seed)
    settings = pipeline.settings(steps=steps, guidance=guidance, size=size, negative=negative)
    kept = Kept(name)
    with locked(name):
        kept.check(settings, replace=replace)
        model = kept.begin(settings, pipeline.name, replace=replace)
        try:
            _draw(wanted.images, pipeline, settings, model, kept, batch, progress)
        except (KeyboardInterrupt, PPPError):
            with suppress(PPPError):
                _write(kept, wanted, settings, model, pipeline)
            kept.tidy()
            raise
        _write(kept, wanted, settings, model, pipeline)
    return load_dataset(name)


def _draw(
    rows: pd.DataFrame,
    pipeline: Draws,
    settings: Settings,
    model: str,
    kept: Kept,
    batch: int,
    progress: Callable[[int, int | None], None] | None,
) -> None:
    missing = [row for row in rows.itertuples() if not kept.is_drawn(row.image_id)]
    report = progress or (lambda done, total: None)
    report(0, len(missing))
    for start in range(0, len(missing), batch):
        group = missing[start : start + batch]
        found = pipeline.draw([row.prompt for row in group], [row.seed for row in group], settings)
        for row, drawn in zip(group, found, strict=True):
            kept.keep(row.image_id, drawn, picture_text(row.prompt, row.seed, settings, model, drawn))
        report(start + len(group), len(missing))


def _write(kept: Kept, wanted: Wanted, settings: Settings, model: str, pipeline: Draws) -> None:
    """Writes the data set of what is drawn; nothing where nothing is."""
    import pandas as pd

    from ..datasets.frames import RATING_COLUMNS, build

    there = wanted.images["image_id"].map(kept.is_drawn)
    if not there.any():
        return
    images = wanted.images[there].drop(columns="prompt")
    flaws = [kept.flaw(one) for one in images["image_id"]]
    paths = [None if flaw else str(kept.path(one))
             for one, flaw in zip(images["image_id"], flaws, strict=True)]  # fmt: skip
    images = images.assign(generator=model, path=paths, flaw=flaws)
    prompts = wanted.prompts[wanted.prompts["prompt_id"].isin(images["prompt_id"])]
    notes = (*wanted.notes, *_notes(kept, wanted, flaws, prompts["prompt"].tolist(), pipeline))
    ratings = pd.DataFrame({column: pd.Series(dtype="str") for column in RATING_COLUMNS})
    dataset = build(_card(kept.name, settings, model), prompts, images, ratings, notes)
    user.write(kept.folder, dataset)
    write_manifest(kept.folder, dataset, origin="user", source=model)


def _notes(kept: Kept, wanted: Wanted, flaws: list[str], prompts: list[str], pipeline: Draws) -> list[str]:
    n_kept, size = kept.count()
    drawn, asked = len(flaws), len(wanted.images)
    notes = [f"{drawn:,} of {asked:,} pictures are drawn; the same command goes on."] if drawn < asked else []
    notes += [
        f"{flaws.count(flaw):,} of {drawn:,} pictures are {flaw}; they are left out."
        for flaw in sorted({*flaws} - {""})
    ]
    cut = [prompt for prompt in prompts if pipeline.tokens_cut(prompt)]
    if cut:
        notes.append(
            f"{len(cut):,} of {len(prompts):,} prompts are longer than the pipeline reads; their ends had no "
            f"say, such as the last {pipeline.tokens_cut(cut[0]):,} tokens of {cut[0][:60]!r}."
        )
    others = n_kept - flaws.count("")
    if others:
        notes.append(f"{others:,} pictures drawn earlier are not asked for now; they stay in the folder.")
    notes.append(f"The pictures take {_bytes(size)} on the disk.")
    return notes


def _card(name: str, settings: Settings, model: str) -> Card:
    told = [f"{settings.steps} steps of {settings.sampler or 'its sampler'}"]
    told += [f"guidance {settings.guidance:g}"] if settings.guidance is not None else []
    told += [f"{settings.size[0]} × {settings.size[1]} pixels"] if settings.size else []
    told += [f"without {settings.negative!r}"] if settings.negative else []
    return Card(
        name=name,
        title=name,
        about=f"Pictures drawn by {model} (revision {settings.revision[:12]}): {', '.join(told)}.",
        citation="",
        homepage="",
        licence="as the licence of the model says",
        attribution="",
        targets=(),
    )


def _bytes(size: int) -> str:
    unit, name = next(
        pair for pair in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")) if size >= pair[0] or pair[0] == 1e3
    )
    return f"{size / unit:,.1f} {name}"
