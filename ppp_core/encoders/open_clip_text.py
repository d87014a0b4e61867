"""The text tower of open_clip models (CLIP, SigLIP): one projected vector a prompt."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import PPPError
from .base import Encoded, Layers, batches_by_length, readable_prompts
from .hub import folder_revision
from .threads import thread_count

WEIGHTS_FILES = ("open_clip_model.safetensors", "open_clip_pytorch_model.safetensors")
LONGEST_CLIP_PROMPT = 5_000
"""Characters: the tokenizer of CLIP is slow on long words; a longer prompt is refused."""

_SKIPPED = 12  # characters between two tokens that may be passed over
_BATCH_TOKENS = 2048
_BATCH_PROMPTS = 64


class OpenClipText:
    """The text side of a CLIP-like model, from a folder in open_clip's own format.

    Vectors are the projected embeddings that are compared with images, not normalised; ``n_layers`` is 1,
    so ``layers="all"`` gives shape (n_prompts, 1, dim). Where the tower is causal (CLIP), a batch is as long
    as its longest prompt, which changes nothing; where it sees its padding (SigLIP), every prompt is padded
    to the full context.

    Args:
        folder: holds ``open_clip_config.json`` and ``open_clip_model.safetensors``.
        name: the encoder's name; the folder when left out.

    Attributes:
        revision: hash over weights, configuration and vocabulary.

    Raises:
        PPPError: when the folder holds no such model, or one that needs code or weights from elsewhere.
    """

    n_layers = 1

    def __init__(self, folder: str | Path, *, name: str | None = None):
        folder = Path(folder)
        _check_folder(folder)
        self.name = name or str(folder)
        self.revision = folder_revision(folder)
        model, self._tokenizer = _load(folder)
        self._keep(model)
        self._context = self._tokenizer.context_length
        self.max_tokens = self._context - _special_count(self._tokenizer)
        self._trims = _is_causal(self._tower)
        self.dim = self._features(self._tokenizer([""])).shape[1]

    def encode(self, prompts: Sequence[str], *, layers: Layers = "last") -> Encoded:
        """Embeds prompts, in their order; shapes as in `Encoded`.

        Raises:
            PPPError: on no prompts, values that are not texts, or texts longer than ``LONGEST_CLIP_PROMPT``.
        """
        texts = readable_prompts(prompts, layers, longest=LONGEST_CLIP_PROMPT)
        lengths = np.array([len(content_tokens(self._tokenizer, text)) for text in texts])
        tokens = np.minimum(lengths, self.max_tokens)
        sizes = (
            tokens + (self._context - self.max_tokens) if self._trims else np.full(len(texts), self._context)
        )
        vectors = np.empty((len(texts), self.dim), np.float32)
        for rows in batches_by_length(sizes, tokens=_BATCH_TOKENS, prompts=_BATCH_PROMPTS):
            input_ids = self._tokenizer([texts[row] for row in rows])[:, : sizes[rows].max()]
            vectors[rows] = self._features(input_ids)
        return Encoded(vectors if layers == "last" else vectors[:, None], tokens, lengths - tokens)

    def spans(self, prompt: str) -> list[tuple[int, int]]:
        """Character spans of the content tokens of one prompt, in order, cut-off ones included.

        Found by following the tokens through the prompt; a token whose text is not there (a part of an
        emoji, a character that cleaning replaced) has an empty span.
        """
        (text,) = readable_prompts([prompt], longest=LONGEST_CLIP_PROMPT)
        return _followed(text, token_texts(self._tokenizer, text))

    def _keep(self, model: Any) -> None:
        """Keeps what is needed of the whole model."""
        self._tower = model.text.eval()

    def _features(self, input_ids: Any) -> np.ndarray:
        import torch

        with torch.inference_mode():
            if not self._trims:
                return self._tower(input_ids).float().numpy()
            return _causal_features(self._tower, input_ids).numpy()


def _causal_features(tower: Any, input_ids: Any) -> Any:
    """What the tower computes, on fewer positions than its full context; shape (batch, dim)."""
    from open_clip.transformer import text_global_pool

    length = input_ids.shape[1]
    embedded = tower.token_embedding(input_ids) + tower.positional_embedding[:length]
    hidden = tower.transformer(embedded, attn_mask=tower.attn_mask[:length, :length])
    pooled = text_global_pool(tower.ln_final(hidden), input_ids, tower.pool_type, eos_token_id=tower.eos_id)
    if tower.text_projection is None:
        return pooled
    linear = callable(tower.text_projection)
    return tower.text_projection(pooled) if linear else pooled @ tower.text_projection


def _is_causal(tower: Any) -> bool:
    """Whether no prompt's vector depends on the positions after its end."""
    from open_clip.transformer import TextTransformer

    return (
        isinstance(tower, TextTransformer)
        and tower.attn_mask is not None
        and tower.pool_type in ("argmax", "eos")
        and tower.cls_emb is None
    )


