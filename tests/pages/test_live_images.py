"""Pictures dropped on the live page: before and after, each one's scores, and nothing written."""

import io
import json
import re
import shutil
from pathlib import Path

import pytest
import streamlit as st
from PIL import Image, PngImagePlugin
from streamlit.testing.v1 import AppTest

from pages import _cache as cache
from pages._live import dropping, gallery, images
from ppp_core import PPPError, load_encoder
from ppp_core.encoders import load_image_encoder
from ppp_core.encoders.efficientnet_lite0 import EfficientNetLite0
from ppp_core.evaluation.after.images_added import load_images_added
from ppp_core.predictors.after import after_targets, compare_before_after
from ppp_core.scorers import ScorerStatus, load_scorer

APP = str(Path(__file__).parents[2] / "app.py")
PROMPT = "a red fox at the edge of a forest"
COLOURS = ("red", "green", "blue", "white", "black", "orange", "purple", "grey", "pink")


def png(colour: str, *, size=(64, 48), texts: dict[str, str] | None = None) -> bytes:
    """A picture with one disc of a colour on sand."""
    from PIL import ImageDraw

    image = Image.new("RGB", size, "tan")
    ImageDraw.Draw(image).ellipse((size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2), fill=colour)
    told = PngImagePlugin.PngInfo()
    for key, text in (texts or {}).items():
        told.add_text(key, text)
    file = io.BytesIO()
    image.save(file, "PNG", pnginfo=told)
    return file.getvalue()


FILES = [(f"{colour}.png", png(colour), "image/png") for colour in COLOURS]
BROKEN = ("broken.png", png("red")[:90], "image/png")


@pytest.fixture(autouse=True)
def fresh():
    """Nothing remembered of an earlier test."""
    st.cache_data.clear()
    cache.picture_store.clear()


@pytest.fixture(scope="module")
def exported(shared_home) -> Path:
    """The folder of encoders of a home where both are exported, so that no other needs to do it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PPP_HOME", str(shared_home))
        load_encoder("minilm-l6")
        load_image_encoder("efficientnet-lite0")
    return shared_home / "encoders"


@pytest.fixture
def page(exported) -> AppTest:
    """The live page with a prompt, the tab of pictures open."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params["prompt"] = PROMPT
    app.query_params["target"] = "agiqa-3k/alignment"
    app.session_state.section = "Images"
    return app


def drop(page: AppTest, *files: tuple[str, bytes, str]) -> AppTest:
    if "pictures" not in page.session_state:
        page.run()
    page.file_uploader[0].set_value(list(files))
    page.run()
    assert not page.exception
    return page


def texts(page: AppTest) -> str:
    parts = (page.markdown, page.caption, page.info, page.warning, page.error, page.text)
    return "\n".join(element.value for part in parts for element in part).replace("\\", "")


def tables(page: AppTest) -> list:
    return [one.value for one in page.dataframe if "picture" in one.value]


def table(page: AppTest):
    (one,) = tables(page)
    return one


def written(page: AppTest) -> list[str]:
    """What is written inside the figures."""
    specs = [json.loads(one.proto.spec) for one in page.get("plotly_chart")]
    return [one["text"] for spec in specs for one in spec["layout"].get("annotations", [])]


def test_a_sentence_below_the_score_leads_here(exported):
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params["prompt"] = PROMPT
    app.run()
    assert "Generated some already?" in texts(app)
    assert len(app.file_uploader) == 0  # only the open tab is computed
    app.button(key="go_to_images").click().run()
    assert not app.exception
    assert app.session_state.section == "Images"
    assert "PPP keeps no file of them and sends them nowhere" in texts(app)
    assert "Drop the pictures that you made" in texts(app)


def test_before_and_after_stand_side_by_side(page):
    drop(page, *FILES[:3])
    contents = [content for _, content, _ in FILES[:3]]
    told = texts(page)
    for target in after_targets():
        both = compare_before_after(target, PROMPT, contents)
        assert both.sentence in told
        for one in (both.before, both.after):
            assert f"<b>{one.value:.2f}</b> ({one.low:.2f} to {one.high:.2f})" in written(page)
    assert "the mean rating that people would give images of this prompt" in told
    assert "ppp after 'a red fox at the edge of a forest' red.png green.png blue.png" in page.code[-1].value


