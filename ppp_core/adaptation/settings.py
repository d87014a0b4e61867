"""How an encoder is fine-tuned."""

import hashlib
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Settings:
    """Choices of a fine-tuning; the defaults were chosen by cross-validation inside PQPP's training part.

    Attributes:
        rank: of the updates of each matrix.
        epochs: at most so many; the best on the prompts that a tower does not learn from is kept.
        batch: prompts a step.
        rate: of the updates, at its highest.
        head_rate: of the heads, at its highest.
        warm_up: share of all steps in which the rates rise to their highest; they fall linearly after.
        weight_decay: of AdamW.
        dropout: before the heads.
        update_dropout: before the updates.
        correlation: weight of one minus Pearson's r, over a batch, beside the squared error.
        ceiling_share: from this share of prompts at the top of the scale on, a target's head is censored:
            a prompt at the top counts as "at least so high".
        folds: towers, each learning from all folds but one.
    """

    rank: int = 16
    epochs: int = 5
    batch: int = 32
    rate: float = 4e-4
    head_rate: float = 2e-3
    warm_up: float = 0.06
    weight_decay: float = 0.01
    dropout: float = 0.1
    update_dropout: float = 0.05
    correlation: float = 0.5
    ceiling_share: float = 0.4
    folds: int = 5

    def digest(self) -> str:
        """Hash of all choices."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()