def _check_folder(folder: Path) -> None:
    path = folder / "open_clip_config.json"
    try:
        text = path.read_text(encoding="utf-8")
        settings = json.loads(text)["model_cfg"]["text_cfg"]
    except OSError as error:
        raise PPPError(f"{folder} holds no open_clip model (open_clip_config.json is absent).") from error
    except (ValueError, LookupError, TypeError) as error:
        raise PPPError(
            f"{path} should describe a model under model_cfg and text_cfg; it does not."
        ) from error
    if "hf_model_name" in settings or "trust_remote_code" in text:
        raise PPPError(f"{path} asks for a text model or code from elsewhere, which is never loaded.")
    if not any((folder / name).is_file() for name in WEIGHTS_FILES):
        raise PPPError(
            f"{folder} holds no {WEIGHTS_FILES[0]}; other weights files (pickles) are never loaded."
        )


def _load(folder: Path) -> tuple[Any, Any]:
    """The whole model, 32-bit floats, and its tokenizer."""
    import open_clip
    import torch

    torch.set_num_threads(thread_count())
    source = f"local-dir:{folder}"
    try:
        model = open_clip.create_model(source, force_custom_text=True, require_pretrained=True)
        tokenizer = open_clip.get_tokenizer(source)
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise PPPError(f"open_clip cannot load {folder}: {reason}") from error
    return model, tokenizer


def content_tokens(tokenizer: Any, text: str) -> list[int]:
    """Token numbers of a text without special tokens, not cut."""
    if hasattr(tokenizer, "encode"):
        return tokenizer.encode(text)
    return tokenizer.tokenizer(tokenizer.clean_fn(text), add_special_tokens=False, verbose=False)["input_ids"]


def token_texts(tokenizer: Any, text: str) -> list[str]:
    """What each content token stands for, without the mark of a word's end."""
    decode = getattr(tokenizer, "decode", None) or tokenizer.tokenizer.decode
    return [decode([token]).strip().lower() for token in content_tokens(tokenizer, text)]


def _special_count(tokenizer: Any) -> int:
    if hasattr(tokenizer, "encode"):
        return 2
    return tokenizer.tokenizer.num_special_tokens_to_add(pair=False)


def _followed(text: str, pieces: list[str]) -> list[tuple[int, int]]:
    # lower case can be longer than what it came from: remember where each of its characters stood
    lowered = [(low, at) for at, character in enumerate(text) for low in character.lower()]
    searched = "".join(low for low, _ in lowered)
    positions = [at for _, at in lowered] + [len(text)]
    spans, end = [], 0
    for piece in pieces:
        # what cleaning took away (an entity, a second space) is skipped, within reason
        start = searched.find(piece, end, end + len(piece) + _SKIPPED) if piece else -1
        if start >= 0:
            end = start + len(piece)
            spans.append((positions[start], positions[end - 1] + 1))
        else:
            spans.append((positions[end], positions[end]))
    return spans
