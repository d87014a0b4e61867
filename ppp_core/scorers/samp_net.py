"""SAMP-Net: how well a picture is composed, 1 to 5, with weights that the user gives.

Written anew from the published architecture; the names of its layers are those of the published weights.

Reference:
    Zhang, Niu and Zhang (2021), Image Composition Assessment with Saliency-augmented Multi-pattern Pooling,
    BMVC. Trained on CADB: 9,497 photographs, each rated by five people on 1 to 5.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..encoders import read_picture
from ..encoders.threads import thread_count
from ..encoders.weights import file_hash
from ..errors import PPPError
from .aesthetic import read_tensors
from .base import check_sources
from .composition_patterns import N_PATTERNS, pooled_patterns
from .saliency import SHRUNK, spectral_residual

if TYPE_CHECKING:
    from PIL import Image

    from ..store import EmbeddingStore
    from .base import Source

FILE = "samp_net.pth"
SIDE = 224
LEVELS = 5
"""Steps of the scale: the network gives a probability for each, the score is their mean."""

_BATCH = 16
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's
_HEADS = {
    "pattern_weight_layer.3": (N_PATTERNS, 512),
    "att_feature_layer.0": (512, 1024),
    "com_feature_layer.0": (512, 1024),
    "alpha_predict_layer.0": (2, 1024),
    "com_pred_layer.0": (1024, 1024),
    "com_pred_layer.3": (512, 1024),
    "com_pred_layer.5": (LEVELS, 512),
}
"""Linear layers without bias after the patterns, (out, in), in the published setting."""

_ATTRIBUTES = "att_pred_layer.0"
"""Scores of attributes, which only its training looks at; the published code writes five or six of them."""


class SampNet:
    """SAMP-Net in its published setting: ResNet-18, eight patterns, saliency, attributes.

    Args:
        path: the weights, ``samp_net.pth``, a torch file of plain tensors, or the same as safetensors.

    Raises:
        PPPError: when it is not there, or not a SAMP-Net of that setting.
    """

    name = "samp-net"

    def __init__(self, path: str | Path):
        import torch

        path = Path(path)
        tensors = read_tensors(path, dtype=np.float32)
        torch.set_num_threads(thread_count())
        self._backbone = _backbone(tensors, path)
        self._layers = _layers(tensors, path)
        self.revision = f"1 {file_hash(path)}"

    def score(
        self,
        pictures: "Sequence[Source]",
        prompts: Sequence[str] | None = None,
        *,
        store: "EmbeddingStore | None" = None,
    ) -> np.ndarray:
        """Composition of pictures: float64, shape (n,), 1 to 5; NaN where one cannot be read or is tiny."""
        check_sources(self.name, pictures, prompts)
        scores = np.full(len(pictures), np.nan)
        for start in range(0, len(pictures), _BATCH):
            rows, batch = [], []
            for row in range(start, min(start + _BATCH, len(pictures))):
                prepared = _prepared(pictures[row])
                if prepared is not None:
                    rows.append(row)
                    batch.append(prepared)
            if batch:
                scores[rows] = self.distribution(*map(np.stack, zip(*batch, strict=True))) @ np.arange(1, 6)
        return scores

    def distribution(self, pixels: np.ndarray, saliency: np.ndarray) -> np.ndarray:
        """How probable each step of the scale is: float64, shape (n, 5), rows sum to 1.

        Args:
            pixels: float32, shape (n, 3, 224, 224), normalised.
            saliency: float32, shape (n, 224, 224).
        """
        import torch
        from torch.nn.functional import max_pool2d, relu

        layers = self._layers
        with torch.inference_mode():
            features = self._backbone(torch.from_numpy(pixels))  # (n, 512, 7, 7)
            map_ = torch.from_numpy(saliency)[:, None]
            for _ in range(2):
                map_ = max_pool2d(map_, kernel_size=3, stride=2, padding=1)  # (n, 1, 56, 56)
            shares = torch.softmax(features.mean((2, 3)) @ layers["pattern_weight_layer.3"].T, 1)
            pooled = [
                relu(torch.einsum("ncrk,ocrk->no", parts, layers[f"pattern_module.conv_list.{number}.0"]))
                for number, parts in enumerate(pooled_patterns(features, map_[:, 0]))
            ]
            found = (torch.stack(pooled, 2) * shares[:, None]).sum(2)  # (n, 1024)
            attributes = relu(found @ layers["att_feature_layer.0"].T)
            composition = relu(found @ layers["com_feature_layer.0"].T)
            both = torch.cat([attributes, composition], 1)
            weights = torch.sigmoid(both @ layers["alpha_predict_layer.0"].T)
            fused = torch.cat([weights[:, :1] * attributes, weights[:, 1:] * composition], 1)
            hidden = relu(relu(fused @ layers["com_pred_layer.0"].T) @ layers["com_pred_layer.3"].T)
            return torch.softmax(hidden @ layers["com_pred_layer.5"].T, 1).double().numpy()


def samp_net(*, folder: str | Path | None = None, download: bool = False) -> SampNet:
    """SAMP-Net with the weights that the user gives; they are never fetched.

    Args:
        folder: the file, or a folder with ``samp_net.pth`` or ``samp_net.safetensors``.
        download: counts for nothing: the authors publish the file on a drive, without a hash.

    Raises:
        PPPError: when no file came, or it is not there.
    """
    if folder is None:
        raise PPPError(f"samp-net needs its weights: give the file {FILE}, or its folder, as --folder.")
    given = Path(folder).expanduser()
    if given.is_dir():
        found = [path for name in (FILE, "samp_net.safetensors") if (path := given / name).is_file()]
        if not found:
            raise PPPError(f"{given} has no {FILE} (or samp_net.safetensors), which samp-net needs.")
        given = found[0]
    return SampNet(given)


def _prepared(source: "Source") -> tuple[np.ndarray, np.ndarray] | None:
    """Pixels (3, 224, 224) and saliency (224, 224), both float32; None for what cannot be read or is tiny."""
    try:
        image = read_picture(source).image
    except PPPError:
        return None
    if min(image.size) < SHRUNK:
        return None
    return _pixels(image), spectral_residual(image, side=SIDE)


def _pixels(image: "Image.Image") -> np.ndarray:
    """The picture stretched to a square, as torchvision's Resize stretches, and normalised."""
    from PIL import Image

    square = image.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    values = np.asarray(square, np.float32) / 255
    return np.ascontiguousarray(((values - _MEAN) / _DEVIATION).transpose(2, 0, 1), np.float32)


