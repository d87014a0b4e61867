"""A made world that a reader can do in the head: words of known worth, an encoder that counts them."""

import io
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from ppp_core.encoders import Encoded
from ppp_core.encoders.tfidf import Tfidf
from ppp_core.evaluation.parts import Part, TargetData
from ppp_core.targets import Target

WORTH = {"red": 1.0, "blue": -1.0, "fox": 0.5, "car": -0.5, "forest": 0.25, "street": -0.25}
FILLERS = ("green", "grey", "dog", "boat", "harbour", "garden")
EXTRAS = ("foggy", "golden", "quiet", "tiny")
VOCABULARY = (*WORTH, *FILLERS, *EXTRAS)


class WordEncoder:
    """One dimension a word of the vocabulary: how often it is there. The second layer is twice the first."""

    name = "words"
    revision = "first"
    dim = len(VOCABULARY)
    n_layers = 2
    max_tokens = 8

    def encode(self, prompts, *, layers="last"):
        words = [re.findall(r"\w+", prompt.lower()) for prompt in prompts]
        seen = [found[: self.max_tokens] for found in words]
        counts = np.array([[found.count(word) for word in VOCABULARY] for found in seen], np.float32)
        tokens = np.array([len(found) for found in seen])
        truncated = np.array([len(found) for found in words]) - tokens
        vectors = np.stack([counts, 2 * counts], axis=1) if layers == "all" else 2 * counts
        return Encoded(vectors, tokens, truncated)

    def spans(self, prompt):
        return [match.span() for match in re.finditer(r"\w+", prompt)]


def made_prompts(n: int, *, seed: int) -> list[str]:
    """n different prompts: a colour, a thing, a place, and up to four extras."""
    rng = np.random.default_rng(seed)
    colours, things = ("red", "blue", "green", "grey"), ("fox", "car", "dog", "boat")
    places = ("forest", "street", "harbour", "garden")
    found: dict[str, None] = {}
    while len(found) < n:
        words = [rng.choice(colours), rng.choice(things), "in the", rng.choice(places)]
        words += [word for word in EXTRAS if rng.random() < 0.5]
        found[" ".join(map(str, words))] = None
    return list(found)


def worth(prompt: str) -> float:
    """What a prompt is worth: 2, its words' worth, and a tenth for each word."""
    words = prompt.split()
    return 2 + sum(WORTH.get(word, 0.0) for word in words) + 0.1 * len(words)


def made_target_data(n_train: int = 240, n_held_out: int = 160, *, noise: float = 0.3, seed: int = 0):
    """Prompts with their worth and some noise, split."""
    prompts = made_prompts(min(n_train + n_held_out, 1000), seed=seed)
    rng = np.random.default_rng(seed + 1)
    observed = np.array([worth(prompt) for prompt in prompts]) + rng.normal(0, noise, len(prompts))
    target = Target("made/worth", "Worth", "worth", -1.0, 6.0, "user", "on -1 to 6, about {value}", "Made.")
    train, rest = slice(0, n_train), slice(n_train, None)
    return TargetData(
        target=target,
        licence="none",
        attribution="Made here.",
        citation="",
        train=Part(prompts[train], observed[train], n_train),
        held_out=Part(prompts[rest], observed[rest], n_held_out) if n_held_out else None,
        n_left_out=0,
    )


@pytest.fixture(scope="session")
def words_encoder():
    return WordEncoder()


@pytest.fixture(scope="session")
def made_data():
    return made_target_data()


@pytest.fixture(scope="session")
def make_data():
    """Makes target data: ``make_data(n_train, n_held_out, noise=…, seed=…)``."""
    return made_target_data


@pytest.fixture(scope="session")
def trained(made_data, words_encoder):
    """A linear probe on the words; what it should say is `worth`."""
    from ppp_core.evaluation.training import train

    return train(made_data, predictor="linear-probe", encoder=words_encoder)


@pytest.fixture(scope="session")
def tfidf_folder(made_data, tmp_path_factory) -> Path:
    """A saved linear probe on tfidf of the target made/worth: loads without a model. Read only."""
    from ppp_core.evaluation.training import train
    from ppp_core.predictors.artefact import save_trained

    folder = tmp_path_factory.mktemp("artefacts") / "made"
    save_trained(train(made_data, predictor="linear-probe", encoder=Tfidf()), folder)
    return folder


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    status: int
    out: str
    err: str


@pytest.fixture
def ppp(monkeypatch, capsysbinary):
    """Runs the command line in this process: ``ppp("score", "-", stdin=b"a cat")``."""
    from ppp_core.__main__ import main

    def run(*arguments: object, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "argv", ["ppp", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsysbinary.readouterr()
        try:
            main()
            status = 0
        except SystemExit as end:
            status = end.code or 0
        out, err = capsysbinary.readouterr()
        return Ran(status, out.decode(), err.decode())

    return run


@pytest.fixture
def refused(ppp):
    """Runs a command that must fail: status 2, one line on standard error, nothing on standard output."""

    def run(*arguments: object, stdin: bytes = b"") -> str:
        ran = ppp(*arguments, stdin=stdin)
        assert ran.status == 2, ran
        assert ran.out == ""
        assert ran.err.count("\n") == 1, ran.err
        assert ran.err.startswith("ppp: ")
        return ran.err.removeprefix("ppp: ").rstrip("\n")

    return run
