"""The loader of transformers folders, on small models with random weights saved on the spot."""

import json

import numpy as np
import pytest

from ppp_core.encoders import load_encoder
from ppp_core.encoders.transformers_text import TransformersText
from ppp_core.errors import PPPError

WORDS = "[PAD] [UNK] [CLS] [SEP] a red cat on the table blue dog".split()
PROMPTS = ["a red cat", "the dog", "", "a blue dog on the red table " * 6, "unknown words"]


def small_model(kind):
    import torch
    import transformers as t

    torch.manual_seed(0)
    size = len(WORDS)
    narrow = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    t5 = t.T5Config(vocab_size=size, d_model=16, d_kv=8, d_ff=32, num_layers=3, num_heads=2)
    bart = {"encoder_layers": 2, "decoder_layers": 1, "encoder_ffn_dim": 32, "decoder_ffn_dim": 32}
    makers = {
        "bert": lambda: t.BertModel(t.BertConfig(vocab_size=size, max_position_embeddings=20, **narrow)),
        "mpnet": lambda: t.MPNetModel(t.MPNetConfig(vocab_size=size, max_position_embeddings=22, **narrow)),
        "gpt2": lambda: t.GPT2LMHeadModel(
            t.GPT2Config(
                vocab_size=size,
                n_embd=16,
                n_layer=2,
                n_head=2,
                n_positions=20,
                bos_token_id=2,
                eos_token_id=3,
            )
        ),
        "bloom": lambda: t.BloomForCausalLM(
            t.BloomConfig(vocab_size=size, hidden_size=16, n_layer=2, n_head=2)
        ),
        "t5": lambda: t.T5ForConditionalGeneration(t5),
        "t5-encoder": lambda: t.T5EncoderModel(t5),
        "bart": lambda: t.BartModel(
            t.BartConfig(
                vocab_size=size,
                d_model=16,
                encoder_attention_heads=2,
                decoder_attention_heads=2,
                max_position_embeddings=20,
                **bart,
            )
        ),
    }
    return makers[kind]().eval()


WITH_SPECIALS = {"bert", "mpnet", "t5", "t5-encoder", "bart"}
N_LAYERS = {"bert": 3, "mpnet": 3, "gpt2": 3, "bloom": 3, "t5": 4, "t5-encoder": 4, "bart": 3}
MAX_TOKENS = {"bert": 18, "mpnet": 18, "gpt2": 20, "bart": 18}  # T5 and BLOOM have no table of positions


