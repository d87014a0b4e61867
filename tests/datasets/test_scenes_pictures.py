"""Scenes: that pictures show what was drawn, how they are measured, where they are kept."""

import ast
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageFilter
from skimage.measure import label, regionprops

from ppp_core.datasets import get_dataset, installed, load_dataset, remove_dataset, scenes, shelf, simulated
from ppp_core.datasets.frames import check
from ppp_core.datasets.scenes import drawing, gallery, textures
from ppp_core.errors import PPPError
from ppp_core.image_statistics import colourfulness, statistics

ROOT = Path(__file__).resolve().parents[2]
FACTORS = scenes.FACTORS
PLAIN = scenes.Scene(
    subject="cat", colour="orange", number="two", size="medium", position="middle", setting="forest",
    light="noon", weather="clear", palette="vivid", style="flat", variant=5,
)  # fmt: skip
INSIDE = replace(PLAIN, setting="kitchen", light="sunset", palette="warm", style="watercolour", variant=12)


def pixels(scene, *, size=96):
    return np.asarray(scenes.draw(scene, size=size)).astype(int)


def share_changed(one, other):
    """Of the pixels, how many differ visibly."""
    return float((np.abs(one - other).max(axis=-1) > 12).mean())


class TestPictures:
    @pytest.mark.parametrize("scene", [PLAIN, INSIDE], ids=["outside", "inside"])
    @pytest.mark.parametrize("factor", FACTORS)
    def test_each_level_is_seen(self, factor, scene):
        levels = [level.name for level in scenes.recipe().levels(factor)]
        drawn = [pixels(replace(scene, **{factor: level})) for level in levels]
        for number, one in enumerate(drawn):
            for other in range(number):
                assert share_changed(one, drawn[other]) > 0.02, (levels[number], levels[other])

    def test_every_subject_is_drawn_and_unlike_the_others(self):
        large = replace(PLAIN, number="one", size="large")
        drawn = [pixels(replace(large, subject=name)) for name in scenes.recipe().subjects]
        for number, one in enumerate(drawn):
            assert min((share_changed(one, other) for other in drawn[:number]), default=1) > 0.04

    def test_subjects_have_the_colour_that_is_drawn(self):
        for colour, channel in (("red", 0), ("green", 1), ("blue", 2)):
            drawn = pixels(
                replace(PLAIN, subject="apple", number="one", size="large", setting="moon", colour=colour)
            )
            assert drawn[60:75, 44:52].mean(axis=(0, 1)).argmax() == channel

    @pytest.mark.parametrize("size", ["small", "medium", "large"])
    def test_so_many_are_seen_as_are_drawn(self, size):
        for number, word in enumerate(("one", "two", "three", "four", "five"), start=1):
            drawn = pixels(replace(PLAIN, subject="apple", number=word, size=size, setting="moon"), size=384)
            orange = (drawn[..., 0] > 190) & (drawn[..., 2] < 90)
            assert sum(region.area > 100 for region in regionprops(label(orange))) == number

    def test_position_is_where_it_is(self):
        middle = []
        for position in ("left", "middle", "right"):
            drawn = pixels(replace(PLAIN, subject="apple", number="one", setting="moon", position=position))
            middle.append(np.nonzero((drawn[..., 0] > 190) & (drawn[..., 2] < 90))[1].mean())
        assert middle[0] < 40 < middle[1] < 56 < middle[2]

    @pytest.mark.parametrize("weather", ["rain", "snow", "fog", "storm"])
    def test_what_falls_and_drifts_is_seen(self, weather, monkeypatch):
        whole = pixels(replace(PLAIN, weather=weather))
        monkeypatch.setattr(drawing, "draw_weather", lambda stage: None)
        assert share_changed(whole, pixels(replace(PLAIN, weather=weather))) > 0.01

    def test_painters_have_two_hands(self):
        assert share_changed(pixels(PLAIN), pixels(replace(PLAIN, painter="grain"))) > 0.1

    def test_the_rest_is_drawn_at_random(self):
        assert share_changed(pixels(PLAIN), pixels(replace(PLAIN, variant=6))) > 0.05

    def test_same_scene_same_pixels_also_with_nothing_kept_in_memory(self):
        scene = replace(INSIDE, light="spotlight", weather="fog", painter="grain", style="woodcut")
        first = pixels(scene)
        for made in (textures.grain, textures.engraving):
            made.cache_clear()
        np.testing.assert_array_equal(first, pixels(scene))

    @pytest.mark.parametrize(
        ("name", "colour", "contrast", "entropy", "brightness"),
        [
            ("scene-0001-smooth-0", 29.0, 0.186, 3.23, 0.761),
            ("scene-0100-grain-3", 0.0, 0.176, 3.86, 0.293),
            ("scene-0245-smooth-2", 10.6, 0.190, 5.70, 0.824),
        ],
    )
    def test_golden_pictures(self, name, colour, contrast, entropy, brightness):
        found = statistics(scenes.draw(name, size=128))
        assert found["colourfulness"] == pytest.approx(colour, abs=0.2)
        assert found["contrast"] == pytest.approx(contrast, abs=0.003)
        assert found["entropy"] == pytest.approx(entropy, abs=0.05)
        assert found["brightness"] == pytest.approx(brightness, abs=0.003)

    @pytest.mark.parametrize("size", [48, 192, 257])
    def test_sizes(self, size):
        assert scenes.draw(INSIDE, size=size).size == (size, size)

    @pytest.mark.parametrize(
        ("scene", "size", "message"),
        [
            (PLAIN, 47, r"48 to 1024 pixels across, got 47"),
            (PLAIN, 1025, r"48 to 1024 pixels across, got 1025"),
            (
                "scene-0246-smooth-0",
                96,
                r"from 'scene-0001-smooth-0' to 'scene-0245-grain-3', got 'scene-0246-",
            ),
            ("scene-0000-smooth-0", 96, r"got 'scene-0000-smooth-0'"),
            ("scene-0001-rough-0", 96, r"got 'scene-0001-rough-0'"),
            ("scene-0001-smooth-4", 96, r"got 'scene-0001-smooth-4'"),
            ("../etc", 96, r"got '../etc'"),
        ],
    )
    def test_what_cannot_be_drawn(self, scene, size, message):
        with pytest.raises(PPPError, match=message):
            scenes.draw(scene, size=size)

    def test_a_row_of_images_is_a_scene(self):
        row = scenes.make(ratings_only=True).images.iloc[773]
        np.testing.assert_array_equal(pixels(scenes.scene_of(row)), pixels(row["image_id"]))
        with pytest.raises(PPPError, match=r"A row of Scenes' images was wanted"):
            scenes.scene_of(pd.Series({"image_id": "a", "generator": "smooth"}))


