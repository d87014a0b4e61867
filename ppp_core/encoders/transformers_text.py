"""Text encoders in transformers' format: mean pooling of every hidden layer, from a local folder."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import PPPError
from .base import Encoded, Layers, batches_by_length, readable_prompts
from .hub import folder_revision
from .threads import thread_count

_BATCH_TOKENS = 1024
_BATCH_PROMPTS = 32
_MOST_TOKENS = 2048  # where neither model nor tokenizer names a limit (T5, BLOOM)
_TEXT_ONLY = ("t5", "mt5", "umt5")  # saved as encoders alone; the decoder is never built


class TransformersText:
    """Any text model that transformers can load, from a folder with safetensors.

    A vector is the mean over a prompt's tokens, special tokens included, of one layer's hidden states.
    Encoder-decoder models (BART, T5) give their encoder's; decoder-only models (GPT-2, BLOOM) are padded
    on the right, which changes nothing for a causal model. A folder in sentence-transformers' layout gives
    its transformer with mean pooling: heads after it (the dense layer of Sentence-T5, normalising) are left
    out, because a linear probe learns what a linear head adds. An empty prompt of a model without special
    tokens is encoded as its end token. The folder's own code is never run.

    Args:
        folder: where the model was saved.
        name: the encoder's name; the folder when left out.

    Attributes:
        revision: hash over weights, configuration and vocabulary.

    Raises:
        PPPError: when the folder holds no model, pickled weights only, weights that do not fit the
            configuration, or no fast tokenizer.
    """

    def __init__(self, folder: str | Path, *, name: str | None = None):
        self._folder = _model_folder(Path(folder))
        self.name = name or str(folder)
        self.revision = folder_revision(self._folder)
        self._model = load_text_model(self._folder)
        self._tokenizer, self._padding = _load_tokenizer(self._folder)
        self._prefix, self._suffix = _special_tokens(self._tokenizer)
        hidden = self._hidden_states([[*self._prefix, self._padding, *self._suffix]])
        self.n_layers, self.dim = hidden.shape[1:]
        limit = _position_limit(self._model, self._folder)
        self.max_tokens = limit - len(self._prefix) - len(self._suffix)

    def encode(self, prompts: Sequence[str], *, layers: Layers = "last") -> Encoded:
        """Embeds prompts, in their order; shapes as in `Encoded`.

        Raises:
            PPPError: on no prompts, or values that are not texts of at most a million characters.
        """
        texts = readable_prompts(prompts, layers)
        contents = [e.ids for e in self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)]
        lengths = np.array([len(content) for content in contents])
        tokens = np.minimum(lengths, self.max_tokens)
        inputs = [self._with_specials(content[: self.max_tokens]) for content in contents]
        vectors = np.empty((len(texts), self.n_layers, self.dim), np.float32)
        if layers == "last":
            vectors = vectors[:, 0]
        sizes = np.array([len(one) for one in inputs])
        for rows in batches_by_length(sizes, tokens=_BATCH_TOKENS, prompts=_BATCH_PROMPTS):
            pooled = self._hidden_states([inputs[row] for row in rows], last_only=layers == "last")
            vectors[rows] = pooled[:, -1] if layers == "last" else pooled
        return Encoded(vectors, tokens, lengths - tokens)

    def spans(self, prompt: str) -> list[tuple[int, int]]:
        """Character spans of the content tokens of one prompt, in order, cut-off ones included."""
        (text,) = readable_prompts([prompt])
        return self._tokenizer.encode(text, add_special_tokens=False).offsets

    def _with_specials(self, content: list[int]) -> list[int]:
        return [*self._prefix, *content, *self._suffix] or [self._padding]

    def _hidden_states(self, inputs: list[list[int]], *, last_only: bool = False) -> np.ndarray:
        """Mean-pooled hidden states, float32, shape (batch, n_layers or 1, dim)."""
        import torch

        longest = max(map(len, inputs))
        input_ids = torch.full((len(inputs), longest), self._padding)
        mask = torch.zeros_like(input_ids)
        for row, content in enumerate(inputs):
            input_ids[row, : len(content)] = torch.tensor(content)
            mask[row, : len(content)] = 1
        with torch.inference_mode():
            output = self._model(input_ids=input_ids, attention_mask=mask, output_hidden_states=not last_only)
            hidden = [output.last_hidden_state] if last_only else list(output.hidden_states)
            weights = (mask / mask.sum(1, keepdim=True)).unsqueeze(1)  # (batch, 1, tokens)
            return torch.cat([weights @ layer for layer in hidden], 1).numpy()


def load_text_model(folder: Path, *, attention: str | None = None) -> Any:
    """The torch model of a folder (the encoder, where there is a decoder too), 32-bit floats, ready to run.

    Args:
        folder: a model in transformers' format, with safetensors.
        attention: transformers' name of the attention to use; its own choice when left out.

    Raises:
        PPPError: when transformers cannot load it, or weights are missing from the file.
    """
    import torch
    from transformers import AutoConfig, AutoModel, AutoModelForTextEncoding

    torch.set_num_threads(thread_count())
    options = {"local_files_only": True, "trust_remote_code": False}
    if attention:
        options["attn_implementation"] = attention
    try:
        with _quiet_transformers():
            config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
            loader = AutoModelForTextEncoding if config.model_type in _TEXT_ONLY else AutoModel
            model, report = loader.from_pretrained(
                folder, use_safetensors=True, dtype=torch.float32, output_loading_info=True, **options
            )
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise PPPError(f"transformers cannot load {folder}: {reason}") from error
    missing = sorted(key for key in report["missing_keys"] if "pooler" not in key)
    if missing:
        raise PPPError(f"The weights in {folder} lack {len(missing)} of the model's, such as {missing[0]}.")
    encoder = model.get_encoder() if config.is_encoder_decoder and loader is AutoModel else model
    return encoder.eval()


@contextmanager
def _quiet_transformers() -> Iterator[None]:
    """No progress bars and no warnings on the terminal while a model is loaded."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _model_folder(folder: Path) -> Path:
    """The transformer's own folder: a sub-folder in some sentence-transformers layouts."""
    modules = folder / "modules.json"
    if modules.is_file():
        try:
            first = json.loads(modules.read_text(encoding="utf-8"))[0]["path"]
        except (ValueError, LookupError, TypeError) as error:
            raise PPPError(f"{modules} should list modules with their paths; it does not.") from error
        folder = folder / first
    if not (folder / "config.json").is_file():
        raise PPPError(f"{folder} holds no model in transformers' format (config.json is absent).")
    return folder


