"""Maps against scikit-learn's, placed points, and UMAP that can be stopped."""

import subprocess

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from ppp_core.errors import PPPError
from ppp_core.modality_gap import METHODS, Cancelled, clusters, kept_projection, make_pairs, place, project
from ppp_core.modality_gap import projections as module
from ppp_core.modality_gap.faithfulness import faithfulness
from ppp_core.modality_gap.umap_map import umap_coordinates


@pytest.fixture
def pairs(clouds):
    return make_pairs(*clouds(80, 8, gap=2))


@pytest.fixture
def drawn(monkeypatch):
    """Instead of UMAP: the first two dimensions, at once. Gives the calls."""
    calls = []

    def coordinates(vectors, *, neighbours, distance, seed, progress=None, cancel=None):
        calls.append((neighbours, distance, seed))
        return vectors[:, :2] * 10

    monkeypatch.setattr(module, "umap_coordinates", coordinates)
    return calls


@pytest.fixture
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("PPP_HOME", str(tmp_path))
    return tmp_path


def test_pca_is_scikit_learns(pairs):
    both = np.concatenate([pairs.text, pairs.image])
    wanted = PCA(2, svd_solver="full").fit(both)
    found = project(pairs)
    xy = np.concatenate([found.text_xy, found.image_xy])
    np.testing.assert_allclose(np.abs(xy), np.abs(wanted.transform(both)), atol=1e-4)
    assert found.x_title == f"PC 1 ({wanted.explained_variance_ratio_[0]:.0%} of the variance)"


def test_the_gap_axis_is_the_difference_of_the_means(pairs):
    found = project(pairs, method="gap-axis")
    gap = pairs.image.mean(axis=0) - pairs.text.mean(axis=0)
    length = np.linalg.norm(gap)
    mean = found.image_xy.mean(axis=0) - found.text_xy.mean(axis=0)
    np.testing.assert_allclose(mean, [length, 0], atol=1e-5)
    middle = (pairs.text.mean(axis=0) + pairs.image.mean(axis=0)) / 2
    np.testing.assert_allclose(found.text_xy[:, 0], (pairs.text - middle) @ gap / length, atol=1e-5)
    assert found.axes @ found.axes.T == pytest.approx(np.eye(2), abs=1e-5)


def test_signs_do_not_depend_on_the_order_of_the_pairs(pairs):
    order = np.random.default_rng(0).permutation(len(pairs))
    np.testing.assert_allclose(project(pairs.rows(order)).text_xy, project(pairs).text_xy[order], atol=1e-4)


@settings(max_examples=20)
@given(st.integers(20, 60), st.integers(2, 6), st.integers(0, 99))
def test_faithfulness_is_scikit_learns(n, k, seed):
    random = np.random.default_rng(seed)
    vectors, xy = random.normal(size=(n, 5)), random.normal(size=(n, 2))
    trust, overlap, compared = faithfulness(vectors, xy, neighbours=k)
    assert trust == pytest.approx(trustworthiness(vectors, xy, n_neighbors=k))
    near = [
        NearestNeighbors(n_neighbors=k).fit(one).kneighbors(return_distance=False) for one in (vectors, xy)
    ]
    assert overlap == pytest.approx(np.mean([len(set(a) & set(b)) / k for a, b in zip(*near, strict=True)]))
    assert compared == n


def test_of_many_pairs_some_are_shown_and_it_is_said(pairs):
    found = project(pairs, largest=30, seed=4)
    assert (found.n, found.of) == (30, 80)
    assert found.shown == "30 of 80 pairs shown, drawn at random (seed 4)"
    assert project(pairs).shown == "80 of 80 pairs shown"
    known = project(pairs.rows(found.rows))
    np.testing.assert_allclose(found.text_xy, known.text_xy, atol=1e-6)


def test_faithfulness_of_many_points_tells_how_many_were_compared(pairs, monkeypatch):
    monkeypatch.setattr("ppp_core.modality_gap.faithfulness.MOST_POINTS", 100)
    assert project(pairs).notes == ("Faithfulness measured on 100 points at random.",)


