"""Is everything here, and whole?"""

import os
import platform
import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from .errors import PPPError
from .store import home, is_public

if TYPE_CHECKING:
    from .encoders import EncoderStatus
    from .scorers import ScorerStatus

PACKAGES = ("streamlit", "plotly", "pandas", "onnxruntime", "tokenizers", "torch", "transformers", "spacy")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: what.
        ok: whether it is as it should be.
        told: what was found, in one line.
        get: the one command, or the one act, that gets what is absent; empty where nothing is.
    """

    name: str
    ok: bool
    told: str
    get: str = ""


def examine() -> list[Check]:
    """Looks at Python, the packages, the home folder, the encoders, predictors, scorers and data sets."""
    return [
        Check("python", True, platform.python_version()),
        *map(_package, PACKAGES),
        _home(),
        _store(),
        Check("public demo", True, "yes: nothing is written or downloaded" if is_public() else "no"),
        *_encoders(),
        *_predictors(),
        *_after(),
        *_scorers(),
        *_datasets(),
    ]


def _package(name: str) -> Check:
    try:
        return Check(name, True, version(name))
    except PackageNotFoundError:
        return Check(name, False, "not installed; run `make app` once")


def _home() -> Check:
    folder = home()
    nearest = next(place for place in (folder, *folder.parents) if os.access(place, os.F_OK))
    writable = nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
    free = shutil.disk_usage(nearest).free / 1e9
    told = f"{folder}, {free:.1f} GB free" if writable else f"{folder} cannot be written; set PPP_HOME"
    return Check("home", writable, told)


def store_problem() -> str | None:
    """What is wrong with the kept embeddings, in one line; None where they can be read, or none are kept."""
    from .encoders.minilm import WEIGHTS_SHA256, MiniLM
    from .store import EmbeddingStore, EncoderKey

    store = EmbeddingStore(home() / "embeddings")
    store.get(EncoderKey(MiniLM.name, WEIGHTS_SHA256, "last", (MiniLM.dim,)), [])
    return store.problem


def _store() -> Check:
    problem = store_problem()
    return Check("kept embeddings", problem is None, problem or "ready")


def _encoders() -> list[Check]:
    """Encoders of prompts, then those of pictures that were not among them; what is shipped must be here."""
    from .encoders import ENCODERS, IMAGE_ENCODERS, encoder_status, image_encoder_status

    own = [one for one in image_encoder_status() if one.name not in ENCODERS]
    return [
        *(_status(f"encoder {one.name}", one, ENCODERS[one.name].needs == "hub") for one in encoder_status()),
        *(_status(f"image encoder {one.name}", one, IMAGE_ENCODERS[one.name].needs == "hub") for one in own),
    ]


def _scorers() -> list[Check]:
    """What rates pictures; only those that need nothing must be here."""
    from .scorers import SCORERS, scorer_status

    return [
        _status(f"scorer {one.name}", one, SCORERS[one.name].needs != "nothing") for one in scorer_status()
    ]


def _status(name: str, one: "EncoderStatus | ScorerStatus", may_be_absent: bool) -> Check:
    if one.available:
        return Check(name, True, "ready")
    return Check(name, may_be_absent, f"absent; get it: {one.get}" if one.get else "absent", one.get)


def _predictors() -> list[Check]:
    from .predictors.shipped import DEFAULT_TARGET, load_shipped, shipped_targets

    try:
        targets = shipped_targets()
    except PPPError as error:
        return [Check("predictors", False, str(error))]
    checks = []
    notes: dict[str, str] = {}
    if DEFAULT_TARGET not in targets:
        checks.append(Check(f"predictor {DEFAULT_TARGET}", False, "not there; fetch PPP again"))
    for target in targets:
        try:
            trained = load_shipped(target)
        except PPPError as error:
            checks.append(Check(f"predictor {target}", False, str(error)))
        else:
            told = f"{trained.predictor.name} on {trained.encoder.name}, version {trained.version}"
            checks.append(Check(f"predictor {target}", True, told))
            notes |= dict.fromkeys(getattr(trained.encoder, "notes", ()), trained.encoder.name)
    return [*checks, *(Check(f"note on {name}", True, note) for note, name in notes.items())]


def _after() -> list[Check]:
    """The predictors that see pictures."""
    from .predictors import after

    try:
        targets = after.after_targets()
    except PPPError as error:
        return [Check("after generation", False, str(error))]
    if not targets:
        return [Check("after generation", False, "not there; fetch PPP again")]
    checks = []
    for target in targets:
        try:
            trained = after.load_after(target)
        except PPPError as error:
            checks.append(Check(f"after generation {target}", False, str(error)))
        else:
            told = f"{trained.predictor.name} on {trained.encoder.name}, version {trained.version}"
            checks.append(Check(f"after generation {target}", True, told))
    return checks


def _datasets() -> list[Check]:
    from .datasets import DATASETS, installed

    here = {one.name: one for one in installed()}
    missing = [name for name in DATASETS if name not in here]
    checks = [Check(f"data set {name}", True, f"{one.n_prompts:,} prompts") for name, one in here.items()]
    if missing:
        checks.append(
            Check("data sets not installed", True, f"{', '.join(missing)}; `ppp get NAME` fetches one")
        )
    return checks
