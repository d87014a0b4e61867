"""Published aesthetic heads on CLIP embeddings: LAION v1, LAION v2 and Simulacra.

Reference:
    v1: LAION-AI/aesthetic-predictor, linear on unit vectors. v2: christophschuhmann's
    improved-aesthetic-predictor, five linear layers with nothing between them. Simulacra:
    crowsonkb/simulacra-aesthetic-models, linear on vectors of length sqrt(dim).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..encoders import JointEncoder, embed_images
from ..encoders.weights import file_hash
from ..errors import PPPError
from ..store import home
from ..store.paths import refuse_when_public
from .base import check_sources

if TYPE_CHECKING:
    from ..store import EmbeddingStore
    from .base import Source

ENDINGS = (".safetensors", ".pth", ".pt")


@dataclass(frozen=True)
class HeadKind:
    """How a published head is written down, and what it wants.

    Attributes:
        name: key of the ``SCORERS`` table.
        encoder: key of ``JOINT_ENCODERS``: whose image vectors it was trained on.
        layers: names of its linear layers, in their order; "" for a file with a bare weight and bias.
        length: of the vectors it wants: ``"one"``, or ``"sqrt-dim"``.
        file: the name that its authors gave to the weights.
        sha256: of that file as published, lower-case hex; None where PPP has no confirmed hash.
        size: of that file, bytes; None likewise.
        url: where its authors publish it, at one revision; empty where there is no hash to check it by.
    """

    name: str
    encoder: str
    layers: tuple[str, ...]
    length: str
    file: str
    sha256: str | None = None
    size: int | None = None
    url: str = ""

    @property
    def path(self) -> str:
        """What a download calls the file."""
        return self.file


HEADS = {
    kind.name: kind
    for kind in (
        HeadKind("aesthetic-v1", "clip-vit-l14", ("",), "one", "sa_0_4_vit_l_14_linear.pth"),
        HeadKind(
            "aesthetic-v2",
            "clip-vit-l14",
            tuple(f"layers.{place}" for place in (0, 2, 4, 6, 7)),
            "one",
            "sac+logos+ava1-l14-linearMSE.pth",
            "21dd590f3ccdc646f0d53120778b296013b096a035a2718c9cb0d511bff0f1e0",
            3_714_759,
            "https://raw.githubusercontent.com/christophschuhmann/improved-aesthetic-predictor/"
            "6934dd81792f086e613a121dbce43082cb8be85e/sac%2Blogos%2Bava1-l14-linearMSE.pth",
        ),
        HeadKind(
            "aesthetic-simulacra",
            "clip-vit-l14",
            ("linear",),
            "sqrt-dim",
            "sac_public_2022_06_29_vit_l_14_linear.pth",
        ),
    )
}


class AestheticHead:
    """A published head on a CLIP's image vectors.

    Args:
        kind: a row of ``HEADS``.
        path: its weights, as safetensors or as a torch file of plain tensors.
        encoder: what `load_joint_encoder` gave.

    Attributes:
        notes: where the file is not the published one, or where that cannot be known: one sentence.

    Raises:
        PPPError: when the file is no such head, was trained on vectors of another length, or the encoder
            only stands in for CLIP.
    """

    def __init__(self, kind: HeadKind, path: str | Path, encoder: JointEncoder):
        if encoder.is_stand_in:
            raise PPPError(f"{kind.name} needs a real CLIP; {encoder.name} is a small stand-in.")
        self.name, self.encoder, self._kind = kind.name, encoder, kind
        self.layers = _linear_layers(kind, read_tensors(Path(path)), Path(path))
        taken = self.layers[0][0].shape[1]
        if taken != encoder.dim:
            raise PPPError(
                f"{Path(path).name} takes vectors of {taken} numbers, {encoder.name} gives {encoder.dim}. "
                f"Use the weights for {encoder.name}, or the encoder {kind.encoder}."
            )
        sha256 = file_hash(Path(path))
        self.revision = f"1 {sha256} {encoder.name} {encoder.revision}"
        self.notes = _origin(kind, Path(path), sha256)

    def score(
        self,
        pictures: "Sequence[Source]",
        prompts: Sequence[str] | None = None,
        *,
        store: "EmbeddingStore | None" = None,
    ) -> np.ndarray:
        """The head's rating of pictures: float64, shape (n,); NaN where a picture could not be read."""
        check_sources(self.name, pictures, prompts)
        vectors = embed_images(self.encoder, pictures, store=store).vectors.astype(np.float64)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        values = vectors / np.where(lengths == 0, 1, lengths)
        if self._kind.length == "sqrt-dim":
            values = values * np.sqrt(vectors.shape[1])
        for weight, bias in self.layers:
            values = values @ weight.T + bias
        return values[:, 0]