def test_each_picture_has_its_values_and_the_best_is_marked(page):
    drop(page, *FILES[:3])
    contents = [content for _, content, _ in FILES[:3]]
    both = compare_before_after("agiqa-3k/alignment", PROMPT, contents)
    expected = {name: one.value for (name, _, _), one in zip(FILES, both.after.images, strict=False)}
    shown = table(page).set_index("picture")
    assert shown["agiqa-3k/alignment"].to_dict() == pytest.approx(expected)
    assert shown["agiqa-3k/alignment"].is_monotonic_decreasing
    assert shown["standing"].iloc[0] == "best"
    assert any(":material/star: Best" in one.value for one in page.markdown)
    assert len(page.get("image")) == 3
    for name in ("colourfulness", "contrast", "sharpness", "quality-lite", "alignment-lite", "match-lite"):
        alone = load_scorer(name).score(contents, [PROMPT] * 3)
        assert [shown[name][file] for file, _, _ in FILES[:3]] == pytest.approx(alone.tolist(), abs=1e-6)
    assert "match-lite is a small stand-in, not CLIPScore" in texts(page)


def test_pictures_are_ordered_by_what_is_chosen(page):
    drop(page, *FILES[:3])
    page.segmented_control(key="pictures_order").set_value("agiqa-3k/quality").run()
    assert not page.exception
    assert table(page)["agiqa-3k/quality"].is_monotonic_decreasing
    assert "The best by look is marked" in texts(page)


def test_a_broken_picture_is_told_and_the_others_go_on(page):
    drop(page, FILES[0], BROKEN, FILES[1])
    (error,) = page.error
    assert "broken.png: The picture cannot be read: it is damaged or cut off" in error.value.replace("\\", "")
    assert table(page)["picture"].tolist() in (["red.png", "green.png"], ["green.png", "red.png"])
    assert "After, having seen 2 images" in written(page)
    next(one for one in page.button if one.label == "Remove").click().run()
    assert not page.error
    assert len(page.session_state.pictures) == 2


def test_broken_pictures_alone_are_told_and_nothing_is_estimated(page):
    drop(page, BROKEN)
    assert len(page.error) == 1
    assert not tables(page)
    assert "ppp after" not in "".join(one.value for one in page.code)


def test_more_than_eight_are_told_and_none_is_lost(page):
    drop(page, *FILES)
    assert [one.name for one in page.session_state.pictures] == [name for name, _, _ in FILES[:8]]
    assert "8 pictures are the most. Not taken: pink.png." in page.warning[0].value
    assert len(table(page)) == 8
    assert page.file_uploader[0].disabled


def test_the_same_picture_counts_once(page):
    drop(page, FILES[0])
    drop(page, FILES[0], ("copy.png", FILES[0][1], "image/png"), FILES[1])
    told = [one.value.replace("\\", "") for one in page.warning]
    assert told[0].startswith("red.png is here already: a picture counts once")
    assert told[1].startswith("copy.png is here already as red.png: a picture counts once")
    assert [one.name for one in page.session_state.pictures] == ["red.png", "green.png"]


def test_a_file_beyond_the_limit_is_told(page, monkeypatch):
    monkeypatch.setattr(dropping, "MOST_BYTES", 1_000_000)
    drop(page, ("large.png", b"0" * 1_000_001, "image/png"), FILES[0])
    assert "large.png is too large: 1,000,001 bytes, at most 1,000,000 are taken" in page.warning[0].value
    assert len(table(page)) == 1


def test_pixels_of_a_large_picture_are_not_measured_and_that_is_told(page, monkeypatch):
    monkeypatch.setattr(cache, "MOST_PIXELS", 64 * 48)
    drop(page, FILES[0], ("large.png", png("red", size=(65, 48)), "image/png"))
    shown = table(page).set_index("picture")
    assert shown["sharpness"].isna().to_dict() == {"red.png": False, "large.png": True}
    assert shown["quality-lite"].notna().all()
    assert "Statistics of pixels are measured here on pictures of up to" in texts(page)


