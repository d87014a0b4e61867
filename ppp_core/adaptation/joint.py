"""From the towers of all folds to one adapter: their mean, in low rank."""

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.metadata import version

import numpy as np

from ..encoders.adapted import Adaptation, text_hash
from ..encoders.adapter import Adapter
from ..encoders.threads import thread_count
from ..errors import PPPError
from ..splits import folds
from .loss import Goal
from .settings import Settings
from .tower import Tower, token_ids, train_tower

LIBRARIES = ("numpy", "torch", "transformers", "peft")


def adapt(
    prompts: Sequence[str],
    observed: np.ndarray,
    targets: Sequence[str],
    *,
    settings: Settings | None = None,
    seed: int = 0,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Adaptation:
    """Fine-tunes MiniLM with LoRA for several targets at once.

    One tower a fold learns from the other folds and stops at its best epoch on its own; all start from the
    same weights, so their mean is a tower too, about as good as the mean of their scores, at the price of
    one. Each prompt's out-of-fold score comes from the tower that had not seen it.

    Args:
        prompts: n different texts to learn from.
        observed: float, shape (n, k), each target in its unit, higher is better; nan where missing.
        targets: names of the k targets.
        settings: see `Settings`.
        seed: of the folds, the first weights and the batches.
        workers: processes, each training one tower on one thread; as many as there are processors when left
            out. With 1, towers are trained here, one after the other.
        progress: called with (towers done, towers in all).

    Raises:
        PPPError: on shapes that do not fit, or fewer prompts than folds.

    Reference:
        Hu et al., LoRA, ICLR 2022; Wortsman et al., Model soups, ICML 2022, for the mean of weights.
    """
    settings = settings or Settings()
    observed = np.asarray(observed, dtype=np.float64)
    if observed.shape != (len(prompts), len(targets)):
        raise PPPError(
            f"adapt needs one value a prompt and target, ({len(prompts)}, {len(targets)}), "
            f"got {observed.shape}."
        )
    parts = folds(prompts, k=settings.folds, seed=seed)
    goals = [Goal.of(observed, inside, settings) for inside, _ in parts]
    ids = token_ids(prompts)
    jobs = [
        (ids, goal, *part, settings, seed, 1000 * seed + number)
        for number, (goal, part) in enumerate(zip(goals, parts, strict=True))
    ]
    towers = _train_all(jobs, _worker_count(workers, len(jobs)), progress or (lambda done, total: None))
    return _assemble(prompts, observed, targets, parts, goals, towers, settings, seed)


def _assemble(prompts, observed, targets, parts, goals, towers, settings, seed) -> Adaptation:
    out_of_fold = np.empty(observed.shape)
    for tower, goal, (_, outside) in zip(towers, goals, parts, strict=True):
        out_of_fold[outside] = tower.scores * goal.scale + goal.mean
    hashes = np.array([text_hash(prompt) for prompt in prompts], dtype=np.uint64)
    order = np.argsort(hashes)
    card = {
        "seed": seed,
        "settings": asdict(settings),
        "n_train": len(prompts),
        "epochs_kept": [tower.epoch for tower in towers],
        "versions": {name: version(name) for name in LIBRARIES},
    }
    adapter = _mean(towers, goals, targets, settings.rank)
    return Adaptation(adapter, hashes[order], out_of_fold[order].astype(np.float16), card)


def _worker_count(wanted: int | None, n_jobs: int) -> int:
    """Processes to start: none but this one from a thread of a server, whose main module is not ours."""
    if threading.current_thread() is not threading.main_thread():
        return 1
    return min(wanted or thread_count(), n_jobs)


def _train_all(jobs: list[tuple], workers: int, progress: Callable[[int, int], None]) -> list[Tower]:
    """The towers, in the order of their jobs."""
    if workers == 1:
        towers = []
        for job in jobs:
            towers.append(train_tower(*job))
            progress(len(towers), len(jobs))
        return towers
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    # spawned, since a process that has used torch or ONNX Runtime must not be forked
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_one_thread) as pool:
        futures = [pool.submit(train_tower, *job) for job in jobs]
        for done, future in enumerate(as_completed(futures), start=1):
            future.result()
            progress(done, len(jobs))
        return [future.result() for future in futures]


def _one_thread() -> None:
    os.environ["PPP_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"


def _mean(towers: list[Tower], goals: list[Goal], targets: Sequence[str], rank: int) -> Adapter:
    """The towers' mean, heads in the targets' units, updates cut to ``rank``."""
    down, up = {}, {}
    for name in towers[0].updates:
        mean = np.mean([tower.updates[name] for tower in towers], axis=0)
        left, sizes, right = np.linalg.svd(mean, full_matrices=False)
        root = np.sqrt(sizes[:rank])
        up[name] = (left[:, :rank] * root).astype(np.float16)
        down[name] = (root[:, None] * right[:rank]).astype(np.float16)
    scale, mean = (np.mean([getattr(goal, part) for goal in goals], axis=0) for part in ("scale", "mean"))
    mix, weights, bias = (
        np.mean([getattr(tower, part) for tower in towers], axis=0) for part in ("mix", "weights", "bias")
    )
    return Adapter(
        targets=tuple(targets),
        down=down,
        up=up,
        mix=mix.astype(np.float32),
        weights=(weights * scale[:, None]).astype(np.float32),
        bias=(bias * scale + mean).astype(np.float32),
    )
