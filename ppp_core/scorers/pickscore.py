"""PickScore: a CLIP that was trained on which of two pictures people picked for their prompt.

Reference:
    Kirstain, Polyak, Singer, Matiana, Penna and Levy (2023), Pick-a-Pic: An Open Dataset of User
    Preferences for Text-to-Image Generation, NeurIPS. The model card's formula: the learned logit scale
    times the cosine of picture and prompt.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..encoders import Encoded, Layers
from ..encoders.base import readable_prompts
from ..encoders.hub import folder_revision, hub_folder
from ..encoders.picture_pixels import middle_of_strip, readable_pictures
from ..errors import PPPError
from .similarity import Similarity

if TYPE_CHECKING:
    from PIL import Image

REPOSITORY = "yuvalkirstain/PickScore_v1"
CONTEXT = 77
"""Tokens of a prompt that the model card has its processor keep, the two special ones included."""

_BATCH = 16  # prompts or pictures


class TransformersClip:
    """Both towers of a CLIP in transformers' format, with the processor that lies beside it.

    Vectors of prompts and of pictures are projected, not normalised, one a prompt or a picture.

    Args:
        folder: with ``config.json``, safetensors, and the processor's files.
        name: what to call it.

    Attributes:
        revision: hash over weights, configuration and vocabulary.
        scale: what the model multiplies cosines by.

    Raises:
        PPPError: when the folder holds no such model, or no processor.
    """

    n_layers = 1
    max_tokens = CONTEXT - 2
    is_stand_in, retrieval = False, ""
    preprocessing = "as the model's own processor does it"

    def __init__(self, folder: str | Path, *, name: str):
        from ..encoders.transformers_text import load_text_model

        folder = Path(folder)
        if not (folder / "config.json").is_file():
            raise PPPError(f"{folder} holds no model in transformers' format (config.json is absent).")
        self.name, self.revision = name, folder_revision(folder)
        self._model = load_text_model(folder)
        if self._model.config.model_type != "clip":
            raise PPPError(
                f"{name} needs a CLIP, {folder} holds a model of the type {self._model.config.model_type!r}."
            )
        self._processor = _processor(folder)
        self.dim = int(self._model.config.projection_dim)
        self.scale = float(self._model.logit_scale.exp().item())

    def encode(self, prompts: Sequence[str], *, layers: Layers = "last") -> Encoded:
        """Embeds prompts, in their order: (n, dim), or (n, 1, dim) for ``layers="all"``.

        Raises:
            PPPError: on no prompts, or values that are not texts of at most a million characters.
        """
        import torch

        texts = readable_prompts(prompts, layers)
        tokenizer = self._processor.tokenizer
        contents = tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]
        lengths = np.array([len(content) for content in contents])
        vectors = np.empty((len(texts), self.dim), np.float32)
        for start in range(0, len(texts), _BATCH):
            inputs = tokenizer(
                texts[start : start + _BATCH],
                padding=True,
                truncation=True,
                max_length=CONTEXT,
                return_tensors="pt",
            )
            with torch.inference_mode():
                found = self._model.get_text_features(
                    input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]
                )
            vectors[start : start + _BATCH] = found.pooler_output.numpy()
        tokens = np.minimum(lengths, self.max_tokens)
        return Encoded(vectors if layers == "last" else vectors[:, None], tokens, lengths - tokens)

    def encode_images(self, pictures: "Sequence[Image.Image]") -> np.ndarray:
        """Embeds pictures, in their order: float32, shape (n, dim), not normalised; PPPError on none."""
        import torch

        pictures = [middle_of_strip(one) for one in readable_pictures(pictures)]
        vectors = np.empty((len(pictures), self.dim), np.float32)
        for start in range(0, len(pictures), _BATCH):
            batch = pictures[start : start + _BATCH]
            pixels = self._processor(images=batch, return_tensors="pt")["pixel_values"]
            with torch.inference_mode():
                found = self._model.get_image_features(pixel_values=pixels)
            vectors[start : start + _BATCH] = found.pooler_output.numpy()
        return vectors

    def spans(self, prompt: str) -> list[tuple[int, int]]:
        """Character spans of the content tokens of one prompt, in order, cut-off ones included."""
        (text,) = readable_prompts([prompt])
        return self._processor.tokenizer.backend_tokenizer.encode(text, add_special_tokens=False).offsets


class PickScore(Similarity):
    """Logit scale times cosine, higher is better; meant to compare pictures of one prompt.

    Args:
        encoder: a `TransformersClip` with PickScore's weights.
    """

    def __init__(self, encoder: TransformersClip):
        super().__init__("pickscore", encoder)
        self._scale = encoder.scale

    def _from_cosines(self, cosines: np.ndarray) -> np.ndarray:
        return self._scale * cosines


def pick_score(*, folder: str | Path | None = None, download: bool = False) -> PickScore:
    """PickScore with the weights in a folder, or those of the hub where they are here or may be fetched.

    Raises:
        PPPError: when they are absent (with the command that gets them), or no CLIP.
    """
    given = None if folder is None else Path(folder).expanduser()
    place = given or hub_folder("pickscore", REPOSITORY, download=download)
    return PickScore(TransformersClip(place, name="pickscore"))


def _processor(folder: Path):
    from transformers import AutoProcessor

    try:
        processor = AutoProcessor.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise PPPError(f"transformers cannot load a processor from {folder}: {reason}") from error
    if not hasattr(processor, "tokenizer") or not hasattr(processor, "image_processor"):
        raise PPPError(f"The processor in {folder} lacks a tokenizer or a part for pictures.")
    return processor