def test_what_was_changed_in_reading_is_told(page):
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    drop(page, ("moving.gif", file.getvalue(), "image/gif"))
    assert "The picture is animated; its first frame was taken." in texts(page)
    assert table(page)["remarks"][0] == "The picture is animated; its first frame was taken."


def test_without_a_prompt_pictures_are_scored_by_themselves(page):
    page.query_params["prompt"] = " "
    drop(page, *FILES[:2])
    assert "Type a prompt above" in texts(page)
    shown = table(page)
    assert "quality-lite" in shown
    assert not {"alignment-lite", "match-lite", "agiqa-3k/alignment"} & set(shown)
    assert written(page) == []
    assert len(page.get("image")) == 2


@pytest.mark.parametrize(
    "told",
    [
        {"parameters": "two *dogs*\nNegative prompt: cats\nSteps: 20, Seed: 7"},
        {
            "prompt": json.dumps(
                {
                    "1": {"class_type": "KSampler", "inputs": {"positive": ["2", 0]}},
                    "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "two *dogs*"}},
                }
            )
        },
    ],
)
def test_a_prompt_in_the_metadata_is_offered(page, told):
    drop(page, ("told.png", png("red", texts=told), "image/png"), FILES[1])
    assert "told.png: the file tells that it was made from another prompt" in texts(page)
    assert [one.value for one in page.text] == ["two *dogs*"]
    page.button(key="use_told_0").click().run()
    assert not page.exception
    assert page.session_state.prompt == "two *dogs*"
    assert "it was made from" not in texts(page)
    assert len(page.session_state.pictures) == 2


def test_metadata_that_tell_the_same_prompt_are_not_mentioned(page):
    drop(page, ("told.png", png("red", texts={"parameters": f"{PROMPT}\nSteps: 20, Seed: 1"}), "image/png"))
    assert "it was made from" not in texts(page)


def test_a_target_without_an_estimate_after_generation_is_told_why(page):
    page.query_params["target"] = "pqpp/hbpp-sdxl"
    drop(page, FILES[0])
    assert "For **Relevance of SDXL images**, chosen above, there is no after-generation" in texts(page)
    assert "PQPP's images do not come with its data" in texts(page)
    assert written(page).count("After, having seen 1 image") == 2  # the others are shown


def test_what_is_unlike_the_training_prompts_is_flagged(page):
    page.query_params["prompt"] = "select * from invoices where tax > 7 order by quarter"
    drop(page, FILES[0])
    assert "take the estimate with doubt" in texts(page)


def test_another_prompt_embeds_no_picture_again(page, monkeypatch):
    seen = []
    encode = EfficientNetLite0.encode_images
    monkeypatch.setattr(
        EfficientNetLite0,
        "encode_images",
        lambda self, pictures: seen.extend(pictures) or encode(self, pictures),
    )
    drop(page, *FILES[:3])
    assert len(seen) == 3
    before = table(page).set_index("picture")["agiqa-3k/alignment"].to_dict()
    page.session_state.prompt = "two dogs on a beach"
    page.run()
    assert not page.exception
    after = table(page).set_index("picture")["agiqa-3k/alignment"].to_dict()
    assert len(seen) == 3
    assert after != before


def test_pictures_stay_when_another_page_is_visited(page):
    drop(page, *FILES[:2])
    page.switch_page("pages/correlations.py").run()
    assert not page.exception
    page.switch_page("pages/live.py").run()
    assert not page.exception
    assert "You dropped 2 images" in texts(page)
    page.session_state.section = "Images"
    page.run()
    assert len(table(page)) == 2


def test_pictures_are_taken_away(page):
    drop(page, *FILES[:3])
    page.button(key=f"remove_{page.session_state.pictures[1].sha256}").click().run()
    assert sorted(table(page)["picture"]) == ["blue.png", "red.png"]
    page.button(key="pictures_clear").click().run()
    assert not tables(page)
    assert "Drop the pictures that you made" in texts(page)


