"""A transformers text model with a head that gives one number: made from a folder, kept as plain arrays."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ..encoders.base import batches_by_length, readable_prompts
from ..encoders.transformers_text import (
    _TEXT_ONLY,
    _load_tokenizer,
    _model_folder,
    _position_limit,
    _special_tokens,
    load_text_model,
)
from ..errors import PPPError

if TYPE_CHECKING:
    import torch

HIDDEN = 512
_LARGEST_HALF = float(np.finfo(np.float16).max)
_BATCH_TOKENS, _BATCH_PROMPTS = 2048, 64


class RegressionTower:
    """A text model, pooled, and a head of two layers without a last non-linearity: PQPP's, mended.

    Pooled is the model's own pooled first token where it has a trained one (BERT), else, and for folders in
    sentence-transformers' layout, the mean over the tokens. The head goes from there to 512 and to one.

    Attributes:
        model: the torch model.
        head: the torch head.
        settings: plain values: the model's configuration, special tokens, most tokens, pooling.
    """

    def __init__(self, model: Any, tokenizer: Any, settings: Mapping):
        from torch import nn

        self.model, self.settings = model, dict(settings)
        self._tokenizer = tokenizer
        width = settings["width"]
        self.head = nn.Sequential(nn.Linear(width, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1))

    @classmethod
    def from_folder(cls, folder: str | Path) -> Self:
        """The model in a folder, with a fresh head (drawn from torch's generator).

        Raises:
            PPPError: when the folder holds no model that can be loaded.
        """
        inner = _model_folder(Path(folder))
        model = load_text_model(inner)
        tokenizer, padding = _load_tokenizer(inner)
        prefix, suffix = _special_tokens(tokenizer)
        first = not (Path(folder) / "modules.json").is_file() and _has_pooler(model, inner)
        settings = {
            "config": _plain_config(model.config),
            "prefix": prefix,
            "suffix": suffix,
            "padding": padding,
            "max_tokens": _position_limit(model, inner) - len(prefix) - len(suffix),
            "pooling": "first" if first else "mean",
            "width": int(model.config.hidden_size),
        }
        return cls(model, tokenizer, settings)

    def parameters(self) -> list["torch.nn.Parameter"]:
        """All that can be trained."""
        return [*self.model.parameters(), *self.head.parameters()]

    def train(self, mode: bool = True) -> None:
        """Switches dropout on, or off."""
        self.model.train(mode)
        self.head.train(mode)

    def tokens(self, prompts: Sequence[str]) -> list[list[int]]:
        """Token numbers of each prompt, cut where the model ends, with its special tokens."""
        said = self.settings
        texts = readable_prompts(prompts)
        encodings = self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        rows = (encoding.ids[: said["max_tokens"]] for encoding in encodings)
        return [[*said["prefix"], *row, *said["suffix"]] or [said["padding"]] for row in rows]

    def score(self, inputs: Sequence[Sequence[int]]) -> "torch.Tensor":
        """The head's values, shape (n,), of one batch of token numbers."""
        import torch

        longest = max(map(len, inputs))
        input_ids = torch.full((len(inputs), longest), self.settings["padding"])
        mask = torch.zeros_like(input_ids)
        for row, numbers in enumerate(inputs):
            input_ids[row, : len(numbers)] = torch.tensor(numbers)
            mask[row, : len(numbers)] = 1
        output = self.model(input_ids=input_ids, attention_mask=mask)
        if self.settings["pooling"] == "first":
            pooled = output.pooler_output
        else:
            weights = (mask / mask.sum(1, keepdim=True)).unsqueeze(1)  # (batch, 1, tokens)
            pooled = (weights @ output.last_hidden_state).squeeze(1)
        return self.head(pooled).squeeze(1)

    def predict(self, inputs: Sequence[Sequence[int]]) -> np.ndarray:
        """The head's values, float64 (n,), of token numbers, without dropout."""
        import torch

        self.train(False)
        values = np.empty(len(inputs))
        sizes = np.array([len(one) for one in inputs])
        with torch.inference_mode():
            for rows in batches_by_length(sizes, tokens=_BATCH_TOKENS, prompts=_BATCH_PROMPTS):
                values[rows] = self.score([inputs[row] for row in rows]).numpy()
        return values

    def state(self) -> dict[str, "torch.Tensor"]:
        """A copy of all weights by name."""
        parts = {"model": self.model.state_dict(), "head": self.head.state_dict()}
        return {
            f"{part}.{name}": value.detach().clone()
            for part, values in parts.items()
            for name, value in values.items()
        }

    def load(self, state: Mapping[str, "torch.Tensor"]) -> None:
        """Takes weights that `state` gave.

        Raises:
            PPPError: when they are not this model's.
        """
        try:
            for part, module in (("model", self.model), ("head", self.head)):
                start = f"{part}."
                own = {key.removeprefix(start): state[key] for key in state if key.startswith(start)}
                module.load_state_dict(own)
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[-1].strip()
            raise PPPError(f"The weights do not fit the model's configuration: {reason}") from error

    def round(self) -> None:
        """Rounds all weights to what `arrays` keeps, so that a loaded tower gives the same values."""
        import torch

        self.load({name: torch.from_numpy(_widened(_rounded(value))) for name, value in self.state().items()})

    def arrays(self) -> dict[str, np.ndarray]:
        """Weights in half precision (single where half cannot hold them); settings, tokenizer as bytes."""
        kept = {name: _rounded(value) for name, value in self.state().items()}
        texts = {"settings": json.dumps(self.settings), "tokenizer": self._tokenizer.to_str()}
        return kept | {name: np.frombuffer(text.encode("utf-8"), np.uint8) for name, text in texts.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """The tower whose `arrays` these are; no file of the model's folder is needed."""
        import torch
        from tokenizers import Tokenizer

        said = json.loads(arrays["settings"].tobytes().decode("utf-8"))
        tokenizer = Tokenizer.from_str(arrays["tokenizer"].tobytes().decode("utf-8"))
        tower = cls(_bare_model(said["config"]), tokenizer, said)
        weights = (name for name in arrays if name.startswith(("model.", "head.")))
        tower.load({name: torch.from_numpy(_widened(arrays[name])) for name in weights})
        return tower


def _has_pooler(model: Any, folder: Path) -> bool:
    """Whether the model pools by weights that the folder holds (absent ones would be drawn at random)."""
    from safetensors import safe_open

    if getattr(model, "pooler", None) is None:
        return False
    names: set[str] = set()
    for path in folder.glob("*.safetensors"):
        with safe_open(path, "np") as weights:
            names.update(weights.keys())
    return any("pooler." in name for name in names)


def _plain_config(config: Any) -> dict:
    """A model's configuration as JSON values, without what could name code or a place."""
    said = json.loads(config.to_json_string(use_diff=False))
    return {key: value for key, value in said.items() if key != "auto_map" and not key.startswith("_")}


def _bare_model(said: Mapping) -> Any:
    """A model of that configuration with weights yet to be set, 32-bit floats."""
    import torch
    from transformers import AutoConfig, AutoModel, AutoModelForTextEncoding

    from ..encoders.threads import thread_count

    torch.set_num_threads(thread_count())
    try:
        config = AutoConfig.for_model(**said)
        loader = AutoModelForTextEncoding if config.model_type in _TEXT_ONLY else AutoModel
        with torch.random.fork_rng(devices=[]):
            model = loader.from_config(config, trust_remote_code=False).float()
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise PPPError(f"transformers cannot build the {said.get('model_type')} model: {reason}") from error
    return model.get_encoder() if config.is_encoder_decoder and loader is AutoModel else model


def _rounded(value: "torch.Tensor") -> np.ndarray:
    array = value.numpy()
    fits = array.dtype == np.float32 and np.abs(array).max(initial=0) < _LARGEST_HALF
    return array.astype(np.float16) if fits else array


def _widened(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float32) if array.dtype == np.float16 else np.array(array)
