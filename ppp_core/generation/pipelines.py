"""Text-to-image models of diffusers, from a folder or the hub, as a thing that draws prompts by seeds."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..encoders.threads import thread_count
from ..errors import PPPError
from .folders import PipelineFolder, check_folder, find_folder, first_line, need_diffusers
from .settings import Settings

if TYPE_CHECKING:
    from PIL import Image

FLAGGED = "flagged by the pipeline's safety checker"
BLACK = "black all over"

_NEEDED = ("prompt", "generator", "num_inference_steps")
_OTHERS = ("strength", "mask_image", "control_image", "num_frames", "audio_length_in_s")
"""Parameters of pipelines that start from pictures, or make films or sounds."""

_DTYPES = ("float32", "float16", "bfloat16")


@dataclass(frozen=True)
class Drawn:
    """One picture, or why there is none.

    Attributes:
        picture: the picture; None where it was flagged or came out black all over.
        flaw: why it is None; empty for a picture.
    """

    picture: Image.Image | None
    flaw: str = ""


def load_pipeline(
    source: str | Path, *, download: bool = False, device: str | None = None, dtype: str | None = None
) -> TextToImage:
    """Loads a text-to-image pipeline. Its weights must be safetensors; pickles and code are never loaded.

    A safety checker stays as the pipeline brings it.

    Args:
        source: a folder that ``save_pretrained`` wrote, or ``owner/name`` on the hub.
        download: fetch a hub pipeline that is not in the local cache. Nothing is fetched otherwise.
        device: such as ``"cuda"`` or ``"cpu"``; None for a graphics card where there is one.
        dtype: float32, float16 or bfloat16; None for float16 on a graphics card, float32 elsewhere.

    Raises:
        PPPError: when diffusers is not installed, the pipeline is absent, no text-to-image pipeline, brings
            code or pickled weights, or lacks weights; for an unknown device or dtype.
    """
    need_diffusers()
    import torch

    device = _device(device)
    if dtype is None:
        dtype = "float16" if device.startswith("cuda") else "float32"
    if dtype not in _DTYPES:
        raise PPPError(f"dtype is one of {', '.join(_DTYPES)}, got {dtype!r}.")
    folder = check_folder(find_folder(source, download=download))
    torch.set_num_threads(thread_count())
    with _quiet():
        loaded = _loaded(folder, getattr(torch, dtype))
        try:
            loaded.to(device)
        except (RuntimeError, ValueError) as error:
            raise PPPError(f"Cannot put the pipeline on {device}: {first_line(error)}") from error
    loaded.set_progress_bar_config(disable=True)
    is_folder = Path(source).expanduser().is_dir()
    name = Path(source).expanduser().resolve().name if is_folder else str(source)
    return TextToImage(loaded, name=name, revision=folder.revision, device=device, dtype=dtype)


class TextToImage:
    """A text-to-image pipeline that draws each picture by its own seed.

    Args:
        pipeline: of diffusers, loaded, on its device.
        name: the folder's name, or the hub's; becomes the generator of the pictures.
        revision: changes with weights and settings.
        device, dtype: where and in which precision it draws.

    Raises:
        PPPError: when it does not draw pictures from a prompt alone.
    """

    def __init__(
        self, pipeline: Any, *, name: str, revision: str, device: str = "cpu", dtype: str = "float32"
    ):
        self.name, self.revision, self.device, self.dtype = name, revision, device, dtype
        self.kind = type(pipeline).__name__
        self._pipeline = pipeline
        self._parameters = inspect.signature(pipeline.__call__).parameters
        others = [one for one in _OTHERS if one in self._parameters]
        required = [
            one for one, told in self._parameters.items()
            if told.default is told.empty and told.kind is told.POSITIONAL_OR_KEYWORD and one != "prompt"
        ]  # fmt: skip
        if others or required or any(one not in self._parameters for one in _NEEDED):
            raise PPPError(
                f"{self.kind} does not draw pictures from a prompt alone. Give a text-to-image pipeline."
            )

    def settings(
        self,
        *,
        steps: int | None = None,
        guidance: float | None = None,
        size: tuple[int, int] | None = None,
        negative: str = "",
    ) -> Settings:
        """What pictures will be drawn with; whatever is left out is the pipeline's own default.

        Args:
            steps: of denoising, at least 1.
            guidance: how closely to follow the prompt, 0 or more.
            size: width and height in pixels, multiples of 8; None for what the model was made for.
            negative: what should not be in the pictures.

        Raises:
            PPPError: for a value that cannot be, or one that this pipeline has no use for.
        """
        given = {"guidance_scale": guidance, "negative_prompt": negative or None, "width": size}
        for parameter, value in given.items():
            if value is not None and parameter not in self._parameters:
                raise PPPError(f"{self.kind} takes no {parameter.replace('_', ' ')}. Leave it out.")
        return Settings(
            revision=self.revision,
            dtype=self.dtype,
            sampler=type(getattr(self._pipeline, "scheduler", None)).__name__.removesuffix("Scheduler"),
            steps=self._default("num_inference_steps") if steps is None else steps,
            guidance=self._default("guidance_scale") if guidance is None else float(guidance),
            size=None if size is None else (int(size[0]), int(size[1])),
            negative=negative,
        ).checked()

    def draw(self, prompts: Sequence[str], seeds: Sequence[int], settings: Settings) -> list[Drawn]:
        """Draws prompts, each by its own seed; a picture does not depend on its neighbours in the batch.

        Args:
            prompts: one batch, shape (n,).
            seeds: of the same length; each starts a random generator of its own on the processor.
            settings: as `settings` gave them.

        Returns:
            A picture for every prompt, in order, or why there is none.

        Raises:
            PPPError: when the pipeline refuses the settings or runs out of memory.
        """
        import torch

        options: dict[str, Any] = {"num_inference_steps": settings.steps}
        if settings.guidance is not None:
            options["guidance_scale"] = settings.guidance
        if settings.size is not None:
            options["width"], options["height"] = settings.size
        if settings.negative:
            options["negative_prompt"] = [settings.negative] * len(prompts)
        generators = [torch.Generator("cpu").manual_seed(seed) for seed in seeds]
        try:
            with _quiet(), torch.inference_mode():
                found = self._pipeline(prompt=list(prompts), generator=generators, **options)
        except torch.OutOfMemoryError as error:
            raise PPPError(
                f"{self.device} has too little memory for {len(prompts):,} pictures at once. Take a smaller "
                "batch or size."
            ) from error
        except (ValueError, TypeError, RuntimeError) as error:
            raise PPPError(f"{self.kind} cannot draw this: {first_line(error)}") from error
        flags = next(
            (
                told
                for key in ("nsfw_content_detected", "nsfw_detected")
                if (told := getattr(found, key, None))
            ),
            [False] * len(prompts),
        )
        return [_drawn(one, flagged) for one, flagged in zip(found.images, flags, strict=True)]

    def tokens_cut(self, prompt: str) -> int:
        """Tokens at the end of a prompt that no text encoder of the pipeline reads; 0 where unknown."""
        cut = []
        for key in ("tokenizer", "tokenizer_2", "tokenizer_3"):
            tokenizer = getattr(self._pipeline, key, None)
            limit = getattr(tokenizer, "model_max_length", None)
            if not isinstance(limit, int):
                continue
            if key != "tokenizer" or self._default("max_sequence_length"):
                limit = min(limit, self._default("max_sequence_length") or limit)
            with _quiet():
                cut.append(max(0, len(tokenizer(prompt, truncation=False).input_ids) - limit))
        return min(cut, default=0)

    def _default(self, parameter: str) -> Any:
        told = self._parameters.get(parameter)
        return None if told is None or told.default is told.empty else told.default


def _drawn(picture: Image.Image, flagged: object) -> Drawn:
    if flagged:
        return Drawn(None, FLAGGED)
    picture = picture.convert("RGB")
    return Drawn(picture) if any(high for _, high in picture.getextrema()) else Drawn(None, BLACK)


def _loaded(folder: PipelineFolder, dtype: Any) -> Any:
    diffusers = need_diffusers()
    options = {
        "dtype": dtype,
        "use_safetensors": True,
        "local_files_only": True,
        "variant": folder.variant,
    }
    try:
        try:
            return diffusers.AutoPipelineForText2Image.from_pretrained(folder.path, **options)
        except ValueError:  # a class that has no place in its table, which may draw from prompts all the same
            return diffusers.DiffusionPipeline.from_pretrained(folder.path, **options)
    except Exception as error:
        raise PPPError(f"diffusers cannot load {folder.path}: {first_line(error)}") from error


def _device(wanted: str | None) -> str:
    import torch

    if wanted is None:
        return "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        device = torch.device(wanted)
    except RuntimeError as error:
        raise PPPError(f"A device such as cuda, cuda:1, mps or cpu was wanted, got {wanted!r}.") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise PPPError(f"{wanted} was wanted, and torch finds no graphics card here. Leave the device out.")
    return wanted


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars and no warnings on the terminal while a pipeline loads or draws."""
    from transformers.utils import logging as of_transformers

    of_diffusers = need_diffusers().utils.logging
    levels = [(one, one.get_verbosity()) for one in (of_diffusers, of_transformers)]
    bars = of_transformers.is_progress_bar_enabled()
    for one, _ in levels:
        one.set_verbosity_error()
        one.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        for one, level in levels:
            one.set_verbosity(level)
            if one is of_diffusers or bars:
                one.enable_progress_bar()
