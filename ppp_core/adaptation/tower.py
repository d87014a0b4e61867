"""One fine-tuning of MiniLM with LoRA: batches, loss, the best epoch."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..encoders.adapter import EPSILON
from ..encoders.minilm import MiniLM, weights_folder
from .loss import Goal, loss_of
from .settings import Settings

if TYPE_CHECKING:
    import torch

MATRICES = ("query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense")
_SORTED_TOGETHER = 16  # batches whose prompts are sorted by length together
_FEWEST = 8  # prompts of a batch that is worth a step


@dataclass(frozen=True)
class Tower:
    """What one fine-tuning learned, all in float32.

    Attributes:
        updates: by the name of an encoder's module: shape (n_out, n_in).
        mix: shape (k, n_layers - 1), rows sum to 1.
        weights: shape (k, dim); scores are standardised.
        bias: shape (k,).
        scores: shape (n_held_out, k), of the held-out prompts, standardised.
        epoch: which was kept, from 1.
    """

    updates: dict[str, np.ndarray]
    mix: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    scores: np.ndarray
    epoch: int


def token_ids(prompts: Sequence[str]) -> list[list[int]]:
    """Token numbers with special tokens, cut as `MiniLM` cuts."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(weights_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MiniLM.max_tokens + 2)
    return [encoding.ids for encoding in tokenizer.encode_batch(list(prompts))]


def train_tower(
    ids: list[list[int]],
    goal: Goal,
    inside: np.ndarray,
    outside: np.ndarray,
    settings: Settings,
    seed: int,
    order_seed: int,
) -> Tower:
    """Fine-tunes on some prompts and keeps the epoch that is best on the others.

    Args:
        ids: of all prompts, from `token_ids`.
        goal: what was observed for all prompts.
        inside: positions to learn from.
        outside: positions that choose the epoch.
        settings: see `Settings`.
        seed: of the first weights; towers of one seed can be averaged, weight by weight.
        order_seed: of batches and dropout.
    """
    import torch

    model, heads = _fresh(goal.n_targets, settings, seed)
    encoder = model.base_model.model
    torch.manual_seed(order_seed)
    random = np.random.default_rng(order_seed)
    groups = [
        {"params": [p for p in model.parameters() if p.requires_grad], "lr": settings.rate},
        {"params": list(heads.parameters()), "lr": settings.head_rate},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=settings.weight_decay)
    n_steps = settings.epochs * -(-len(inside) // settings.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, _rate_share(n_steps, settings.warm_up))
    best: tuple[float, Tower] | None = None
    for epoch in range(1, settings.epochs + 1):
        model.train()
        heads.train()
        for rows in _batches(ids, inside, settings.batch, random):
            loss = loss_of(heads(_pooled(encoder, [ids[row] for row in rows])), goal, rows, settings)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(groups[0]["params"], 1.0)
            optimiser.step()
            schedule.step()
        scores = _scores(encoder, heads, ids, outside)
        quality = goal.quality(scores, outside)
        if best is None or quality > best[0]:
            best = quality, _snapshot(model, heads, scores, epoch)
    return best[1]


def _rate_share(n_steps: int, warm_up: float) -> Callable[[int], float]:
    rising = max(1, round(warm_up * n_steps))
    return lambda step: min(1.0, (step + 1) / rising) * max(0.0, 1 - step / (n_steps + 1))


def _fresh(n_targets: int, settings: Settings, seed: int):
    """A MiniLM with untrained updates, and untrained heads; the same for the same seed."""
    import torch
    from peft import LoraConfig, get_peft_model

    from ..encoders.transformers_text import load_text_model

    torch.manual_seed(seed)
    model = load_text_model(weights_folder(), attention="sdpa")
    config = LoraConfig(
        r=settings.rank,
        lora_alpha=2 * settings.rank,
        lora_dropout=settings.update_dropout,
        target_modules=list(MATRICES),
    )
    adapted = get_peft_model(model, config)
    return adapted, _heads(n_targets, MiniLM.n_layers - 1, MiniLM.dim, settings.dropout)


def _heads(n_targets: int, n_layers: int, dim: int, dropout: float) -> "torch.nn.Module":
    import torch

    class Heads(torch.nn.Module):
        """Pooled layers (n, n_layers, dim) to standardised scores (n, n_targets)."""

        def __init__(self):
            super().__init__()
            self.mix = torch.nn.Parameter(torch.zeros(n_targets, n_layers))
            self.weights = torch.nn.Parameter(torch.randn(n_targets, dim) * 0.02)
            self.bias = torch.nn.Parameter(torch.zeros(n_targets))
            self.dropout = torch.nn.Dropout(dropout)

        def forward(self, layers):
            scaled = torch.nn.functional.layer_norm(layers, (layers.shape[-1],), eps=EPSILON)
            mixed = torch.einsum("tl,nld->ntd", torch.softmax(self.mix, 1), scaled)
            return (self.dropout(mixed) * self.weights).sum(-1) + self.bias

    return Heads()


def _batches(ids: list, rows: np.ndarray, size: int, random: np.random.Generator) -> Iterator[np.ndarray]:
    """Every row once, in batches of prompts of about one length, in random order."""
    lengths = np.array([len(one) for one in ids])
    shuffled = random.permutation(rows)
    batches = []
    for start in range(0, len(rows), size * _SORTED_TOGETHER):
        some = shuffled[start : start + size * _SORTED_TOGETHER]
        some = some[np.argsort(lengths[some] + 4 * random.random(len(some)))]
        batches += [some[first : first + size] for first in range(0, len(some), size)]
    for place in random.permutation(len(batches)):
        if len(batches[place]) >= min(_FEWEST, len(rows)):
            yield batches[place]


def _pooled(encoder, ids: list[list[int]]) -> "torch.Tensor":
    """Mean-pooled hidden states after every layer, (n, n_layers - 1, dim)."""
    import torch

    longest = max(map(len, ids))
    numbers = torch.zeros(len(ids), longest, dtype=torch.long)
    mask = torch.zeros(len(ids), longest)
    for row, one in enumerate(ids):
        numbers[row, : len(one)] = torch.tensor(one)
        mask[row, : len(one)] = 1
    output = encoder(input_ids=numbers, attention_mask=mask, output_hidden_states=True)
    share = (mask / mask.sum(1, keepdim=True)).unsqueeze(1)  # (n, 1, tokens)
    return torch.cat([share @ hidden for hidden in output.hidden_states[1:]], 1)


def _scores(encoder, heads, ids: list[list[int]], rows: np.ndarray) -> np.ndarray:
    import torch

    encoder.eval()
    heads.eval()
    scores = np.empty((len(rows), len(heads.bias)), np.float32)
    order = np.argsort([len(ids[row]) for row in rows], kind="stable")
    with torch.inference_mode():
        for start in range(0, len(rows), 64):
            places = order[start : start + 64]
            scores[places] = heads(_pooled(encoder, [ids[rows[place]] for place in places])).numpy()
    return scores


def _snapshot(model, heads, scores: np.ndarray, epoch: int) -> Tower:
    import torch

    found = {
        name: module.get_delta_weight("default")
        for name, module in model.base_model.model.named_modules()
        if hasattr(module, "get_delta_weight")
    }
    mix, weights, bias = (
        tensor.detach().clone().numpy() for tensor in (torch.softmax(heads.mix, 1), heads.weights, heads.bias)
    )
    updates = {name: update.detach().clone().numpy() for name, update in found.items()}
    return Tower(updates, mix, weights, bias, scores, epoch)