def _backbone(tensors: Mapping[str, np.ndarray], path: Path) -> Any:
    """ResNet-18 without its pooling and its classes."""
    import torch
    from torchvision.models import resnet18

    network = torch.nn.Sequential(*list(resnet18(weights=None).children())[:-2])
    own = {
        name.removeprefix("backbone."): one for name, one in tensors.items() if name.startswith("backbone.")
    }
    wanted = network.state_dict()
    strange = {name for name in wanted.keys() | own.keys() if not _fits(own.get(name), wanted.get(name))}
    if strange:
        raise _other(path, f"backbone.{sorted(strange)[0]}")
    network.load_state_dict({name: torch.from_numpy(array) for name, array in own.items()})
    return network.eval()


def _fits(array: np.ndarray | None, tensor: Any) -> bool:
    return array is not None and tensor is not None and array.shape == tuple(tensor.shape)


def _layers(tensors: Mapping[str, np.ndarray], path: Path) -> dict[str, Any]:
    """The weights after the backbone, by layer; none has a bias."""
    import torch

    from .composition_patterns import PATTERNS

    shapes = dict(_HEADS)
    for number, pattern in enumerate(PATTERNS):
        shapes[f"pattern_module.conv_list.{number}.0"] = (1024, 512 + pattern.length, *pattern.grid)
    own = {name for name in tensors if not name.startswith(("backbone.", _ATTRIBUTES))}
    for layer, shape in shapes.items():
        name = f"{layer}.weight"
        if name not in tensors or tensors[name].shape != shape:
            raise _other(path, name)
        own.discard(name)
    if own:
        raise _other(path, sorted(own)[0])
    return {layer: torch.from_numpy(tensors[f"{layer}.weight"]) for layer in shapes}


def _other(path: Path, name: str) -> PPPError:
    return PPPError(
        f"{path.name} is no SAMP-Net in its published setting (ResNet-18, eight patterns): {name} is absent, "
        "one too many, or of another shape."
    )
