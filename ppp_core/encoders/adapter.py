"""What fine-tuning changes in an encoder, kept small: low-rank updates of its matrices, and heads."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ..errors import PPPError

EPSILON = 1e-5


@dataclass(frozen=True)
class Adapter:
    """Low-rank updates of an encoder's matrices, and one linear head a target on its pooled layers.

    Attributes:
        targets: names of the k targets.
        down: by the name of a module of the encoder: float16, shape (rank, n_in).
        up: by the same names: float16, shape (n_out, rank); the update is ``up @ down``.
        mix: float32, shape (k, n_layers - 1): each head's weights of the layers after the embedding layer;
            rows sum to 1.
        weights: float32, shape (k, dim).
        bias: float32, shape (k,).
    """

    targets: tuple[str, ...]
    down: Mapping[str, np.ndarray]
    up: Mapping[str, np.ndarray]
    mix: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    def merge(self, model: Any) -> None:
        """Adds the updates to a torch model's matrices, in place.

        Raises:
            PPPError: where the model has no such matrix.
        """
        import torch

        with torch.no_grad():
            for name, down in self.down.items():
                update = self.up[name].astype(np.float32) @ down.astype(np.float32)
                weight = _weight(model, name)
                if tuple(weight.shape) != update.shape:
                    raise PPPError(
                        f"The adapter's update of {name} has shape {update.shape}, "
                        f"the encoder's matrix has {tuple(weight.shape)}: it was made for another encoder."
                    )
                weight += torch.from_numpy(update)

    def scores(self, layers: np.ndarray) -> np.ndarray:
        """Every head's score, float32 (n, k), each target in its own unit.

        Args:
            layers: mean-pooled hidden states of the merged encoder, (n, n_layers, dim), embeddings first.
        """
        later = layers[:, 1:].astype(np.float32)
        centred = later - later.mean(axis=2, keepdims=True)
        scaled = centred / np.sqrt(np.square(centred).mean(axis=2, keepdims=True) + EPSILON)
        by_layer = scaled @ self.weights.T  # (n, n_layers - 1, k)
        return np.einsum("nlk,kl->nk", by_layer, self.mix) + self.bias

    def revision(self, base: str) -> str:
        """Hash that fixes the merged encoder, from the hash of the weights that it is merged into."""
        found = hashlib.sha256(base.encode())
        for name, array in sorted(self.arrays().items()):
            found.update(f"{name} {array.dtype} {array.shape}".encode() + array.tobytes())
        return found.hexdigest()

    def arrays(self) -> dict[str, np.ndarray]:
        """All but the targets' names as plain arrays."""
        arrays = {"mix": self.mix, "weights": self.weights, "bias": self.bias}
        arrays |= {f"down.{name}": array for name, array in self.down.items()}
        return arrays | {f"up.{name}": array for name, array in self.up.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], targets: Sequence[str]) -> Self:
        """The adapter whose `arrays` these are."""
        down, up = (_part(arrays, part) for part in ("down.", "up."))
        return cls(tuple(targets), down, up, arrays["mix"], arrays["weights"], arrays["bias"])


def _part(arrays: Mapping[str, np.ndarray], start: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}


def _weight(model: Any, name: str):
    try:
        return model.get_submodule(name).weight
    except AttributeError as error:
        raise PPPError(f"The adapter changes {name}, which the encoder does not have.") from error
