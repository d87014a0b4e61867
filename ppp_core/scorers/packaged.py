"""Scorers of packages that PPP does not bring: ResMem, ViTMem, IQA-PyTorch, ImageReward, HPS."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..encoders import read_picture
from ..errors import PPPError
from ..store.paths import refuse_when_public
from .base import check_sources, need_prompts

if TYPE_CHECKING:
    from PIL import Image

    from ..store import EmbeddingStore
    from .base import Source

Measure = Callable[["Image.Image", str], float]
"""A picture and its prompt (empty where the scorer sees none) to a number, higher is better."""


@dataclass(frozen=True)
class Package:
    """A package and what turns it into a measure.

    Attributes:
        module: what is imported.
        distribution: what pip installs.
        load: makes the measure of the imported module; may fetch weights, as the package does.
        fetches: whether the package fetches weights by itself when it is first used.
    """

    module: str
    distribution: str
    load: Callable[[ModuleType], Measure]
    fetches: bool = True

    @property
    def command(self) -> str:
        """The line that installs it."""
        return f"pip install {self.distribution}"


class PackagedScorer:
    """A scorer whose numbers a package computes, one picture at a time.

    Args:
        name: key of the ``SCORERS`` table.
        package: what computes it.
        sees_prompts: whether it compares a picture with its prompt.

    Raises:
        PPPError: when the package is not installed (with the line that does it), cannot be loaded, or would
            fetch weights in a public demo.
    """

    def __init__(self, name: str, package: Package, *, sees_prompts: bool = False):
        self.name, self._sees_prompts = name, sees_prompts
        self._measure = load_package(name, package)
        self.revision = f"1 {package.distribution} {_version(package)}"

    def score(
        self,
        pictures: "Sequence[Source]",
        prompts: Sequence[str] | None = None,
        *,
        store: "EmbeddingStore | None" = None,
    ) -> np.ndarray:
        """What the package says of pictures: float64, shape (n,); NaN where it could not."""
        check_sources(self.name, pictures, prompts)
        texts = need_prompts(self.name, pictures, prompts) if self._sees_prompts else [""] * len(pictures)
        return np.array([self._one(*pair) for pair in zip(pictures, texts, strict=True)], np.float64)

    def _one(self, source: "Source", prompt: str) -> float:
        try:
            image = read_picture(source).image
        except PPPError:
            return float("nan")
        try:
            value = float(self._measure(image, prompt))
        except (ValueError, RuntimeError, ArithmeticError, AssertionError):
            return float("nan")  # such as a picture that is smaller than its windows
        return value if np.isfinite(value) else float("nan")


def load_package(name: str, package: Package) -> Measure:
    """The measure of a package, imported now.

    Args:
        name: the scorer's, for the message.
        package: what computes it.

    Raises:
        PPPError: as of `PackagedScorer`.
    """
    if not is_installed(package):
        raise PPPError(f"{name} needs the package {package.distribution}. Run: {package.command}")
    if package.fetches:
        refuse_when_public(f"Loading {name}, which fetches weights,")
    try:
        return package.load(import_module(package.module))
    except PPPError:
        raise
    except Exception as error:
        reason = (str(error).strip().splitlines() or [""])[0][:160]
        raise PPPError(
            f"{package.distribution} is installed but {name} cannot be loaded: "
            f"{reason or type(error).__name__}. Run: {package.command} --upgrade"
        ) from error


def is_installed(package: Package) -> bool:
    """Whether a package is there, found without importing it."""
    return find_spec(package.module) is not None


def packaged(
    name: str,
    package: Package,
    sees_prompts: bool,
    *,
    folder: str | Path | None = None,
    download: bool = False,
) -> PackagedScorer:
    """The scorer of a package; ``folder`` is refused, because the package knows its own weights."""
    if folder is not None:
        raise PPPError(f"{name} takes no folder: the package {package.distribution} has its own weights.")
    return PackagedScorer(name, package, sees_prompts=sees_prompts)


def _version(package: Package) -> str:
    try:
        return metadata.version(package.distribution)
    except metadata.PackageNotFoundError:
        return ""


def _resmem(module: ModuleType) -> Measure:
    import torch

    model = module.ResMem(pretrained=True).eval()

    def measure(image: "Image.Image", prompt: str) -> float:
        with torch.inference_mode():
            # its own transformation: 256 × 256, the middle 227 × 227
            return model(module.transformer(image)[None]).item()

    return measure


def _vitmem(module: ModuleType) -> Measure:
    model = module.ViTMem()

    def measure(image: "Image.Image", prompt: str) -> float:
        return model(image)

    return measure


def _pyiqa(metric: str) -> Callable[[ModuleType], Measure]:
    def load(module: ModuleType) -> Measure:
        model = module.create_metric(metric, device=_cpu())
        sign = -1.0 if model.lower_better else 1.0

        def measure(image: "Image.Image", prompt: str) -> float:
            return sign * _item(model(_pixels(image)))

        return measure

    return load


def _image_reward(module: ModuleType) -> Measure:
    model = module.load("ImageReward-v1.0", device="cpu")

    def measure(image: "Image.Image", prompt: str) -> float:
        return _item(model.score(prompt, image))

    return measure


def _hps(module: ModuleType) -> Measure:
    def measure(image: "Image.Image", prompt: str) -> float:
        return _item(module.score(image, prompt, hps_version="v2.1"))

    return measure


def _cpu() -> Any:
    import torch

    return torch.device("cpu")


def _pixels(image: "Image.Image") -> Any:
    """float32 tensor, shape (1, 3, height, width), values 0 to 1."""
    import torch

    values = np.asarray(image.convert("RGB"), np.float32) / 255
    return torch.from_numpy(np.ascontiguousarray(values.transpose(2, 0, 1)))[None]


def _item(value: Any) -> float:
    """The number in a tensor, an array or a list of one."""
    return float(np.asarray(value.detach() if hasattr(value, "detach") else value).reshape(-1)[0])


RESMEM = Package("resmem", "resmem", _resmem, fetches=False)
VITMEM = Package("vitmem", "vitmem", _vitmem)
BRISQUE = Package("pyiqa", "pyiqa", _pyiqa("brisque"))
NIQE = Package("pyiqa", "pyiqa", _pyiqa("niqe"))
MUSIQ = Package("pyiqa", "pyiqa", _pyiqa("musiq"))
IMAGE_REWARD = Package("ImageReward", "image-reward", _image_reward)
HPS = Package("hpsv2", "hpsv2", _hps)