def test_points_of_a_linear_map_are_placed_where_they_are(pairs):
    for method in ("pca", "gap-axis"):
        found = project(pairs, method=method)
        placed = place(found, pairs, pairs.image * 3, side="image")
        np.testing.assert_allclose(placed.xy, found.image_xy, atol=1e-5)
        assert placed.how == "projected on the same axes"
        np.testing.assert_allclose(placed.distance, 0, atol=1e-5)


def test_points_of_other_maps_come_between_their_neighbours(pairs, drawn, own_home):
    found = project(pairs, method="umap")
    placed = place(found, pairs, pairs.text[3:4])
    np.testing.assert_allclose(placed.xy[0], found.text_xy[3], atol=1e-2)  # its own neighbour, by far
    assert placed.how == "at the mean of its 5 nearest prompts, weighted by one over their distance"
    new = pairs.image[:1] + pairs.image[1:2]
    nearest = np.argsort(-(new @ pairs.image.T)[0])[:3]
    far = 1 - (new / np.linalg.norm(new) @ pairs.image.T)[0, nearest]
    wanted = np.average(found.image_xy[nearest], axis=0, weights=1 / far)
    np.testing.assert_allclose(place(found, pairs, new, side="image", k=3).xy[0], wanted, rtol=1e-3)


def test_coordinates_are_kept_by_content_and_settings(pairs, drawn, own_home):
    options = {"method": "umap", "neighbours": 7, "distance": 0.3, "seed": 2}
    assert kept_projection(pairs, **options) is None
    first = project(pairs, **options)
    again = kept_projection(pairs, **options)
    np.testing.assert_array_equal(again.text_xy, first.text_xy)
    assert drawn == [(7, 0.3, 2)]
    for other in ({"seed": 3}, {"neighbours": 8}, {"distance": 0.2}):
        assert kept_projection(pairs, **{**options, **other}) is None
    assert kept_projection(pairs.rows(range(79)), **options) is None
    assert kept_projection(pairs, method="pca") is not None
    assert first.settings == {"neighbours": 7, "distance": 0.3, "seed": 2}
    project(pairs, **options, keep=False)
    assert len(drawn) == 2


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 damaged", b"no archive"])
def test_damaged_coordinates_are_made_anew(pairs, drawn, own_home, content):
    project(pairs, method="umap")
    (path,) = (own_home / "coordinates").iterdir()
    path.write_bytes(content)
    project(pairs, method="umap")
    assert len(drawn) == 2
    assert kept_projection(pairs, method="umap") is not None


