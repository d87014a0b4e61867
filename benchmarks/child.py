"""The programs that benchmarks start: ``python -m benchmarks.child NAME ARGUMENTS``; they print JSON."""

import json
import sys
import time

from .pairing import in_turns
from .prompts import captions

FAKE_DIMENSIONS = 16
FAKE_TRAINING = 400


def first_score(prompt: str, target: str) -> dict:
    """A first prompt scored by the package, as a program of the user's would."""
    import ppp_core

    table = ppp_core.score([prompt], [target])
    return {"value": float(table[target].iloc[0])}


def first_encode(prompt: str) -> dict:
    """A first prompt embedded by sentence-transformers."""
    vectors = sentence_transformer().encode([prompt])
    return {"dimensions": int(vectors.shape[1])}


def encode_file(path: str) -> dict:
    """All prompts of a file embedded by sentence-transformers, with the seconds of the encoding alone."""
    from ppp_core.tables import read_table

    prompts = read_table(path)["prompt"].tolist()
    model = sentence_transformer()
    model.encode(prompts[:32])
    start = time.perf_counter()
    vectors = model.encode(prompts)
    return {"seconds": time.perf_counter() - start, "rows": len(vectors)}


def slices(target: str, count: str, size: str) -> dict:
    """`score` and `SentenceTransformer.encode` by turns over slices of prompts, in one process."""
    import numpy as np

    from ppp_core import load_shipped, score

    predictor, model = load_shipped(target), sentence_transformer()
    prompts = captions(int(count) * int(size), seed=2)
    parts = [prompts[start : start + int(size)] for start in range(0, len(prompts), int(size))]
    score(parts[0][:32], [predictor])
    theirs = model.encode(parts[0][:32])
    ours = predictor.encoder.encode(parts[0][:32]).vectors
    ours = ours / np.linalg.norm(ours, axis=1, keepdims=True)
    pairs = in_turns(
        lambda number: score(parts[number], [predictor]),
        lambda number: model.encode(parts[number]),
        pairs=len(parts),
        clock="here",
    )
    return {"ours": pairs.ours, "theirs": pairs.theirs, "difference": float(np.abs(ours - theirs).max())}


def latency(target: str, count: str) -> dict:
    """One prompt at a time: all targets and an explanation, by turns with one encoding."""
    from ppp_core import explain, load_shipped, shipped_targets
    from ppp_core.predictors.scoring import predict_all

    predictors = [load_shipped(name) for name in shipped_targets()]
    main, model = load_shipped(target), sentence_transformer()
    warm, *prompts = captions(int(count) + 1, seed=3)
    calls = {
        "predicted": lambda prompt: predict_all(prompt, predictors),
        "explained": lambda prompt: (predict_all(prompt, predictors), explain(main, prompt)),
        "encoded": lambda prompt: model.encode([prompt]),
    }
    for call in calls.values():
        call(warm)
    found = {}
    for name in ("predicted", "explained"):
        pairs = in_turns(
            lambda number, name=name: calls[name](prompts[number]),
            lambda number: calls["encoded"](prompts[number]),
            pairs=len(prompts),
            clock="here",
        )
        found[name] = {"ours": pairs.ours, "theirs": pairs.theirs}
    return {**found, "targets": len(predictors)}


def stream_fake(source: str, out: str) -> dict:
    """The streaming path itself, `score_file`, with a predictor and an encoder that take no time."""
    from ppp_core.batch import score_file

    result = score_file(source, out, [fake_predictor()])
    return {"rows": result.rows, "resumed": result.resumed}


def sentence_transformer():
    """sentence-transformers with the very weights that `minilm-l6` reads, on the processor."""
    from sentence_transformers import SentenceTransformer

    from ppp_core.encoders.minilm import weights_folder

    return SentenceTransformer(str(weights_folder()), device="cpu")


def fake_predictor():
    """A trained predictor on an encoder whose vectors are drawn from the bytes of a prompt's checksum."""
    import numpy as np

    from ppp_core.predictors.calibration import Calibration
    from ppp_core.predictors.familiarity import fit_familiarity
    from ppp_core.predictors.linear_probe import LinearProbe
    from ppp_core.predictors.trained import TrainedPredictor
    from ppp_core.targets import Target

    encoder = FakeEncoder()
    vectors = encoder.encode(captions(FAKE_TRAINING, seed=4)).vectors
    observed = vectors @ np.linspace(-1, 1, FAKE_DIMENSIONS)
    probe = LinearProbe().fit(vectors, observed)
    return TrainedPredictor(
        target=Target("fake/sum", "Sum", "sum", -99, 99, "models", "about {value}", ""),
        predictor=probe,
        encoder=encoder,
        calibration=Calibration(
            edges=np.array([0.0]),
            below=np.full(2, -1.0),
            above=np.full(2, 1.0),
            known=np.sort(observed),
            slope=1.0,
            noise=0.1,
        ),
        familiarity=fit_familiarity(vectors[::2], vectors[1::2]),
        observed=np.zeros(1, dtype=int),
    )


class FakeEncoder:
    """Sixteen numbers between 0 and 1 from a prompt's checksum, so that nothing but the streaming costs."""

    name = "fake"
    revision = "1"
    dim = FAKE_DIMENSIONS
    n_layers = 1
    max_tokens = 1_000

    def encode(self, prompts, *, layers="last"):
        """Vectors, float32 (n, 16); a word is a token."""
        import hashlib

        import numpy as np

        from ppp_core.encoders import Encoded

        digests = b"".join(hashlib.md5(p.encode(), usedforsecurity=False).digest() for p in prompts)
        vectors = np.frombuffer(digests, np.uint8).reshape(len(prompts), FAKE_DIMENSIONS)
        tokens = np.array([len(prompt.split()) for prompt in prompts])
        return Encoded((vectors / 255).astype(np.float32), tokens, np.zeros(len(prompts), dtype=int))

    def spans(self, prompt):
        """Spans of the words."""
        import re

        return [match.span() for match in re.finditer(r"\S+", prompt)]


PROGRAMS = {
    "first-score": first_score,
    "first-encode": first_encode,
    "encode-file": encode_file,
    "slices": slices,
    "latency": latency,
    "stream-fake": stream_fake,
}

if __name__ == "__main__":
    program, *given = sys.argv[1:]
    print(json.dumps(PROGRAMS[program](*given)), flush=True)
