"""Nothing that judges is learned from, by any predictor, encoder or calibration."""

import copy
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t as student

from ppp_core.datasets import load_dataset
from ppp_core.encoders.tfidf import Tfidf
from ppp_core.evaluation.benchmark.fitting import fit_folds, fit_predictor, predict_prompts
from ppp_core.evaluation.benchmark.judging import judges_of
from ppp_core.evaluation.benchmark.plan import QUICK, make_plan
from ppp_core.evaluation.parts import target_data
from ppp_core.evaluation.training import train
from ppp_core.predictors import PREDICTORS
from ppp_core.splits import check_disjoint, normalise_text

QUICK_HERE = [name for name in QUICK if name in PREDICTORS]
N_PERMUTATIONS = 20


class Recording:
    """An encoder that notes every text it is asked for."""

    def __init__(self, encoder):
        self.encoder, self.seen, self.fitted_on = encoder, set(), []

    def __getattr__(self, name):
        if "encoder" not in self.__dict__:  # while it is being copied
            raise AttributeError(name)
        return getattr(self.encoder, name)

    def encode(self, prompts, *, layers="last"):
        self.seen.update(normalise_text(prompt) for prompt in prompts)
        return self.encoder.encode(prompts, layers=layers)


class Learning(Recording):
    """One that also learns, and whose copies note in the same place."""

    def fit(self, prompts, observed):
        assert len(prompts) == len(observed)
        self.fitted_on.append(tuple(prompts))
        return self


def correlation(data, predictor, encoder):
    fitted, reader = fit_predictor(data, predictor, encoder, 0, None)
    predicted = predict_prompts(fitted, reader, data.held_out.prompts, bounds=(-99, 99))
    if np.ptp(predicted) < 1e-12:
        return 0.0
    return np.corrcoef(predicted, data.held_out.observed)[0, 1]


@pytest.mark.parametrize("predictor", QUICK_HERE)
def test_permuted_training_labels_teach_nothing(predictor, make_data, words_encoder):
    data = make_data(120, 80, noise=0.2)
    rng = np.random.default_rng(len(predictor))
    found = []
    for _ in range(N_PERMUTATIONS):
        shuffled = replace(data.train, observed=rng.permutation(data.train.observed))
        found.append(correlation(replace(data, train=shuffled), predictor, words_encoder))
    error = np.std(found, ddof=1) / np.sqrt(N_PERMUTATIONS)
    # 1 of 1,000 times outside by chance; a predictor that saw what judges it correlates above .8
    assert abs(np.mean(found)) <= student.ppf(0.9995, N_PERMUTATIONS - 1) * error < 0.5, found


@pytest.mark.parametrize("predictor", ["linear-probe", "multilayer-probe"])
def test_true_labels_teach_something(predictor, make_data, words_encoder):
    assert correlation(make_data(200, 160, noise=0.2), predictor, words_encoder) > 0.8


@pytest.mark.parametrize("predictor", QUICK_HERE)
def test_a_prediction_does_not_depend_on_the_other_prompts_that_judge(predictor, made_data, words_encoder):
    fitted, reader = fit_predictor(made_data, predictor, words_encoder, 0, None)
    prompts = made_data.held_out.prompts[:6]
    together = predict_prompts(fitted, reader, prompts, bounds=(-99, 99))
    alone = [predict_prompts(fitted, reader, [one], bounds=(-99, 99))[0] for one in prompts]
    np.testing.assert_allclose(together, alone, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("predictor", QUICK_HERE)
def test_fitting_reads_training_prompts_alone(predictor, made_data, words_encoder):
    encoder = Recording(words_encoder)
    fit_predictor(made_data, predictor, encoder, 0, None)
    assert encoder.seen <= {normalise_text(prompt) for prompt in made_data.train.prompts}
    check_disjoint(sorted(encoder.seen), made_data.held_out.prompts)


def test_encoders_learn_from_training_prompts_alone_and_inside_each_fold(make_data, words_encoder):
    data = make_data(80, 0)
    encoder = Learning(words_encoder)
    for fold in fit_folds(data, "linear-probe", encoder, 0, None):
        outside = [data.train.prompts[row] for row in fold.outside]
        assert set(encoder.fitted_on[-1]) == set(data.train.prompts) - set(outside)
    assert len(encoder.fitted_on) == 5


def test_a_fitted_encoder_is_not_the_one_that_came(made_data):
    tfidf = Tfidf()
    _, reader = fit_predictor(made_data, "linear-probe", tfidf, 0, None)
    assert (tfidf.revision, reader.revision == "unfitted") == ("unfitted", False)
    assert copy.copy(reader).dim == reader.dim


def test_plans_keep_learned_prompts_from_judging(made_home):
    plan = make_plan(["parted", "loose"], ["length"], transfer=True)
    for taught in plan.data:
        for target in plan.data:
            judges = plan.judges_for(taught, target)
            if judges.part != "out of fold":
                check_disjoint(plan.data[taught].train.prompts, judges.prompts)


def test_calibration_sees_no_test_prompt(made_home, made_tables, words_encoder):
    data = target_data(load_dataset("parted"), "parted/worth")
    encoder = Recording(words_encoder)
    train(data, predictor="linear-probe", encoder=encoder)
    tested = {normalise_text(prompt) for prompt in made_tables["parted"]["prompt"][180:]}
    assert len(tested) == 40
    assert not encoder.seen & tested


@pytest.mark.real_data
def test_real_parts_are_apart_in_every_pair_of_targets(data_folder):
    names = {"pqpp": ("pqpp/hbpp-sdxl", "pqpp/rr-clip"), "tifa160": ("tifa160/alignment",)}
    sets = {name: load_dataset(name, folder=data_folder) for name in names}
    from ppp_core.evaluation.benchmark.plan import Plan

    data = {one: target_data(sets[name], one) for name, some in names.items() for one in some}
    judges = {one: judges_of(sets[one.partition("/")[0]], data[one]) for one in data}
    plan = Plan((), (), data, judges, {})
    for taught in data:
        for target in data:
            found = plan.judges_for(taught, target)
            if taught != target or found.part != "out of fold":
                check_disjoint(data[taught].train.prompts, found.prompts)
    assert len(plan.judges_for("pqpp/hbpp-sdxl", "tifa160/alignment")) == 156  # four are learned from
