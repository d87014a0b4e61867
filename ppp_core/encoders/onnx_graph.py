"""Networks as ONNX graphs: exported once, checked against torch, kept. Here: transformers with pooling."""

import hashlib
import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import PPPError
from ..store.atomic import write_atomically
from ..store.paths import is_public
from .threads import thread_count
from .weights import file_hash, file_stamp, kept_folder, read_record, write_record

EXPORT_VERSION = 1
"""Part of the file's name: counts changes of what the graph computes."""

LARGEST_DIFFERENCE = 1e-4
"""Between torch's and ONNX Runtime's pooled hidden states, absolute; more refuses the export."""

_OPSET = 17
_PROBE_LENGTHS = ((1, 3), (3, 9), (2, 40))  # (prompts, tokens) of the batches that are compared


@dataclass(frozen=True)
class Graph:
    """An exported graph.

    Attributes:
        model: the ``.onnx`` file, or its bytes where nothing could or may be written and the graph
            lives only as long as this process.
        max_difference: largest absolute difference from torch on the probe batches.
    """

    model: Path | bytes
    max_difference: float

    @property
    def kept(self) -> bool:
        """Whether the next process finds it."""
        return isinstance(self.model, Path)


def exported_graph(
    folder: Path, sha256: str, name: str, *, change: Callable[[Any], None] | None = None
) -> Graph:
    """The graph of a transformers folder with its pooling, as `kept_graph` keeps it.

    Inputs ``input_ids`` and ``attention_mask``, int64, (batch, tokens); outputs ``layers``, float32,
    (batch, n_layers, dim), and ``last``, (batch, dim).

    Args:
        folder: a model in transformers' format.
        sha256: of its weights, as changed.
        name: the encoder's.
        change: called with the torch model before it is exported, to change its weights in place.

    Raises:
        PPPError: when the graph differs from torch by more than ``LARGEST_DIFFERENCE``.
    """
    return kept_graph(sha256, name, lambda: _export(folder, change))


def kept_graph(sha256: str, name: str, export: Callable[[], tuple[bytes, float]]) -> Graph:
    """A graph from ``$PPP_HOME/encoders``, or exported there now.

    Two processes that need it at once wait for each other. A file that does not match the hash beside
    it is exported anew. Where nothing can be written, and in a public demo, where nothing is, the graph is
    held in memory.

    Args:
        sha256: of the weights, part of the file's name.
        name: the encoder's, part of the file's name.
        export: makes the graph's bytes and its largest difference from torch; called where none is kept.
    """
    from filelock import FileLock

    kept = _kept_path(sha256, name)
    standing = _standing(kept)
    if standing:
        return standing
    if is_public():
        return Graph(*export())
    lock = FileLock(kept.with_suffix(".lock"))
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError:
        return Graph(*export())
    try:
        return _standing(kept) or _keep(*export(), kept)
    finally:
        lock.release()


def is_kept(sha256: str, name: str) -> bool:
    """Whether `exported_graph` would find a whole graph, so that nothing needs to be exported."""
    return _standing(_kept_path(sha256, name)) is not None