def _load_tokenizer(folder: Path) -> tuple[Any, int]:
    """The fast tokenizer without its own cutting and padding, and the number of its padding token."""
    from transformers import AutoTokenizer

    try:
        with _quiet_transformers():
            whole = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        tokenizer = whole.backend_tokenizer
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise PPPError(f"transformers cannot load a fast tokenizer from {folder}: {reason}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    numbers = (whole.pad_token_id, whole.eos_token_id, whole.unk_token_id, 0)
    return tokenizer, next(number for number in numbers if number is not None)


def _special_tokens(tokenizer: Any) -> tuple[list[int], list[int]]:
    """What the tokenizer puts before and after a text."""
    empty = tokenizer.encode("", add_special_tokens=True).ids
    encoding = tokenizer.encode("a", add_special_tokens=True)
    start = next((at for at, special in enumerate(encoding.special_tokens_mask) if not special), len(empty))
    return encoding.ids[:start], encoding.ids[len(encoding) - (len(empty) - start) :] if empty[start:] else []


def _position_limit(model: Any, folder: Path) -> int:
    """Tokens that fit, special ones included: the least that model and tokenizer name."""
    config = model.config
    limits = [getattr(config, key, None) for key in ("max_position_embeddings", "n_positions")]
    embeddings = getattr(model, "embeddings", None)
    if config.model_type in _TEXT_ONLY:
        limits = []  # relative positions: a T5 has none, whatever its configuration says
    shift = getattr(embeddings, "padding_idx", None)  # RoBERTa and MPNet number positions from there
    if shift is not None:
        limits = [limit - shift - 1 for limit in limits if limit]
    limits.append(_named_limit(folder / "tokenizer_config.json", "model_max_length"))
    limits.append(_named_limit(folder / "sentence_bert_config.json", "max_seq_length"))
    return min([limit for limit in limits if limit] or [_MOST_TOKENS], default=_MOST_TOKENS)


def _named_limit(path: Path, key: str) -> int | None:
    try:
        value = json.loads(path.read_text(encoding="utf-8")).get(key)
    except (OSError, ValueError, AttributeError):
        return None
    # tokenizers without a limit name one of 1e30
    return int(value) if isinstance(value, int | float) and 0 < value < 1_000_000 else None
