"""Merging and scoring against torch."""

import numpy as np
import pytest
import torch

from ppp_core.encoders.adapter import Adapter
from ppp_core.errors import PPPError


def made_adapter(name="0", n_out=3, n_in=4):
    random = np.random.default_rng(0)
    mix = np.array([[0.25, 0.75], [1.0, 0.0]], np.float32)
    return Adapter(
        targets=("a/x", "a/y"),
        down={name: random.normal(size=(2, n_in)).astype(np.float16)},
        up={name: random.normal(size=(n_out, 2)).astype(np.float16)},
        mix=mix,
        weights=random.normal(size=(2, 5)).astype(np.float32),
        bias=np.array([0.5, -1.0], np.float32),
    )


def test_merging_adds_the_update():
    model = torch.nn.Sequential(torch.nn.Linear(4, 3))
    before = model[0].weight.detach().clone().numpy()
    adapter = made_adapter()
    adapter.merge(model)
    expected = before + adapter.up["0"].astype(np.float32) @ adapter.down["0"].astype(np.float32)
    np.testing.assert_allclose(model[0].weight.detach().numpy(), expected, atol=1e-6)


def test_an_adapter_of_another_encoder_is_refused():
    model = torch.nn.Sequential(torch.nn.Linear(4, 3))
    with pytest.raises(PPPError, match=r"update of 0 has shape \(2, 4\), the encoder's matrix has \(3, 4\)"):
        made_adapter(n_out=2).merge(model)
    with pytest.raises(PPPError, match=r"changes layer\.7, which the encoder does not have"):
        made_adapter("layer.7").merge(model)


def test_scores_are_linear_in_the_normalised_layers():
    adapter = made_adapter()
    layers = np.random.default_rng(1).normal(size=(6, 3, 5)).astype(np.float32)
    scaled = torch.nn.functional.layer_norm(torch.from_numpy(layers[:, 1:]), (5,), eps=1e-5).numpy()
    mixed = np.einsum("kl,nld->nkd", adapter.mix, scaled)
    expected = (mixed * adapter.weights).sum(axis=2) + adapter.bias
    np.testing.assert_allclose(adapter.scores(layers), expected, atol=1e-5)


def test_arrays_hold_everything():
    adapter = made_adapter()
    again = Adapter.from_arrays(adapter.arrays(), adapter.targets)
    assert again.revision("base") == adapter.revision("base") != adapter.revision("other")
    assert again.targets == ("a/x", "a/y")
