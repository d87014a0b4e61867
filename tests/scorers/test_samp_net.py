"""SAMP-Net on random weights saved under the published names, against torch's own layers and plain loops."""

import numpy as np
import pytest
from PIL import Image

from ppp_core.errors import PPPError
from ppp_core.scorers import SCORERS, load_scorer
from ppp_core.scorers.composition_patterns import PATTERNS, pooled_patterns
from ppp_core.scorers.samp_net import FILE, _pixels

GRIDS = [(2, 1), (1, 2), (2, 1), (2, 1), (2, 1), (2, 2), (2, 2), (3, 3)]
LENGTHS = [784, 784, 861, 861, 784, 784, 812, 324]


def made_tensors(attributes=6, seed=0):
    """Random weights by their published names."""
    import torch
    from torchvision.models import resnet18

    torch.manual_seed(seed)
    network = torch.nn.Sequential(*list(resnet18(weights=None).children())[:-2])
    for name, buffer in network.named_buffers():
        if name.endswith("running_var"):
            buffer.uniform_(0.5, 2)
    tensors = {f"backbone.{name}": one.clone() for name, one in network.state_dict().items()}
    shapes = {
        "pattern_weight_layer.3": (8, 512), "att_feature_layer.0": (512, 1024),
        "att_pred_layer.0": (attributes, 512), "com_feature_layer.0": (512, 1024),
        "alpha_predict_layer.0": (2, 1024), "com_pred_layer.0": (1024, 1024),
        "com_pred_layer.3": (512, 1024), "com_pred_layer.5": (5, 512),
    }  # fmt: skip
    for number, (grid, length) in enumerate(zip(GRIDS, LENGTHS, strict=True)):
        shapes[f"pattern_module.conv_list.{number}.0"] = (1024, 512 + length, *grid)
    for name, shape in shapes.items():
        tensors[f"{name}.weight"] = torch.randn(shape) * 2 / np.sqrt(np.prod(shape[1:]))
    return tensors


@pytest.fixture(scope="module")
def tensors():
    return made_tensors()


@pytest.fixture(scope="module")
def folder(tensors, tmp_path_factory):
    import torch

    folder = tmp_path_factory.mktemp("samp")
    torch.save(tensors, folder / FILE)
    return folder


@pytest.fixture(scope="module")
def scorer(folder):
    return load_scorer("samp-net", folder=folder)


def places(name, side):
    """Which (row, column) belong to each part of a pattern, one at a time, parts in reading order."""
    last, half = side - 1, side // 2
    inner = range(int(side * 0.25), int(side * 0.75))
    rules = {
        "above and below": [lambda r, c: r < half, lambda r, c: r >= half],
        "left and right": [lambda r, c: c < half, lambda r, c: c >= half],
        "one diagonal": [lambda r, c: c > r, lambda r, c: c < r],
        "other diagonal": [lambda r, c: last - c > r, lambda r, c: last - c < r],
        "middle and surround": [
            lambda r, c: r in inner and c in inner,
            lambda r, c: r not in inner or c not in inner,
        ],
        "both diagonals": [
            lambda r, c: c <= r and r + c <= last,
            lambda r, c: c <= r and r + c >= last,
            lambda r, c: c >= r and r + c <= last,
            lambda r, c: c >= r and r + c >= last,
        ],
    }  # fmt: skip
    return [{(r, c) for r in range(side) for c in range(side) if rule(r, c)} for rule in rules[name]]


@pytest.mark.parametrize("name", [one.name for one in PATTERNS if one.name not in ("quarters", "thirds")])
def test_a_part_is_the_mean_of_its_places(name):
    import torch

    rng = np.random.default_rng(0)
    features = rng.random((1, 512, 7, 7), np.float32)
    number = [one.name for one in PATTERNS].index(name)
    found = pooled_patterns(torch.from_numpy(features), torch.zeros(1, 56, 56))[number][0, :512].flatten(1)
    for part, own in enumerate(places(name, 7)):
        expected = np.mean([features[0, :, r, c] for r, c in own], axis=0)
        np.testing.assert_allclose(found[:, part].numpy(), expected, rtol=1e-5)


