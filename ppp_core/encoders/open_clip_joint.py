"""Both towers of open_clip models (CLIP, SigLIP): prompts and pictures in one space."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .open_clip_text import OpenClipText
from .picture_pixels import middle_of_strip, readable_pictures

if TYPE_CHECKING:
    from PIL import Image

_BATCH = 16  # pictures


class OpenClipJoint(OpenClipText):
    """A CLIP-like model with its image tower, from a folder in open_clip's own format.

    Pictures are prepared as the model's own configuration says. Everything else is as in `OpenClipText`;
    vectors of prompts and of pictures are not normalised.

    Args:
        folder: holds ``open_clip_config.json`` and ``open_clip_model.safetensors``.
        name: the encoder's name; the folder when left out.

    Attributes:
        preprocessing: what is done to a picture first, in words.

    Raises:
        PPPError: when the folder holds no such model, or one that needs code or weights from elsewhere.
    """

    is_stand_in = False
    retrieval = ""

    def __init__(self, folder: str | Path, *, name: str | None = None):
        super().__init__(folder, name=name)
        from open_clip.transform import PreprocessCfg, image_transform_v2

        settings = PreprocessCfg(**self._visual.preprocess_cfg)
        self._prepare = image_transform_v2(settings, is_train=False)
        # the other modes show the whole picture, whatever its shape, and resize it to no more than they show
        self._cut = middle_of_strip if settings.resize_mode == "shortest" else lambda picture: picture
        self.preprocessing = _in_words(settings)

    def encode_images(self, pictures: "Sequence[Image.Image]") -> np.ndarray:
        """Embeds pictures, in their order: float32, shape (n, dim), not normalised.

        Raises:
            PPPError: on no pictures, or values that are none.
        """
        import torch

        pictures = readable_pictures(pictures)
        vectors = np.empty((len(pictures), self.dim), np.float32)
        for start in range(0, len(pictures), _BATCH):
            pixels = torch.stack([self._prepare(self._cut(one)) for one in pictures[start : start + _BATCH]])
            with torch.inference_mode():
                vectors[start : start + _BATCH] = self._visual(pixels).float().numpy()
        return vectors

    def _keep(self, model: Any) -> None:
        super()._keep(model)
        self._visual = model.visual.eval()


def _in_words(settings: Any) -> str:
    size = settings.size if isinstance(settings.size, tuple | list) else (settings.size, settings.size)
    how = {
        "shortest": "short side to that size, the middle taken",
        "longest": "long side to that size, the rest filled",
        "squash": "stretched to that size",
    }
    means, deviations = (", ".join(f"{v:.4g}" for v in values) for values in (settings.mean, settings.std))
    return (
        f"{size[1]} × {size[0]} pixels ({settings.interpolation}; "
        f"{how.get(settings.resize_mode, settings.resize_mode)}), values from 0 to 1 less {means}, "
        f"divided by {deviations}"
    )