class TestStatistics:
    def test_by_hand(self):
        half = np.zeros((32, 32, 3), dtype=np.uint8)
        half[:, 16:] = 255
        found = statistics(Image.fromarray(half))
        assert (found["contrast"], found["brightness"], found["entropy"]) == (0.5, 0.5, 1.0)
        assert found["colourfulness"] == 0

    def test_colourfulness_by_hand(self):
        half = np.zeros((2, 2, 3), dtype=np.uint8)
        half[0], half[1] = (255, 0, 0), (0, 0, 255)  # red-green 255 and 0; yellow-blue 127.5 and -255
        spread = (127.5**2 + 191.25**2) ** 0.5
        assert colourfulness(half) == pytest.approx(spread + 0.3 * (127.5**2 + 63.75**2) ** 0.5)

    def test_colourfulness_stays_below_its_bound(self):
        high = next(target.high for target in scenes.CARD.targets if target.measure == "colourfulness")
        corners = [(r, g, b) for r in (0, 255) for g in (0, 255) for b in (0, 255)]
        for one in corners:
            for other in corners:
                for share in (0, 1, 2, 4, 8):
                    flat = np.array([one] * share + [other] * (8 - share), dtype=np.uint8)[None]
                    assert colourfulness(flat) < high

    def test_sharper_is_higher_and_nothing_is_zero(self):
        sharp = scenes.draw(PLAIN, size=96)
        soft = sharp.filter(ImageFilter.GaussianBlur(2))
        assert statistics(sharp)["sharpness"] > statistics(soft)["sharpness"] + 0.1
        assert statistics(Image.new("RGB", (32, 32), (9, 9, 9)))["sharpness"] == 0

    def test_all_lie_within_the_targets_bounds(self):
        dataset = scenes.make(n_prompts=28, seeds=1, seed=9)
        check(dataset)
        for target in scenes.CARD.targets:
            values = dataset.ratings.loc[dataset.ratings["target"] == target.name, "value"]
            assert len(values) == 56
            assert values.between(target.low, target.high).all()
            assert values.nunique() > 40