def test_patterns_that_need_no_thinning_hold_the_saliency_of_their_places():
    import torch

    saliency = torch.from_numpy(np.random.default_rng(0).permutation(56 * 56).reshape(1, 56, 56).astype("f4"))
    pooled = pooled_patterns(torch.zeros(1, 512, 7, 7), saliency)
    diagonals = pooled[6][0, 512:].flatten(1)
    for part, own in enumerate(places("both diagonals", 56)):
        assert sorted(diagonals[:, part].tolist()) == sorted(saliency[0, r, c].item() for r, c in own)
    quarters = pooled[5][0, 512:]
    for row in (0, 1):
        for column in (0, 1):
            block = saliency[0, 28 * row : 28 * row + 28, 28 * column : 28 * column + 28]
            assert quarters[:, row, column].tolist() == block.flatten().tolist()
    inside, outside = places("middle and surround", 56)
    kept = pooled[4][0, 512:, :, 0]
    assert kept[:, 0].tolist() == [saliency[0, r, c].item() for r, c in sorted(inside)]
    values = [saliency[0, r, c].item() for r, c in sorted(outside)]
    assert kept[:, 1].tolist() == [max(values[3 * at : 3 * at + 3]) for at in range(784)]


def test_thinned_patterns_keep_the_most_of_their_neighbourhood():
    import torch
    from torch.nn.functional import adaptive_avg_pool2d, adaptive_max_pool2d, max_pool2d

    rng = np.random.default_rng(0)
    features = torch.from_numpy(rng.random((2, 512, 7, 7), np.float32))
    saliency = torch.from_numpy(rng.random((2, 56, 56), np.float32))
    pooled = pooled_patterns(features, saliency)
    wide = max_pool2d(saliency[:, None], (1, 3), (1, 2), (0, 1))[:, 0]
    assert torch.equal(pooled[0][:, 512:, 0, 0], wide[:, :28].flatten(1))
    assert torch.equal(pooled[0][:, 512:, 1, 0], wide[:, 28:].flatten(1))
    tall = max_pool2d(saliency[:, None], (3, 1), (2, 1), (1, 0))[:, 0]
    assert torch.equal(pooled[1][:, 512:, 0, 1], tall[:, :, 28:].flatten(1))
    small = adaptive_max_pool2d(saliency, 42)
    upper = torch.triu_indices(42, 42, 1)
    assert torch.equal(pooled[2][:, 512:, 0, 0], small[:, upper[0], upper[1]])
    assert torch.equal(pooled[3][:, 512:, 0, 0], adaptive_max_pool2d(saliency.flip(-1), 42)[:, *upper])
    for number, count in ((5, 2), (7, 3)):
        means = adaptive_avg_pool2d(features, count)
        torch.testing.assert_close(pooled[number][:, :512], means)
    third = adaptive_max_pool2d(saliency, 54)[:, 18:36, 36:]
    assert torch.equal(pooled[7][:, 512:, 1, 2], third.flatten(1))