def aesthetic_head(name: str, *, folder: str | Path | None = None, download: bool = False) -> AestheticHead:
    """The head of that name, with weights that the user gives or that were fetched by their hash.

    Args:
        name: key of ``HEADS``.
        folder: the file of weights, or a folder with it under its authors' name (or as safetensors); where
            the folder is also an open_clip model, that is the CLIP it stands on. None for the file that was
            fetched before.
        download: whether the head's published file (where PPP knows its hash) and CLIP's weights may be
            fetched where they are absent.

    Raises:
        PPPError: when no file came or it is not there, or the download fails.
    """
    from ..encoders import load_joint_encoder

    kind = HEADS[name]
    if folder is None:
        path = _fetched(kind, download=download)
        return AestheticHead(kind, path, load_joint_encoder(kind.encoder, download=download))
    given = Path(folder).expanduser()
    path = _weights_in(given, kind)
    own = given.is_dir() and (given / "open_clip_config.json").is_file()
    return AestheticHead(kind, path, load_joint_encoder(given if own else kind.encoder, download=download))


def kept_head(kind: HeadKind) -> Path:
    """Where a head's file is kept once it was fetched."""
    return home() / "scorers" / kind.file


def is_kept(kind: HeadKind) -> bool:
    """Whether the published file was fetched and is whole; False where PPP knows no hash of it."""
    path = kept_head(kind)
    return kind.sha256 is not None and path.is_file() and file_hash(path) == kind.sha256


def _fetched(kind: HeadKind, *, download: bool) -> Path:
    """The published file, fetched now where it is absent and that was asked for."""
    if is_kept(kind):
        return kept_head(kind)
    give = f"give the file {kind.file}, or its folder, as --folder"
    if kind.sha256 is None or not kind.url:
        raise PPPError(f"{kind.name} needs the weights of its head: {give}.")
    if not download:
        raise PPPError(f"{kind.name} needs the weights of its head: {give}, or fetch it with --download.")
    refuse_when_public("Downloading weights")
    from ..store.download import download as fetch

    fetch(kind, kept_head(kind), otherwise=give)
    return kept_head(kind)


def _origin(kind: HeadKind, path: Path, sha256: str) -> tuple[str, ...]:
    """What to tell of where the weights come from; nothing where they are the published file."""
    if kind.sha256 is None:
        return (
            f"PPP knows no confirmed hash of the published {kind.file}, so whether {path.name} "
            f"(SHA-256 {sha256[:12]}…) is that file was not checked.",
        )
    if sha256 == kind.sha256:
        return ()
    return (
        f"{path.name} is not the published {kind.file}: wanted SHA-256 {kind.sha256[:12]}…, got "
        f"{sha256[:12]}…. A copy in another format has another hash, too.",
    )


def read_tensors(path: Path, *, dtype: type = np.float64) -> dict[str, np.ndarray]:
    """The tensors of a file by name, as ``dtype``; nothing but tensors is ever read of it.

    Raises:
        PPPError: when it is not there, or holds anything but tensors.
    """
    if not path.is_file():
        raise PPPError(f"There is no file of weights {path}.")
    try:
        read = _safetensors(path) if path.suffix == ".safetensors" else _torch_tensors(path)
        return {name: np.asarray(array, dtype) for name, array in read.items()}
    except PPPError:
        raise
    except Exception as error:
        reason = (str(error).strip().splitlines() or [""])[0][:120]
        raise PPPError(
            f"{path.name} cannot be read as plain tensors: {reason or type(error).__name__}."
        ) from error


def _safetensors(path: Path) -> dict[str, np.ndarray]:
    from safetensors.numpy import load_file

    return load_file(path)


def _torch_tensors(path: Path) -> dict[str, np.ndarray]:
    import torch

    held = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(held, Mapping) or not all(_is_tensor(one) for one in held.values()):
        raise PPPError(f"{path.name} holds more than tensors by name; a state_dict was wanted.")
    # numpy knows no bfloat16
    return {
        name: (tensor.float() if tensor.is_floating_point() else tensor).numpy()
        for name, tensor in held.items()
    }


def _is_tensor(value: Any) -> bool:
    import torch

    return isinstance(value, torch.Tensor)


def _weights_in(given: Path, kind: HeadKind) -> Path:
    if not given.is_dir():
        return given
    stem = kind.file.rpartition(".")[0]
    named = [given / f"{stem}{ending}" for ending in ENDINGS]
    found = next((path for path in named if path.is_file()), None)
    if found is None:
        raise PPPError(f"{given} has no {kind.file} (or {stem}.safetensors), which {kind.name} needs.")
    return found


def _linear_layers(
    kind: HeadKind, tensors: Mapping[str, np.ndarray], path: Path
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Weights (out, in) and biases (out,) that follow on one another and end in one number."""
    names = [(f"{layer}.weight".lstrip("."), f"{layer}.bias".lstrip(".")) for layer in kind.layers]
    wanted = {name for pair in names for name in pair}
    if set(tensors) != wanted:
        raise PPPError(
            f"{path.name} is no head of {kind.name}: wanted {', '.join(sorted(wanted))}; "
            f"got {', '.join(sorted(tensors)) or 'nothing'}."
        )
    layers = [(tensors[weight], tensors[bias].reshape(-1)) for weight, bias in names]
    width = layers[0][0].shape[-1]
    for weight, bias in layers:
        if weight.ndim != 2 or weight.shape != (len(bias), width):
            raise PPPError(f"{path.name} is no head of {kind.name}: its layers do not follow on one another.")
        width = len(bias)
    if width != 1:
        raise PPPError(f"{path.name} is no head of {kind.name}: it ends in {width} numbers, one was wanted.")
    return layers
