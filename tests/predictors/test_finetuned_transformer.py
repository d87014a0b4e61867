"""Fine-tuning, on a small BERT with random weights made on the spot: it learns the worth of words."""

import json

import numpy as np
import pytest
from safetensors.numpy import load, save

from ppp_core.encoders import load_encoder
from ppp_core.encoders.tfidf import Tfidf
from ppp_core.errors import PPPError
from ppp_core.predictors import tuning as tuning_module
from ppp_core.predictors.finetuned_transformer import FinetunedTransformer, tuning_folder
from ppp_core.predictors.options import fit_options
from ppp_core.predictors.regression_tower import RegressionTower
from ppp_core.predictors.tuning import PQPP_GRID, Tuning, tune

WORDS = "[PAD] [UNK] [CLS] [SEP] red blue fox dog tree house river cloud".split()
QUICK = Tuning(learning_rates=(3e-3,), epochs=25, batch=16, patience=25, watched=0.2)


def made_prompts(n, *, seed):
    rng = np.random.default_rng(seed)
    rows = {" ".join(rng.choice(WORDS[4:], size=rng.integers(2, 9))) for _ in range(2 * n)}
    return rng.permutation(sorted(rows)).tolist()[:n]


def redness(prompts):
    """How many of the words are 'red'."""
    return np.array([prompt.split().count("red") for prompt in prompts], float)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    narrow = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = BertConfig(vocab_size=len(WORDS), max_position_embeddings=20, **narrow)
        BertModel(config).save_pretrained(folder)
    tokenizer = Tokenizer(models.WordLevel({w: n for n, w in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]").save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def prompts():
    return made_prompts(300, seed=0)


@pytest.fixture(scope="module")
def fitted(folder, prompts):
    """Learned from the first 200 prompts."""
    return FinetunedTransformer(folder, tuning=QUICK).fit(prompts[:200], redness(prompts[:200]), seed=1)


def test_it_learns_how_many_words_are_red(fitted, prompts):
    predicted = fitted.predict(prompts[200:])
    assert predicted.dtype == np.float64
    assert np.corrcoef(predicted, redness(prompts[200:]))[0, 1] > 0.9


def test_permuted_labels_leave_nothing_to_learn(folder, prompts):
    observed = np.random.default_rng(3).permutation(redness(prompts[:200]))
    predicted = FinetunedTransformer(folder, tuning=QUICK).fit(prompts[:200], observed).predict(prompts[200:])
    found = np.corrcoef(predicted, np.random.default_rng(4).permutation(redness(prompts[200:])))[0, 1]
    assert abs(found) < 3 / np.sqrt(100)


def test_one_seed_one_result_and_another_seed_another(folder, prompts):
    import torch

    once = Tuning(learning_rates=(3e-3,), epochs=1)
    some, observed = prompts[:60], redness(prompts[:60])
    before = torch.random.get_rng_state()
    values = [
        FinetunedTransformer(folder, tuning=once).fit(some, observed, seed=seed).predict(some)
        for seed in (1, 1, 2)
    ]
    assert (values[0] == values[1]).all()
    assert not np.allclose(values[0], values[2])
    assert torch.equal(torch.random.get_rng_state(), before)


def test_arrays_make_the_same_predictor_without_the_folder(fitted, prompts):
    arrays = load(save(fitted.arrays()))
    assert {array.dtype for name, array in arrays.items() if name.startswith("head.")} == {np.dtype("f2")}
    again = FinetunedTransformer.from_arrays(arrays)
    assert again.folder is None
    texts = [*prompts[200:], "", "red " * 40, "half \ud800 red"]
    assert (again.predict(texts) == fitted.predict(texts)).all()


def test_the_loaded_tower_is_the_models_own_pooled_output_and_the_head(fitted, folder):
    import torch
    from transformers import BertModel

    arrays, texts = fitted.arrays(), ["red fox", "blue red red"]
    model = BertModel.from_pretrained(folder).eval()
    model.load_state_dict(
        {name[6:]: torch.tensor(v, dtype=torch.float32) for name, v in arrays.items() if name[:6] == "model."}
    )
    first, bias, last, end = (
        arrays[f"head.{name}"].astype(float) for name in ("0.weight", "0.bias", "2.weight", "2.bias")
    )
    for text in texts:
        numbers = [2, *(WORDS.index(word) for word in text.split()), 3]
        with torch.inference_mode():
            pooled = model(input_ids=torch.tensor([numbers])).pooler_output[0].numpy().astype(float)
        low, high = arrays["bounds"]
        expected = low + (high - low) * (np.maximum(first @ pooled + bias, 0) @ last[0] + end[0])
        assert fitted.predict([text])[0] == pytest.approx(expected, abs=1e-4)


def test_values_below_zero_can_be_predicted(folder, prompts):
    some = prompts[:120]
    made = FinetunedTransformer(folder, tuning=QUICK).fit(some, redness(some) - 10)
    assert made.predict(some).max() < 0


def test_the_best_epoch_is_kept_not_the_last(folder, prompts, monkeypatch):
    """Errors are told for each epoch as it ends: the second is best, whatever the weights are."""
    told, states = iter([0.5, 0.1, 0.3, 0.4]), []

    def error(run, rows):
        states.append(run.tower.state())
        return next(told)

    monkeypatch.setattr(tuning_module._Run, "error", error)
    four = Tuning(learning_rates=(3e-3,), epochs=4, patience=4)
    some = prompts[:60]
    tower, history = tune(lambda: RegressionTower.from_folder(folder), some, redness(some) / 4, tuning=four)
    assert [epoch.watched for epoch in history] == [0.5, 0.1, 0.3, 0.4]
    kept = tower.state()
    same = [all(bool((state[name] == kept[name]).all()) for name in kept) for state in states]
    assert same == [False, True, False, False]


def test_a_run_ends_after_its_patience_and_the_best_pair_is_kept(folder, prompts, monkeypatch):
    told = iter([0.5, 0.6, 0.7, 0.4, 0.2, 0.3, 0.9])
    monkeypatch.setattr(tuning_module._Run, "error", lambda run, rows: next(told))
    grid = Tuning(learning_rates=(1e-3, 2e-3), weight_decays=(0.1,), epochs=4, patience=2)
    steps = []
    some = prompts[:60]
    _, history = tune(
        lambda: RegressionTower.from_folder(folder),
        some,
        redness(some) / 4,
        tuning=grid,
        progress=lambda done, total: steps.append((done, total)),
    )
    assert [(one.learning_rate, one.epoch) for one in history] == [
        *((1e-3, epoch) for epoch in (1, 2, 3)),
        *((2e-3, epoch) for epoch in (1, 2, 3, 4)),
    ]
    assert steps[-1] == (16, 16)  # two batches an epoch, four epochs, two pairs
    assert steps == sorted(steps)


def test_the_watched_slice_is_never_learned_from(folder, prompts, monkeypatch):
    some = [*prompts[:60], prompts[0].upper()]
    seen, watched = set(), set()
    score = RegressionTower.score

    def spy(tower, inputs):
        (seen if tower.model.training else watched).update(map(tuple, inputs))
        return score(tower, inputs)

    monkeypatch.setattr(RegressionTower, "score", spy)
    tune(
        lambda: RegressionTower.from_folder(folder),
        some,
        np.zeros(61),
        tuning=Tuning(learning_rates=(1e-3,), epochs=2),
    )
    assert watched
    assert not seen & watched


def test_the_learning_rate_rises_and_falls_in_lines(folder, prompts):
    tower = RegressionTower.from_folder(folder)
    tuning = Tuning(epochs=5, batch=10, warm_up=0.2)
    run = tuning_module._Run(tower, prompts[:40], np.zeros(40), np.arange(40), tuning, 1.0, 0.0, 0)
    assert run.n_steps == 20
    shares = [run._share(step) for step in range(21)]
    np.testing.assert_allclose(shares[:4], [0.25, 0.5, 0.75, 1.0])
    np.testing.assert_allclose(np.diff(shares[4:]), -1 / 16)
    assert shares[20] == 0


def test_batches_hold_every_prompt_once_at_similar_lengths(folder, prompts):
    tower = RegressionTower.from_folder(folder)
    run = tuning_module._Run(
        tower, prompts, np.zeros(300), np.arange(20, 300), Tuning(batch=16), 1e-3, 0.0, 0
    )
    batches = run._batches()
    assert sorted(np.concatenate(batches).tolist()) == list(range(20, 300))
    assert np.mean([np.ptp(run.sizes[rows]) for rows in batches]) < 2 < np.ptp(run.sizes)


def test_a_diverged_run_is_told(folder, prompts):
    wild = Tuning(learning_rates=(1e30,), epochs=1, largest_gradient=1e30)
    some = prompts[:60]
    with pytest.raises(PPPError, match=r"no finite error\. Lower the learning rate"):
        FinetunedTransformer(folder, tuning=wild).fit(some, redness(some))


def test_settings_that_cannot_be_are_told():
    with pytest.raises(PPPError, match=r"cannot use epochs=0"):
        Tuning(epochs=0)
    with pytest.raises(PPPError, match=r"cannot use learning_rates=\(\)"):
        Tuning(learning_rates=())
    assert (PQPP_GRID.batch, PQPP_GRID.epochs) == (256, 15)


def test_without_a_folder_it_says_what_it_needs():
    with pytest.raises(PPPError, match="needs a folder or an encoder to fine-tune, got neither"):
        FinetunedTransformer().fit(["a"] * 9, np.arange(9.0))


def test_an_encoder_without_a_model_is_refused_and_a_folder_is_found(folder):
    with pytest.raises(PPPError, match="transformers' format, and tfidf is none"):
        tuning_folder(Tfidf())
    assert tuning_folder(load_encoder(folder)) == folder.resolve()


def test_the_encoders_own_model_is_fine_tuned_and_stays_as_it_is(folder, prompts):
    encoder = load_encoder(folder)
    before = encoder.encode(prompts[:3]).vectors
    options = fit_options(FinetunedTransformer, encoder=encoder)
    once = Tuning(learning_rates=(3e-3,), epochs=1)
    values = [
        made.fit(prompts[:60], redness(prompts[:60]), **more).predict(prompts[:60])
        for made, more in (
            (FinetunedTransformer(tuning=once), options),
            (FinetunedTransformer(folder, tuning=once), {}),
        )
    ]
    assert (values[0] == values[1]).all()
    assert (encoder.encode(prompts[:3]).vectors == before).all()


def test_a_folder_in_sentence_transformers_layout_is_pooled_by_the_mean(folder, tmp_path):
    (tmp_path / "modules.json").write_text(json.dumps([{"path": ""}]))
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    tower = RegressionTower.from_folder(tmp_path)
    assert tower.settings["pooling"] == "mean"
    assert RegressionTower.from_folder(folder).settings["pooling"] == "first"
    together = tower.predict(tower.tokens(["red", "blue fox dog tree"]))
    alone = [tower.predict(tower.tokens([text]))[0] for text in ("red", "blue fox dog tree")]
    np.testing.assert_allclose(together, alone, atol=1e-6)
