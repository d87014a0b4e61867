"""Fine-tuning a tower on prompts and values: batches by length, warm-up, the best epoch kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from ..errors import PPPError
from ..splits import folds
from .regression_tower import RegressionTower

Progress = Callable[[int, int], None]

_POOL = 32  # batches whose prompts are sorted by length together


@dataclass(frozen=True)
class Tuning:
    """How a model is fine-tuned. Every pair of a learning rate and a weight decay is tried.

    Attributes:
        learning_rates: highest of the schedule.
        weight_decays: AdamW's, of matrices; biases and norms have none.
        epochs: at most.
        patience: epochs without a better one after which a run ends.
        batch: prompts a step.
        warm_up: share of all steps in which the learning rate rises; it falls to nothing after.
        largest_gradient: norm to which gradients are clipped.
        watched: share of the prompts that is not learned from and picks epoch and pair.
    """

    learning_rates: Sequence[float] = (5e-5,)
    weight_decays: Sequence[float] = (0.01,)
    epochs: int = 15
    patience: int = 3
    batch: int = 32
    warm_up: float = 0.1
    largest_gradient: float = 1.0
    watched: float = 0.1

    def __post_init__(self):
        wanted = {
            "epochs": self.epochs >= 1,
            "patience": self.patience >= 1,
            "batch": self.batch >= 1,
            "watched": 0 < self.watched <= 0.5,
            "warm_up": 0 <= self.warm_up <= 1,
            "learning_rates": len(self.learning_rates) > 0 and min(self.learning_rates) > 0,
            "weight_decays": len(self.weight_decays) > 0 and min(self.weight_decays) >= 0,
        }
        for name, fits in wanted.items():
            if not fits:
                raise PPPError(f"Tuning cannot use {name}={getattr(self, name)!r}; see its documentation.")


PQPP_GRID = Tuning(learning_rates=(1e-5, 5e-5, 1e-4), weight_decays=(0.0, 0.01, 0.1), batch=256)
"""The grid, batch and epochs of PQPP's fine-tuned BERT (Poesina et al., CVPR 2025)."""


@dataclass(frozen=True)
class Epoch:
    """What one epoch came to.

    Attributes:
        learning_rate, weight_decay: of its run.
        epoch: 1 for the first of a run.
        loss: mean squared error on the prompts learned from, while learning.
        watched: mean squared error on the prompts held back inside the training part.
    """

    learning_rate: float
    weight_decay: float
    epoch: int
    loss: float
    watched: float


def tune(
    make: Callable[[], RegressionTower],
    prompts: Sequence[str],
    wanted: np.ndarray,
    *,
    tuning: Tuning,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[RegressionTower, list[Epoch]]:
    """Fine-tunes fresh towers and gives the one of the best epoch, and the history of all.

    The best epoch is the one with the least squared error on a slice of these prompts that is not
    learned from; prompts that say the same are on one side of it.

    Args:
        make: gives a fresh tower, as often as there are pairs to try.
        prompts: n texts.
        wanted: float, shape (n,), scaled to about 0 to 1.
        tuning: how.
        seed: of head, dropout, batches and slice; torch's own generator is left as it was.
        progress: called with (steps done, steps in all); a run that ends early skips its rest.
    """
    import torch

    inside, watched = folds(prompts, k=max(2, round(1 / tuning.watched)), seed=seed)[0]
    pairs = list(product(tuning.learning_rates, tuning.weight_decays))
    best, best_state, history = np.inf, None, []
    for number, (learning_rate, weight_decay) in enumerate(pairs):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            tower = make()
            run = _Run(tower, prompts, wanted, inside, tuning, learning_rate, weight_decay, seed)
            run.report = _reporter(progress, number * run.n_steps, len(pairs) * run.n_steps)
            run_best, since = np.inf, 0
            for epoch in range(1, tuning.epochs + 1):
                loss = run.one_epoch()
                error = run.error(watched)
                history.append(Epoch(learning_rate, weight_decay, epoch, loss, error))
                if error < best:
                    best, best_state = error, tower.state()
                since = 0 if error < run_best else since + 1
                run_best = min(run_best, error)
                if since >= tuning.patience:
                    break
    if best_state is None:
        raise PPPError("Fine-tuning came to no finite error. Lower the learning rate.")
    tower.load(best_state)
    tower.train(False)
    return tower, history


class _Run:
    """One pair of learning rate and weight decay: its optimiser, its schedule, its batches."""

    def __init__(self, tower, prompts, wanted, inside, tuning: Tuning, learning_rate, weight_decay, seed):
        import torch

        self.tower, self.tuning, self.inside = tower, tuning, inside
        self.inputs = tower.tokens(prompts)
        self.sizes = np.array([len(one) for one in self.inputs])
        self.wanted = torch.from_numpy(np.asarray(wanted, np.float32))
        self.n_batches = -(-len(inside) // tuning.batch)
        self.n_steps = self.n_batches * tuning.epochs
        self.done, self.report = 0, lambda done: None
        self.random = np.random.default_rng(seed)
        weights = [one for one in tower.parameters() if one.requires_grad]
        self.optimiser = torch.optim.AdamW(
            [
                {"params": [one for one in weights if one.ndim > 1], "weight_decay": weight_decay},
                {"params": [one for one in weights if one.ndim <= 1], "weight_decay": 0.0},
            ],
            lr=learning_rate,
        )
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimiser, self._share)
        self.weights = weights

    def _share(self, step: int) -> float:
        """Of the highest learning rate: rises in a line, then falls in a line to nothing."""
        rising = max(1, round(self.tuning.warm_up * self.n_steps))
        return min((step + 1) / rising, (self.n_steps - step) / max(1, self.n_steps - rising))

    def one_epoch(self) -> float:
        """Learns from every prompt once; the mean squared error while doing so."""
        import torch

        self.tower.train()
        total = 0.0
        for rows in self._batches():
            scores = self.tower.score([self.inputs[row] for row in rows])
            loss = torch.nn.functional.mse_loss(scores, self.wanted[rows])
            self.optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.weights, self.tuning.largest_gradient)
            self.optimiser.step()
            self.schedule.step()
            total += float(loss.detach()) * len(rows)
            self.done += 1
            self.report(self.done)
        return total / len(self.inside)

    def _batches(self) -> list[np.ndarray]:
        """Batches of similar length: shuffled prompts, sorted within pools, the batches shuffled again."""
        order, size = self.random.permutation(self.inside), self.tuning.batch
        batches = []
        for start in range(0, len(order), size * _POOL):
            pool = order[start : start + size * _POOL]
            pool = pool[np.argsort(self.sizes[pool], kind="stable")]
            batches += [pool[at : at + size] for at in range(0, len(pool), size)]
        return [batches[place] for place in self.random.permutation(len(batches))]

    def error(self, rows: np.ndarray) -> float:
        """Mean squared error on some prompts, without learning; infinite where it is no number."""
        predicted = self.tower.predict([self.inputs[row] for row in rows])
        error = float(np.square(predicted - self.wanted.numpy()[rows]).mean())
        return error if np.isfinite(error) else np.inf


def _reporter(progress: Progress | None, before: int, total: int) -> Callable[[int], None]:
    if progress is None:
        return lambda done: None
    return lambda done: progress(before + done, total)