def test_the_network_is_what_torchs_layers_make_of_the_weights(tensors, scorer):
    import torch
    from torch import nn
    from torchvision.models import resnet18

    rng = np.random.default_rng(2)
    pixels = rng.normal(size=(2, 3, 224, 224)).astype(np.float32)
    saliency = rng.random((2, 224, 224), np.float32)

    def linear(name, values):
        return nn.functional.linear(values, tensors[f"{name}.weight"])

    backbone = nn.Sequential(*list(resnet18(weights=None).children())[:-2]).eval()
    own = {k.removeprefix("backbone."): v for k, v in tensors.items() if k.startswith("backbone.")}
    backbone.load_state_dict(own)
    with torch.no_grad():
        features = backbone(torch.from_numpy(pixels))
        pool = nn.MaxPool2d(3, 2, 1)
        parts = pooled_patterns(features, pool(pool(torch.from_numpy(saliency)[:, None]))[:, 0])
        shares = linear("pattern_weight_layer.3", nn.functional.adaptive_avg_pool2d(features, 1).flatten(1))
        shares = shares.softmax(1)
        total = 0
        for number, part in enumerate(parts):
            weight = tensors[f"pattern_module.conv_list.{number}.0.weight"]
            total = total + shares[:, [number]] * nn.functional.conv2d(part, weight).relu().flatten(1)
        attributes, composition = (linear(f"{n}_feature_layer.0", total).relu() for n in ("att", "com"))
        gates = linear("alpha_predict_layer.0", torch.cat([attributes, composition], 1)).sigmoid()
        fused = torch.cat([gates[:, [0]] * attributes, gates[:, [1]] * composition], 1)
        for number in (0, 3):
            fused = linear(f"com_pred_layer.{number}", fused).relu()
        expected = linear("com_pred_layer.5", fused).softmax(1).numpy()
    found = scorer.distribution(pixels, saliency)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert found.sum(axis=1) == pytest.approx([1, 1])
    assert np.ptp(found) > 0.05


def test_pictures_are_prepared_as_torchvision_prepares_them():
    from torchvision import transforms

    rng = np.random.default_rng(0)
    image = Image.fromarray(rng.integers(0, 256, (301, 417, 3), dtype=np.uint8))
    prepare = transforms.Compose([
        transforms.Resize((224, 224)),
        transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ])  # fmt: skip
    np.testing.assert_allclose(_pixels(image), prepare(image).numpy(), atol=1e-5)


def test_a_score_is_the_mean_of_the_steps_whatever_the_batch(scorer, plain):
    rng = np.random.default_rng(0)
    noisy = Image.fromarray(rng.integers(0, 256, (90, 60, 3), dtype=np.uint8))
    together = scorer.score([noisy, b"no picture", plain("red", 40), plain("red", 5), noisy])
    assert np.isnan(together[[1, 3]]).all()
    assert together[0] == pytest.approx(together[4], abs=1e-5)
    assert together[[0, 2]].tolist() == pytest.approx(
        [scorer.score([one])[0] for one in (noisy, plain("red", 40))], abs=1e-5
    )
    assert ((together[[0, 2]] >= 1) & (together[[0, 2]] <= 5)).all()
    assert np.isnan(scorer.score([b"no picture"])).all()


def test_older_weights_have_one_attribute_less_and_safetensors_will_do(tmp_path):
    from safetensors.torch import save_file

    save_file(made_tensors(attributes=5), tmp_path / "samp_net.safetensors")
    assert load_scorer("samp-net", folder=tmp_path).name == "samp-net"


def test_what_is_missing_or_another_network_is_told(tensors, tmp_path, folder):
    import torch

    with pytest.raises(PPPError, match=r"samp-net needs its weights: give the file samp_net.pth"):
        load_scorer("samp-net")
    with pytest.raises(PPPError, match=r"has no samp_net.pth \(or samp_net.safetensors\)"):
        load_scorer("samp-net", folder=tmp_path)
    less = {name: one for name, one in tensors.items() if not name.startswith("alpha")}
    for changed, name in (
        (less, "alpha_predict_layer.0.weight is absent"),
        ({**tensors, "more.weight": torch.zeros(1)}, "more.weight is absent, one too many"),
        ({**tensors, "com_pred_layer.5.weight": torch.zeros(7, 512)}, "com_pred_layer.5.weight"),
        ({**tensors, "backbone.0.weight": torch.zeros(1)}, "backbone.0.weight"),
    ):
        torch.save(changed, tmp_path / FILE)
        with pytest.raises(PPPError, match=rf"is no SAMP-Net in its published setting.*{name}"):
            load_scorer("samp-net", folder=tmp_path / FILE)


def test_its_row_says_that_nothing_is_fetched():
    entry = SCORERS["samp-net"]
    assert (entry.low, entry.high, entry.needs) == (1.0, 5.0, "file")
    assert "by hand" in entry.get