@pytest.fixture(scope="module")
def made():
    return scenes.make(ratings_only=True)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An own home, a small set, and how often it was drawn."""
    drawn = []
    make = partial(scenes.make, n_prompts=7, seeds=1)
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PPP_PUBLIC", raising=False)
    monkeypatch.setattr(scenes, "make", lambda **options: drawn.append(1) or make(**options))
    return tmp_path / "home", drawn


def kept(home):
    return home / "datasets" / "scenes" / scenes.key()


class TestKeeping:
    def test_drawn_once_and_kept(self, home):
        place, drawn = home
        first, second = load_dataset("scenes"), load_dataset("scenes")
        assert drawn == [1]
        for kind in ("prompts", "images", "ratings"):
            pd.testing.assert_frame_equal(getattr(first, kind), getattr(second, kind))
        assert len(first.images) == len(list(kept(place).glob("*.png"))) == 14
        assert len(first.ratings) == 14 * 6
        row = first.images.iloc[3]
        picture = np.asarray(Image.open(row["path"]))
        np.testing.assert_array_equal(
            picture, np.asarray(scenes.draw(scenes.scene_of(row), size=gallery.SIZE))
        )
        mine = first.ratings[first.ratings["image_id"] == row["image_id"]].set_index("target")["value"]
        assert mine["scenes/contrast"] == statistics(Image.open(row["path"]))["contrast"]
        assert installed() == []

    def test_ratings_alone_are_those_of_the_pictures(self):
        alone, drawn = (scenes.make(n_prompts=7, seeds=1, ratings_only=only) for only in (True, False))
        known = drawn.ratings[drawn.ratings["target"] == "scenes/known"]
        pd.testing.assert_frame_equal(alone.ratings, known)
        pd.testing.assert_frame_equal(alone.prompts, drawn.prompts)

    def test_public_demo_writes_nothing(self, home, monkeypatch):
        place, _ = home
        monkeypatch.setenv("PPP_PUBLIC", "1")
        dataset = load_dataset("scenes")
        assert dataset.images["path"].isna().all()
        assert len(dataset.ratings) == 14 * 6
        assert not place.exists()

    def test_what_is_broken_or_old_is_drawn_anew(self, home, monkeypatch):
        place, drawn = home
        load_dataset("scenes")
        (kept(place) / "ratings.parquet").write_bytes(b"broken")
        assert len(load_dataset("scenes").ratings) == 14 * 6
        old = kept(place)
        monkeypatch.setattr(scenes, "key", lambda: "another")
        load_dataset("scenes")
        assert drawn == [1, 1, 1]
        assert not old.exists()

    def test_where_nothing_can_be_written_it_is_drawn_in_memory(self, home):
        place, drawn = home
        place.write_text("in the way")
        assert len(load_dataset("scenes").ratings) == 14 * 6
        assert drawn == [1]

    def test_another_process_at_it(self, home, monkeypatch):
        monkeypatch.setattr(shelf, "_LOCK_SECONDS", 0)
        with shelf.locked("scenes"):
            assert load_dataset("scenes").images["path"].isna().all()

    def test_lost_picture_is_told(self, home):
        place, _ = home
        load_dataset("scenes")
        next(kept(place).glob("*.png")).unlink()
        assert load_dataset("scenes").notes[-1] == "13 of 14 pictures are on this machine."

    def test_removed(self, home):
        place, _ = home
        with pytest.raises(PPPError, match=r"Unknown installed data set 'scenes'"):
            remove_dataset("scenes")
        load_dataset("scenes")
        remove_dataset("scenes")
        assert not kept(place).parent.exists()

    def test_folder_that_cannot_be_written(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(PPPError, match=r"Cannot write pictures in .*file"):
            scenes.make(n_prompts=1, seeds=1, pictures=tmp_path / "file")

    def test_nothing_to_fetch(self, home):
        with pytest.raises(PPPError, match=r"scenes is drawn by PPP itself and needs no fetching"):
            get_dataset("scenes")

    def test_progress_and_listing(self):
        told = []
        scenes.make(n_prompts=3, seeds=1, progress=lambda *numbers: told.append(numbers))
        assert told == [(number, 6) for number in range(1, 7)]
        (one,) = simulated()
        assert (one.name, one.origin, one.n_prompts, one.n_images) == ("scenes", "simulated", 245, 1960)
        assert one.n_ratings == 1960 * 6


class TestItTrainsNothingThatIsShipped:
    def test_the_scripts_lists_have_no_simulated_set(self):
        tree = ast.parse((ROOT / "scripts" / "train_models.py").read_text(encoding="utf-8"))
        words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        lists = {
            target.id: ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign)
            and node.targets[0].id in ("NAMES", "PEOPLE", "POOLED", "ADAPTED_TO")
            for target in node.targets
        }
        assert set(lists) == {"NAMES", "PEOPLE", "POOLED", "ADAPTED_TO"}
        assert not [word for word in words if isinstance(word, str) and word.startswith("scenes")]

    def test_no_shipped_predictor_has_learned_from_it(self):
        from ppp_core.predictors.shipped import shipped_cards

        cards = shipped_cards()
        assert cards
        for card in cards:
            assert card["target"]["judged_by"] != "simulated"
            assert "scenes" not in card["data"]["name"]

    def test_no_measured_result_is_of_it(self):
        from ppp_core.evaluation.benchmark.board import load_board, load_published

        for board in (load_board(), load_published()):
            assert {row.judged_by for row in board.rows} & {"simulated"} == set()

    def test_a_user_may_train_on_it_as_an_exercise(self, made):
        from ppp_core.evaluation.parts import target_data

        assert len(target_data(made, "scenes/known").train) == 245

    def test_benchmarks_leave_it_out_unless_asked(self, home):
        from ppp_core.evaluation.benchmark.plan import make_plan

        with pytest.raises(PPPError, match=r"No data set that people judged is on this machine"):
            make_plan(predictors=["length"])
        with pytest.raises(
            PPPError, match=r"scenes has no target that people judged; name one of its targets"
        ):
            make_plan(["scenes"], predictors=["length"])
