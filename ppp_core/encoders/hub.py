"""Weights on the model hub: found in its local cache without a network, fetched only when asked to."""

import os
from pathlib import Path

from ..errors import PPPError
from ..store.paths import refuse_when_public
from .weights import file_hash, weights_hash

_PATTERNS = ("*.safetensors", "*.json", "*.txt", "*.model")
"""What is fetched: weights as safetensors, configuration, vocabulary. Never pickles."""


def hub_folder(name: str, repository: str, *, download: bool = False) -> Path:
    """The folder of a hub repository in the local cache.

    Args:
        name: the encoder's, for the message.
        repository: ``owner/name`` on the hub.
        download: fetch it now where it is absent. Nothing is fetched otherwise.

    Raises:
        PPPError: when the weights are absent (with the command that gets them), or cannot be fetched.
    """
    folder = cached_folder(repository)
    if folder:
        return folder
    if not download:
        raise PPPError(f"The weights of {name} are not on this machine. Run: {download_command(repository)}")
    refuse_when_public("Downloading weights")
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(repository, allow_patterns=list(_PATTERNS)))
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise PPPError(f"Cannot fetch the weights of {name} from {repository}: {reason}") from error


def cached_folder(repository: str) -> Path | None:
    """The repository's folder in the local hub cache when it holds configuration and weights, else None."""
    from huggingface_hub import constants, try_to_load_from_cache

    for configuration in ("config.json", "open_clip_config.json"):
        found = try_to_load_from_cache(repository, configuration, cache_dir=constants.HF_HUB_CACHE)
        if isinstance(found, str) and any(Path(found).parent.glob("*.safetensors")):
            return Path(found).parent
    return None


def download_command(repository: str) -> str:
    """The one command that fetches what is needed of a repository, and no more."""
    return " ".join(["hf download", repository, *(f'--include "{pattern}"' for pattern in _PATTERNS)])


def folder_revision(folder: Path) -> str:
    """SHA-256 over the weights, configuration and vocabulary of a folder; other files do not count.

    Raises:
        PPPError: when the folder has no safetensors; pickled weights are refused with the way to convert.
    """
    import hashlib

    files = sorted(path for pattern in _PATTERNS for path in folder.glob(pattern) if path.is_file())
    weights = [path for path in files if path.suffix == ".safetensors"]
    if not weights:
        raise _no_weights(folder)
    total = hashlib.sha256()
    for path in files:
        sha256 = weights_hash(path) if path in weights else file_hash(path)
        total.update(f"{path.name} {sha256}\n".encode())
    return total.hexdigest()


def _no_weights(folder: Path) -> PPPError:
    pickles = [path.name for ending in ("*.bin", "*.pt", "*.pth", "*.ckpt") for path in folder.glob(ending)]
    if not pickles:
        return PPPError(f"{folder} holds no weights (*.safetensors). Choose a folder with a saved model.")
    return PPPError(
        f"{folder} holds its weights as a pickle ({', '.join(sorted(pickles))}), which is never loaded. "
        'Where you trust them, convert once: python -c "from transformers import AutoModel as M; '
        f"M.from_pretrained(r'{folder}').save_pretrained(r'{folder}{os.sep}safe')\""
    )
