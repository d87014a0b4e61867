"""Learning PQPP's network on correlations, with torch."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..errors import PPPError
from ..splits import folds
from .correlation_pictures import correlation_pictures, matrix, prepare
from .seen import Seen

RATE, WEIGHT_DECAY, DROPOUT = 1e-3, 0.01, 0.5
BATCH = 64
STEPS = 16
WATCHED = 8


def learn(
    seen: Seen,
    wanted: np.ndarray,
    arrays: Mapping[str, np.ndarray],
    *,
    channels: Sequence[int],
    hidden: int,
    epochs: int,
    patience: int,
    seed: int,
) -> dict[str, np.ndarray]:
    """The network's weights at its best epoch, by an eighth of the prompts that it does not learn from.

    Args:
        seen: n prompts with their pictures.
        wanted: float, shape (n,), from 0 to 1.
        arrays: of `correlation_pictures`.
        channels, hidden: sizes of the convolutions and of the hidden layer.
        epochs, patience: at most, and without a better one.
        seed: of weights, dropout, draws and slice; torch's own generator is left as it was.

    Raises:
        PPPError: when no epoch came to a finite error.
    """
    import torch

    rng = np.random.default_rng(seed)
    inside, watched = folds(seen.prompts, k=min(WATCHED, len(seen)), seed=seed)[0]
    known, told = seen.rows(inside), torch.from_numpy(wanted[inside].astype(np.float32))
    checked = torch.from_numpy(correlation_pictures(seen.rows(watched), arrays))
    truth = torch.from_numpy(wanted[watched].astype(np.float32))
    ready = prepare(known, arrays)
    repeats = max(1, STEPS * BATCH // len(known))
    best, kept, since = np.inf, None, 0
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = make_network(checked.shape[-1], channels, hidden)
        optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=WEIGHT_DECAY)
        for _ in range(epochs):
            network.train()
            for _ in range(repeats):
                matrices = torch.from_numpy(_drawn(ready, arrays, rng))
                for rows in torch.from_numpy(rng.permutation(len(known))).split(BATCH):
                    loss = torch.nn.functional.mse_loss(network(matrices[rows])[:, 0], told[rows])
                    optimiser.zero_grad()
                    loss.backward()
                    optimiser.step()
            network.train(False)
            with torch.no_grad():
                error = float(torch.nn.functional.mse_loss(network(checked)[:, 0], truth))
            since = 0 if error < best else since + 1
            if error < best:
                best, kept = error, _weights(network)
            if since >= patience:
                break
    if kept is None:
        raise PPPError("correlation-cnn came to no finite error: are the pictures' vectors finite?")
    return kept


def make_network(size: int, channels: Sequence[int], hidden: int):
    """The network on matrices (b, size, size), as a torch module."""
    from torch import nn

    layers: list[tuple[str, nn.Module]] = [("picture", nn.Unflatten(1, (1, size)))]
    width = 1
    for number, channel in enumerate(channels):
        layers += [(f"conv{number}", nn.Conv2d(width, channel, 3, padding=1)), (f"relu{number}", nn.ReLU())]
        if size >= 4:
            layers.append((f"pool{number}", nn.MaxPool2d(2)))
            size //= 2
        width = channel
    layers += [
        ("flat", nn.Flatten()),
        ("hidden", nn.Linear(width * size * size, hidden)),
        ("relu", nn.ReLU()),
        ("dropout", nn.Dropout(DROPOUT)),
        ("last", nn.Linear(hidden, 1)),
        ("sigmoid", nn.Sigmoid()),
    ]
    network = nn.Sequential()
    for name, layer in layers:
        network.add_module(name, layer)
    return network


def _drawn(
    ready: Sequence[np.ndarray], arrays: Mapping[str, np.ndarray], rng: np.random.Generator
) -> np.ndarray:
    """Matrices of a random number of each prompt's pictures, two at least, in random order."""
    drawn = [rng.permutation(len(one))[: rng.integers(min(2, len(one)), len(one) + 1)] for one in ready]
    return np.array([matrix(one, arrays, rows) for one, rows in zip(ready, drawn, strict=True)], np.float32)


def _weights(network) -> dict[str, np.ndarray]:
    return {name: value.detach().numpy().copy() for name, value in network.state_dict().items()}