def save_tokenizer(folder, *, specials):
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.WordLevel({w: n for n, w in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    if specials:
        tokenizer.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
        )
    whole = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", eos_token="[SEP]")
    whole.save_pretrained(folder)


@pytest.fixture(scope="module", params=list(N_LAYERS))
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def folder(kind, tmp_path_factory):
    folder = tmp_path_factory.mktemp(kind)
    small_model(kind).save_pretrained(folder)
    save_tokenizer(folder, specials=kind in WITH_SPECIALS)
    return folder


@pytest.fixture(scope="module")
def encoder(folder):
    return TransformersText(folder)


@pytest.fixture
def bert(tmp_path):
    small_model("bert").save_pretrained(tmp_path / "bert")
    save_tokenizer(tmp_path / "bert", specials=True)
    return tmp_path / "bert"


def reference(kind, prompts, limit):
    """Each prompt alone, its words looked up by hand, mean of every hidden state of the original model."""
    import torch

    model = small_model(kind)
    if kind in ("t5", "bart"):
        model = model.get_encoder()
    elif kind in ("gpt2", "bloom"):
        model = model.transformer
    rows = []
    for prompt in prompts:
        numbers = [WORDS.index(word) if word in WORDS else 1 for word in prompt.split()][:limit]
        numbers = [2, *numbers, 3] if kind in WITH_SPECIALS else numbers or [3]
        with torch.inference_mode():
            output = model(input_ids=torch.tensor([numbers]), output_hidden_states=True)
        rows.append(np.stack([layer[0].mean(0).numpy() for layer in output.hidden_states]))
    return np.stack(rows)


def test_every_layer_matches_the_model_prompt_by_prompt(kind, encoder):
    got = encoder.encode(PROMPTS, layers="all").vectors
    assert got.shape == (5, N_LAYERS[kind], 16)
    assert got.dtype == np.float32
    expected = reference(kind, PROMPTS, encoder.max_tokens)
    np.testing.assert_allclose(got, expected, atol=1e-5)
    np.testing.assert_allclose(encoder.encode(PROMPTS).vectors, expected[:, -1], atol=1e-5)


def test_tokens_are_counted_and_so_are_those_cut(kind, encoder):
    limit = MAX_TOKENS.get(kind, encoder.max_tokens)
    assert encoder.max_tokens == limit
    encoded = encoder.encode(["a red cat", "", "cat " * limit, "cat " * (limit + 7)])
    assert encoded.tokens.tolist() == [3, 0, limit, limit]
    assert encoded.truncated.tolist() == [0, 0, 0, 7]


def test_a_prompt_has_one_vector_whatever_stands_beside_it(encoder):
    together = encoder.encode(PROMPTS, layers="all").vectors
    alone = np.concatenate([encoder.encode([prompt], layers="all").vectors for prompt in PROMPTS])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert np.array_equal(encoder.encode(PROMPTS, layers="all").vectors, together)


def test_spans_are_those_of_the_words(encoder):
    assert encoder.spans("a  red \ud800 cat") == [(0, 1), (3, 6), (7, 8), (9, 12)]


def test_the_revision_follows_weights_and_vocabulary(bert):
    before = TransformersText(bert).revision
    assert TransformersText(bert).revision == before
    (bert / "README.md").write_text("counts for nothing")
    assert TransformersText(bert).revision == before
    settings = json.loads((bert / "tokenizer_config.json").read_text())
    (bert / "tokenizer_config.json").write_text(json.dumps({**settings, "model_max_length": 10}))
    shorter = TransformersText(bert)
    assert shorter.revision != before
    assert shorter.max_tokens == 8


def test_a_sentence_transformers_layout_is_followed(bert):
    plain = TransformersText(bert).encode(PROMPTS[:2]).vectors
    inner = bert / "0_Transformer"
    inner.mkdir()
    for path in list(bert.iterdir()):
        if path.is_file():
            path.rename(inner / path.name)
    modules = [{"idx": 0, "path": "0_Transformer", "type": "sentence_transformers.models.Transformer"}]
    (bert / "modules.json").write_text(json.dumps(modules))
    (inner / "sentence_bert_config.json").write_text('{"max_seq_length": 12}')
    encoder = TransformersText(bert)
    assert encoder.max_tokens == 10
    np.testing.assert_allclose(encoder.encode(PROMPTS[:2]).vectors, plain, atol=1e-6)


def test_half_precision_weights_are_computed_in_single(bert):
    import torch
    from transformers import AutoModel

    small_model("bert").to(torch.float16).save_pretrained(bert)
    assert AutoModel.from_pretrained(bert).dtype == torch.float16
    assert TransformersText(bert).encode(["a cat"]).vectors.dtype == np.float32


def test_pickled_weights_are_refused_with_the_way_out(bert):
    (bert / "model.safetensors").rename(bert / "pytorch_model.bin")
    with pytest.raises(
        PPPError, match=r"as a pickle \(pytorch_model.bin\), which is never loaded.*AutoModel"
    ):
        TransformersText(bert)


def test_a_folder_without_weights_is_told(bert):
    (bert / "model.safetensors").unlink()
    with pytest.raises(PPPError, match=r"bert holds no weights \(\*.safetensors\)"):
        TransformersText(bert)


def test_a_folder_without_a_model_is_told(tmp_path):
    with pytest.raises(PPPError, match=r"holds no model in transformers' format \(config.json is absent\)"):
        load_encoder(tmp_path)


def test_weights_that_lack_a_layer_are_refused(bert):
    from safetensors.numpy import load_file, save_file

    weights = load_file(bert / "model.safetensors")
    name = next(key for key in weights if "layer.1.output.dense.weight" in key)
    del weights[name]
    save_file(weights, bert / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(PPPError, match=r"lack 1 of the model's, such as encoder.layer.1.output.dense.weight"):
        TransformersText(bert)


def test_code_in_the_folder_is_never_run(bert):
    settings = json.loads((bert / "config.json").read_text())
    settings |= {"model_type": "strange", "auto_map": {"AutoModel": "own.Own", "AutoConfig": "own.OwnConfig"}}
    (bert / "config.json").write_text(json.dumps(settings))
    (bert / "own.py").write_text("raise SystemExit('the folder ran its code')")
    with pytest.raises(PPPError, match="transformers cannot load "):
        TransformersText(bert)


def test_a_folder_is_loaded_once_by_name(bert):
    encoder = load_encoder(bert)
    assert encoder.name == str(bert)
    assert load_encoder(str(bert)) is encoder


def test_a_public_demo_loads_no_folders(bert, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    with pytest.raises(PPPError, match="Loading an encoder from a folder is switched off"):
        load_encoder(bert)