def test_a_public_demo_keeps_nothing(pairs, drawn, own_home, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    project(pairs, method="umap")
    assert not (own_home / "coordinates").exists()


def test_umap_neighbours_are_no_more_than_there_are(clouds, drawn, own_home):
    project(make_pairs(*clouds(5, 4)), method="umap", neighbours=50)
    assert drawn == [(9, 0.1, 0)]


FAKE = """
import sys, time
from pathlib import Path
import numpy as np
folder = Path(sys.argv[1])
if "seed\\": 1}" in (folder / "settings.json").read_text():
    sys.exit("no memory left")
for percent in (3, 50, 100):
    print(f"\\r{percent}%", end="", file=sys.stderr, flush=True)
    time.sleep(0.4)
np.save(folder / "xy.npy", np.load(folder / "vectors.npy")[:, :2])
"""


@pytest.fixture
def quick_program(tmp_path, monkeypatch):
    """A program in UMAP's place: three steps; seed 1 ends it early."""
    path = tmp_path / "fake.py"
    path.write_text(FAKE)
    monkeypatch.setattr("ppp_core.modality_gap.umap_map._PROGRAM", path)


def test_progress_is_told_as_it_goes(pairs, quick_program):
    told = []
    xy = umap_coordinates(
        pairs.text, neighbours=5, distance=0.1, seed=0, progress=lambda *step: told.append(step)
    )
    np.testing.assert_array_equal(xy, pairs.text[:, :2])
    assert told == sorted(set(told))
    assert told[-1] == (100, 100)
    assert {(3, 100), (50, 100)} & set(told)


def test_stopping_ends_the_process(pairs, quick_program, monkeypatch):
    started = []
    popen = subprocess.Popen

    def watched(*arguments, **options):
        started.append(popen(*arguments, **options))
        return started[0]

    monkeypatch.setattr(subprocess, "Popen", watched)
    asked = []

    def cancel():
        asked.append(1)
        return len(asked) > 2

    with pytest.raises(Cancelled, match="UMAP was stopped"):
        umap_coordinates(pairs.text, neighbours=5, distance=0.1, seed=0, cancel=cancel)
    assert len(asked) == 3
    assert started[0].poll() not in (None, 0)


def test_the_process_last_words_are_told(pairs, quick_program):
    with pytest.raises(PPPError, match=r"UMAP stopped: no memory left\."):
        umap_coordinates(pairs.text, neighbours=5, distance=0.1, seed=1)


@pytest.mark.slow
def test_umap_draws_neighbours_together(clouds, own_home):
    text, image = clouds(30, 8, gap=40)
    found = project(make_pairs(text, image), method="umap", neighbours=5)
    assert found.trustworthiness > 0.75
    xy = np.concatenate([found.text_xy, found.image_xy])
    sides = np.repeat([0, 1], 30)
    assert KNeighborsClassifier(5).fit(xy, sides).score(xy, sides) == 1


@pytest.mark.slow
def test_umap_repeats_itself_to_the_bit(clouds):
    pairs, percents = make_pairs(*clouds(60, 8, gap=2)), []
    first = project(pairs, method="umap", keep=False, progress=lambda *step: percents.append(step))
    again = project(pairs, method="umap", keep=False)
    np.testing.assert_array_equal(first.text_xy, again.text_xy)
    assert percents[-1] == (100, 100)
    assert percents == sorted(percents)


def test_clusters_find_what_was_made():
    random = np.random.default_rng(0)
    sizes = [40, 25, 15]
    owner = np.repeat([0, 1, 2], sizes)
    centres = np.eye(8)[:3] * 4
    text = centres[owner] + 0.3 * random.normal(size=(80, 8)) + np.eye(8)[6]
    image = centres[owner] + 0.3 * random.normal(size=(80, 8)) - np.eye(8)[7]
    np.testing.assert_array_equal(clusters(make_pairs(text, image), k=3), owner)
    with pytest.raises(PPPError, match=r"k from 2 to the number of pairs \(80\), got 1"):
        clusters(make_pairs(text, image), k=1)


def test_clusters_see_prompts_and_pictures_alike():
    """Two kinds of prompts and two of pictures, crossed, make four."""
    random = np.random.default_rng(0)
    told, shown = np.repeat([0, 1, 0, 1], [40, 30, 20, 10]), np.repeat([0, 0, 1, 1], [40, 30, 20, 10])
    text = np.eye(8)[told] * 4 + 0.2 * random.normal(size=(100, 8)) + np.eye(8)[6]
    image = np.eye(8)[2 + shown] * 4 + 0.2 * random.normal(size=(100, 8)) - np.eye(8)[7]
    np.testing.assert_array_equal(clusters(make_pairs(text, image), k=4), told + 2 * shown)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"method": "tsne"}, "Unknown projection 'tsne'. .*Known: pca, gap-axis, umap"),
        ({"neighbours": 1}, "neighbours needs to lie between 2 and 200, got 1"),
        ({"distance": 1.5}, "distance needs to lie between 0 and 1, got 1.5"),
        ({"largest": 3}, "A map needs at least 4 pairs, got 3"),
    ],
)
def test_bad_settings_are_refused(pairs, options, told):
    with pytest.raises(PPPError, match=told):
        project(pairs, **options)


def test_new_points_must_fit(pairs):
    with pytest.raises(PPPError, match="This map is of 8 dimensions, got vectors of 3"):
        place(project(pairs), pairs, np.eye(3))
    with pytest.raises(PPPError, match="Unknown side 'prompt'"):
        place(project(pairs), pairs, pairs.text, side="prompt")


def test_every_method_is_described():
    assert [one.linear for one in METHODS.values()] == [True, True, False]


@pytest.mark.real_data
def test_the_gap_axis_parts_real_pairs(coco):
    found = project(coco, method="gap-axis")
    assert found.text_xy[:, 0].max() < 0 < found.image_xy[:, 0].min()
    assert found.image_xy[:, 0].mean() - found.text_xy[:, 0].mean() == pytest.approx(0.851, abs=5e-4)