def test_a_public_demo_takes_pictures_and_writes_nothing(page, exported, monkeypatch, tmp_path):
    shutil.copytree(exported, tmp_path / "encoders")
    monkeypatch.setenv("PPP_HOME", str(tmp_path))
    monkeypatch.setenv("PPP_PUBLIC", "1")
    before = sorted(tmp_path.rglob("*"))
    drop(page, *FILES[:2])
    assert len(table(page)) == 2
    assert sorted(tmp_path.rglob("*")) == before


def test_nothing_is_written_on_a_machine_of_ones_own_either(page, exported, monkeypatch, tmp_path):
    shutil.copytree(exported, tmp_path / "encoders")
    monkeypatch.setenv("PPP_HOME", str(tmp_path))
    before = sorted(tmp_path.rglob("*"))
    drop(page, *FILES[:2])
    assert sorted(tmp_path.rglob("*")) == before


def test_markup_in_a_files_name_and_prompt_stays_text(page):
    name = "![x](http:a).png"
    told = {"parameters": "<b>x</b> ![y](http://b)\nSteps: 1, Seed: 1"}
    drop(page, (name, png("red", texts=told), "image/png"), ("[k](http:c).png", b"nothing", "image/png"))
    shown = [one.value for part in (page.markdown, page.caption, page.error, page.warning) for one in part]
    assert not any(re.search(r"(?<!\\)(\]\(|<b>)", one) for one in shown)
    assert page.text[0].value == "<b>x</b> ![y](http://b)"
    assert table(page)["picture"].tolist() == [name]


def test_what_goes_wrong_is_one_line(page, monkeypatch):
    def fail(*_, **__):
        raise PPPError("No dual-lite in [x](http://elsewhere).")

    monkeypatch.setattr(cache, "compare_before_after", fail)
    drop(page, FILES[0])
    assert [one.value.replace("\\", "") for one in page.error] == ["No dual-lite in [x](http://elsewhere)."]


def test_real_clip_takes_the_place_of_its_stand_in(monkeypatch):
    kept = cache.scorers.scorer_status

    def with_clip():
        return [
            ScorerStatus(one.name, one.title, True, one.get) if one.name == "clipscore" else one
            for one in kept()
        ]

    assert "match-lite" in cache.picture_scorers(with_prompt=True)
    st.cache_data.clear()
    monkeypatch.setattr(cache.scorers, "scorer_status", with_clip)
    here = cache.picture_scorers(with_prompt=True)
    assert "clipscore" in here
    assert "match-lite" not in here
    assert "clipscore" not in cache.picture_scorers(with_prompt=False)


def test_how_much_pictures_add_is_shown_with_data_and_intervals(page):
    page.session_state.images_added = True  # the expander is open
    page.run()
    assert not page.exception
    curve = load_images_added()["agiqa-3k/quality"]
    words, seen = (curve.find(n, reads).spearman for n, reads in ((0, "words"), (10, "both")))
    assert (
        f"The words alone reach **{words.value:.2f}** ({words.low:.2f} to {words.high:.2f}); with 10 "
        f"pictures seen beside them it is **{seen.value:.2f}** ({seen.low:.2f} to {seen.high:.2f})"
    ) in texts(page)
    assert "300 prompts with pictures by six generators" in texts(page)
    assert "ppp after --curve agiqa-3k" in [one.value for one in page.code]
    page.segmented_control(key="images_added_against").set_value("unseen").run()
    assert not page.exception
    assert "with 4 pictures seen beside them" in texts(page)


def test_a_command_line_can_be_pasted():
    one = dropping.read("-a 'b'.png", png("red"), "")
    assert (
        images.command_line("a cat's hat", [one]) == """ppp after 'a cat'"'"'s hat' './-a '"'"'b'"'"'.png'"""
    )


def test_long_names_keep_their_ending():
    assert gallery._short("fox.png") == "fox.png"
    assert gallery._short("a_very_long_name_of_a_file.jpeg") == "a_very_lo…file.jpeg"