def open_session(model: Path | bytes) -> Any:
    """An ONNX Runtime session on the processor, with as many threads as `thread_count` says.

    Raises:
        PPPError: when the file is no graph.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = thread_count()
    options.inter_op_num_threads = 1
    # waiting threads sleep instead of burning the processor that a dashboard shares
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    source = str(model) if isinstance(model, Path) else model
    try:
        return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise PPPError(f"ONNX Runtime cannot read the exported encoder: {_first_line(error)}") from error


def _kept_path(sha256: str, name: str) -> Path:
    return kept_folder() / f"{name}-{sha256[:12]}-export{EXPORT_VERSION}.onnx"


def _standing(path: Path) -> Graph | None:
    record = read_record(path.with_suffix(".json"))
    if not path.is_file() or "sha256" not in record:
        return None
    stamp = file_stamp(path)
    if record.get("stamp") != stamp and file_hash(path) != record["sha256"]:
        return None
    return Graph(path, float(record.get("max_difference", 0)))


def _keep(model: bytes, max_difference: float, path: Path) -> Graph:
    try:
        with write_atomically(path) as temporary:
            temporary.write_bytes(model)
        sha256 = hashlib.sha256(model).hexdigest()
        stamp = file_stamp(path)
        record = {"sha256": sha256, "stamp": stamp, "max_difference": max_difference}
        write_record(path.with_suffix(".json"), record)
    except PPPError:
        return Graph(model, max_difference)
    return Graph(path, max_difference)


def _export(folder: Path, change: Callable[[Any], None] | None = None) -> tuple[bytes, float]:
    """The graph's bytes and its largest difference from torch."""
    import torch

    module = _pooled_module(folder, change)
    probes = [_probe(module.vocabulary, *shape) for shape in _PROBE_LENGTHS]
    buffer = io.BytesIO()
    axes = {key: {0: "batch", 1: "tokens"} for key in ("input_ids", "attention_mask")}
    with warnings.catch_warnings(), torch.inference_mode():
        # the tracing exporter takes 3 s where the newer one takes 20; what it warns of is checked below
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            tuple(torch.from_numpy(array) for array in probes[1]),
            buffer,
            input_names=["input_ids", "attention_mask"],
            output_names=["layers", "last"],
            dynamic_axes={**axes, "layers": {0: "batch"}, "last": {0: "batch"}},
            opset_version=_OPSET,
            dynamo=False,
        )
        model = buffer.getvalue()
        return model, _checked_difference(module, model, probes)


def _pooled_module(folder: Path, change: Callable[[Any], None] | None):
    """A torch module: token numbers and mask to the mean-pooled hidden states of every layer."""
    import torch

    from .transformers_text import load_text_model

    class PooledHiddenStates(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model
            self.vocabulary = model.config.vocab_size

        def forward(self, input_ids, attention_mask):
            output = self.model(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True)
            mask = attention_mask.to(torch.float32)
            weights = (mask / mask.sum(1, keepdim=True)).unsqueeze(1)  # (batch, 1, tokens)
            pooled = [weights @ hidden for hidden in output.hidden_states]  # each (batch, 1, dim)
            return torch.cat(pooled, 1), pooled[-1].squeeze(1)

    model = load_text_model(folder, attention="eager")
    if change:
        change(model)
    return PooledHiddenStates(model).eval()


def _probe(vocabulary: int, prompts: int, tokens: int) -> tuple[np.ndarray, np.ndarray]:
    """Random token numbers and a mask whose rows end at different places."""
    generator = np.random.default_rng(tokens)
    input_ids = generator.integers(0, vocabulary, (prompts, tokens))
    ends = np.linspace(tokens, max(1, tokens // 2), prompts).astype(int)
    mask = (np.arange(tokens) < ends[:, None]).astype(np.int64)
    return input_ids, mask


def _checked_difference(module: Any, model: bytes, probes: list[tuple[np.ndarray, np.ndarray]]) -> float:
    import torch

    session = open_session(model)
    largest = 0.0
    for input_ids, mask in probes:
        expected = module(torch.from_numpy(input_ids), torch.from_numpy(mask))
        got = session.run(["layers", "last"], {"input_ids": input_ids, "attention_mask": mask})
        pairs = zip(expected, got, strict=True)
        largest = max(largest, *(float(np.abs(e.numpy() - g).max()) for e, g in pairs))
    return checked_difference(largest)


def checked_difference(largest: float) -> float:
    """The same difference of a graph from torch. Raises PPPError above ``LARGEST_DIFFERENCE``, and on NaN."""
    if largest <= LARGEST_DIFFERENCE:
        return largest
    raise PPPError(
        f"The exported encoder differs from torch by {largest:.2g}, at most {LARGEST_DIFFERENCE:g} "
        "is allowed. Install the pinned torch, transformers and onnxruntime."
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
