"""Which adapted encoder a predictor may read with: never one that has seen what it is judged on."""

from dataclasses import replace

import numpy as np
import pytest

from ppp_core.adaptation import Settings
from ppp_core.encoders.adapted import Adaptation, AdaptedMiniLM, text_hash
from ppp_core.encoders.adapter import Adapter
from ppp_core.encoders.minilm import MiniLM
from ppp_core.errors import PPPError
from ppp_core.evaluation import adapting
from ppp_core.evaluation.adapting import fair_encoder
from ppp_core.evaluation.parts import Joint
from ppp_core.predictors.adapted_minilm import AdaptedMiniLM as AdaptedPredictor
from ppp_core.predictors.ensemble import Ensemble
from ppp_core.predictors.linear_probe import LinearProbe


def adaptation_of(prompts, targets=("made/worth",), seed=0, digest=""):
    """One that changes nothing, but says what it learned from."""
    k = len(targets)
    mix = np.full((k, 6), 1 / 6, np.float32)
    adapter = Adapter(tuple(targets), {}, {}, mix, np.zeros((k, 384), np.float32), np.zeros(k, np.float32))
    learned = np.sort(np.array([text_hash(prompt) for prompt in prompts], dtype=np.uint64))
    card = {"seed": seed, "data": {"train_sha256": digest}}
    return Adaptation(adapter, learned, np.zeros((len(prompts), k), np.float16), card)


@pytest.fixture
def data(made_data):
    joint = Joint(made_data.train.prompts, made_data.train.observed[:, None], ("made/worth",))
    return replace(made_data, joint=joint)


@pytest.fixture
def adapted(monkeypatch, tmp_path):
    """Counts fine-tunings, which are made up, and keeps them in a folder of its own."""
    monkeypatch.setattr(adapting, "home", lambda: tmp_path)
    calls = []

    def adapt(prompts, observed, targets, *, settings, seed, progress):
        assert settings == Settings()
        calls.append((tuple(prompts), seed))
        return adaptation_of(prompts, targets, seed)

    monkeypatch.setattr(adapting, "adapt", adapt)
    return calls


def test_an_encoder_that_learned_from_just_these_prompts_is_taken(data, adapted):
    encoder = AdaptedMiniLM(adaptation_of(data.train.prompts, digest=data.joint.digest()))
    assert fair_encoder(encoder, Ensemble, data) is encoder
    assert adapted == []


def test_an_encoder_that_learned_other_values_for_these_prompts_is_not(data, adapted):
    encoder = AdaptedMiniLM(adaptation_of(data.train.prompts, digest=data.joint.digest()))
    shuffled = replace(data, joint=replace(data.joint, observed=data.joint.observed[::-1]))
    assert fair_encoder(encoder, Ensemble, shuffled) is not encoder
    assert len(adapted) == 1


def test_a_target_that_models_made_is_refused_in_one_line(data):
    other = replace(data, joint=replace(data.joint, targets=("made/other",)))
    with pytest.raises(PPPError, match=r"adapted to what people judged, and made/worth is none of that"):
        fair_encoder(MiniLM(), AdaptedPredictor, other)


def test_an_encoder_that_learned_from_a_held_out_prompt_is_not(data, adapted):
    seen = [*data.train.prompts, data.held_out.prompts[3]]
    encoder = AdaptedMiniLM(adaptation_of(seen))
    fair = fair_encoder(encoder, Ensemble, data)
    assert adapted == [(tuple(data.train.prompts), 0)]
    assert data.held_out.prompts[3] not in adapted[0][0]
    assert len(fair.adaptation.learned) == len(data.train)


def test_fewer_training_prompts_and_another_seed_need_their_own(data, adapted):
    encoder = AdaptedMiniLM(adaptation_of(data.train.prompts, digest=data.joint.digest()))
    fewer = replace(data, train=data.train.rows(np.arange(50)))
    fair_encoder(encoder, Ensemble, fewer)
    fair_encoder(encoder, Ensemble, data, seed=1)
    assert [(len(prompts), seed) for prompts, seed in adapted] == [(50, 0), (len(data.train), 1)]


def test_what_was_adapted_before_is_read_again(data, adapted):
    encoder = AdaptedMiniLM(adaptation_of(data.train.prompts))
    first, second = (fair_encoder(encoder, Ensemble, data, seed=4) for _ in range(2))
    assert len(adapted) == 1
    assert first.revision == second.revision


def test_an_encoder_that_knows_nothing_of_the_target_is_fair(data, adapted):
    encoder = AdaptedMiniLM(adaptation_of(["whatever"], targets=("other/target",)))
    assert fair_encoder(encoder, Ensemble, data) is encoder
    plain = MiniLM()
    assert fair_encoder(plain, LinearProbe, data) is plain


def test_minilm_is_adapted_for_a_predictor_that_reads_adapted_scores(data, adapted, monkeypatch):
    monkeypatch.setattr(adapting, "_shipped", lambda: None)
    fair = fair_encoder(MiniLM(), AdaptedPredictor, data)
    assert isinstance(fair, AdaptedMiniLM)
    assert len(adapted) == 1


def test_other_encoders_cannot_be_adapted(data, words_encoder):
    with pytest.raises(
        PPPError, match=r"adapted-minilm adapts minilm-l6, got the encoder words\. Use minilm-l6"
    ):
        fair_encoder(words_encoder, AdaptedPredictor, data)


def test_prompts_without_a_value_of_the_target_may_stay_in_the_joint_data():
    joint = Joint(["a", "b", "c"], np.array([[1.0, 2.0], [np.nan, 2.0], [3.0, np.nan]]), ("x/one", "x/two"))
    from ppp_core.evaluation.parts import Part

    train = Part(["a"], np.array([1.0]), 1)
    assert joint.within(train, "x/one").prompts == ["a", "b"]
    assert joint.within(train, "x/two").prompts == ["a", "c"]
    assert joint.within(train, "x/one").digest() != joint.digest()
