"""The page about modifiers opens on Scenes on a fresh machine, reacts, plans, and shows failures well."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages import _cache_modifiers as cache
from ppp_core import PPPError
from ppp_core.datasets import import_dataset, scenes

ROOT = Path(__file__).resolve().parents[2]
SECTIONS = (
    "Tests",
    "How many modifiers",
    "Each modifier",
    "Seeds and raters",
    "Groups",
    "Compare",
    "Plan an experiment",
    "Your own data",
    "Take away",
)


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """A machine without any data set."""
    monkeypatch.setenv("PPP_HOME", str(tmp_path))
    monkeypatch.delenv("PPP_PUBLIC", raising=False)


@pytest.fixture
def cleared(fresh):
    """A fresh machine on which nothing is kept from other tests, nor for them."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def mine(fresh, tmp_path):
    """A data set of one's own: 10 subjects at 4 counts, three images each; more modifiers, less apart."""
    rows = []
    for place in range(40):
        count = place % 4
        prompt = f"a fox number {place // 4}" + ", oil painting, 4k, cyberpunk"[: [0, 14, 18, 29][count]]
        for image, step in enumerate((-1, 0, 1)):
            name = f"{place}-{image}.png"
            Image.new("RGB", (8, 8)).save(tmp_path / name)
            wide = step * (1 + place % 7 / 20)
            rows.append((prompt, name, 3 + wide * (1 - count / 4), 3 + wide))
    table = pd.DataFrame(rows, columns=["prompt", "image", "look", "match"])
    (tmp_path / "0-1.png").write_bytes(b"no picture")
    import_dataset(io.BytesIO(table.to_csv(index=False).encode()), name="mine", format="csv", images=tmp_path)


@pytest.fixture
def page():
    return AppTest.from_file(str(ROOT / "pages" / "modifiers.py"), default_timeout=120)


def texts(page):
    parts = (page.markdown, page.caption, page.info, page.warning, page.error, page.success)
    return "\n".join(element.value for part in parts for element in part).replace("\\", "")


def address(page, name):
    value = page.query_params.get(name)
    return value[0] if isinstance(value, list) else value


def charts(page):
    return len(page.get("plotly_chart"))


def test_a_fresh_machine_opens_on_scenes_and_says_that_it_is_simulated(fresh, page):
    page.run()
    assert not page.exception
    assert not page.error
    assert page.selectbox(key="mod_data").value == "scenes"
    assert page.selectbox(key="mod_meaning").value == "samples"
    answer = page.info[0].value.replace("\\", "")
    assert answer.startswith("On Scenes (simulated), the known score varies less with more modifiers: ρ −.")
    assert "245 prompts, across samples of one generator" in answer
    assert "Simulated: drawn by PPP's own program" in texts(page)
    assert address(page, "data") == "scenes"
    tests = next(one.value for one in page.dataframe if "What it asks" in one.value.columns)
    assert tests["Test"][0] == "Rank correlation"
    assert tests["Verdict"][0] == "less spread with more modifiers"


def test_another_target_of_scenes_has_its_pictures_drawn(cleared, page, monkeypatch):
    made = scenes.make(ratings_only=True)
    measured = replace(made, ratings=made.ratings.assign(target="scenes/colourfulness"))
    monkeypatch.setattr(cache.datasets, "load_dataset", lambda name: measured)
    page.run()
    page.selectbox(key="mod_target").set_value("scenes/colourfulness").run()
    assert not page.exception
    assert "the colourfulness score varies less" in page.info[0].value
    assert address(page, "target") == "scenes/colourfulness"


def test_meaning_count_and_generator_change_the_answer_and_the_address(fresh, page):
    page.run()
    page.selectbox(key="mod_count").set_value("segments").run()
    assert address(page, "count") == "segments"
    page.selectbox(key="mod_generator").set_value("grain").run()
    assert not page.exception
    assert address(page, "generator") == "grain"
    page.selectbox(key="mod_meaning").set_value("generators-raw").run()
    assert not page.exception
    assert "across generators, as they are" in page.info[0].value.replace("\\", "")
    assert address(page, "meaning") == "generators-raw"
    assert address(page, "generator") is None  # all of them count then
    page.selectbox(key="mod_meaning").set_value("prompts").run()
    assert not page.exception
    assert "across prompts" in page.info[0].value.replace("\\", "")


def test_a_link_brings_the_choice_and_nonsense_in_it_is_ignored(fresh, page):
    page.query_params["meaning"] = "generators"
    page.query_params["count"] = "<b>no</b>"
    page.query_params["prompt"] = "scene-0002"
    page.query_params["taken"] = "True"
    page.query_params["section"] = "Take away"
    page.run()
    assert not page.exception
    assert page.session_state.mod_meaning == "generators"
    assert page.session_state.mod_count == "given"
    assert page.session_state.mod_prompt == "scene-0002"
    assert page.toggle(key="mod_taken").value is True
    assert "<b>" not in texts(page)
    assert "ppp spread scenes --target scenes/known --meaning generators --count given" in page.code[-1].value


def test_the_images_of_the_chosen_prompt_stand_beside_each_other(fresh, page):
    page.run()
    assert len(page.get("image")) == 8
    page.selectbox(key="mod_prompt").set_value("scene-0005").run()
    assert len(page.get("image")) == 8
    assert address(page, "prompt") == "scene-0005"
    assert "8 values, the best first" in texts(page)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens(fresh, page, section):
    page.session_state.mod_section = section
    page.run()
    assert not page.exception
    assert not page.error


def test_widths_are_not_predicted_for_too_many_prompts(fresh, page, monkeypatch):
    monkeypatch.setattr(cache, "MOST_SCORED", 100)
    page.session_state.mod_section = "Mean and doubt"
    page.run()
    assert not page.exception
    assert "245 prompts are too many to predict from this page (at most 100)" in texts(page)


def test_the_published_share_is_marked(fresh, page):
    page.session_state.mod_section = "How many modifiers"
    page.run()
    assert "56.47 % of the DALL-E 2 prompts in PPP's paper" in texts(page)
    assert "Known terms" in texts(page)


def test_your_own_data_is_analysed_and_what_it_does_not_allow_is_told(mine, page):
    page.query_params["data"] = "mine"
    page.query_params["count"] = "segments"
    page.run()
    assert not page.exception
    assert "On mine, look varies less with more modifiers: ρ −" in page.info[0].value.replace("\\", "")
    assert "Its other target: On mine, match" in texts(page)
    assert page.selectbox(key="mod_meaning").options == ["Across samples of one generator", "Across prompts"]
    assert "does not tell generators apart" in texts(page)
    assert "mine does not tell how many modifiers a prompt has" in texts(page)


def test_a_damaged_picture_is_left_out_and_told(mine, page):
    page.query_params["data"] = "mine"
    page.run()
    prompts = cache.dataset("mine", cache.revision("mine", "")).prompts
    broken = prompts.loc[prompts["prompt"] == "a fox number 0", "prompt_id"].iloc[0]
    page.selectbox(key="mod_prompt").set_value(broken).run()
    assert not page.exception
    assert len(page.get("image")) == 2
    assert "2 of 3 shown: the first 24, as far as they can be read" in texts(page)


def test_a_data_set_that_cannot_be_analysed_is_one_line(cleared, page, monkeypatch):
    def broken(*_, **__):
        raise PPPError("No prompt of [x](https://elsewhere) has a spread.")

    monkeypatch.setattr(cache, "analyse", broken)
    page.run()
    assert not page.exception
    assert [one.value.replace("\\", "") for one in page.error] == [
        "No prompt of [x](https://elsewhere) has a spread."
    ]
    assert "[x](" not in page.error[0].value
    assert page.selectbox(key="mod_data").value == "scenes"  # another choice is still possible


def test_a_broken_section_leaves_the_rest(cleared, page, monkeypatch):
    def broken(*_, **__):
        raise PPPError("Variance cannot be split.")

    monkeypatch.setattr(cache, "variance_components", broken)
    page.session_state.mod_section = "Seeds and raters"
    page.run()
    assert not page.exception
    assert [one.value for one in page.error] == ["Variance cannot be split."]
    assert charts(page) >= 1


def test_real_figures_stand_beside_simulated_ones(fresh, page):
    page.run()
    assert "AGIQA-3K**, measured by us, aggregates" in texts(page)
    assert "On AGIQA-3K, alignment varies less with more modifiers: ρ −.24" in texts(page)
    page.segmented_control(key="mod_reference").set_value("agiqa-3k/quality").run()
    assert not page.exception
    assert "On AGIQA-3K, quality" in texts(page)


def test_everything_can_be_taken_away(fresh, page):
    page.session_state.mod_section = "Take away"
    page.run()
    labels = [one.label for one in page.get("download_button")]
    assert labels == ["CSV", "Parquet", "JSON lines", "The whole analysis (JSON)", "HTML"]
    table = page.dataframe[-1].value
    assert {"prompt", "count", "sd", "mean", "mean_adjusted_sd"} <= set(table.columns)
    assert len(table) == 245
    told = cache.analysis(*_choice(page)).as_dict()
    assert json.loads(json.dumps(told))["answer"].startswith("On Scenes")


def _choice(page):
    names = ("target", "meaning", "count", "generator")
    return ("scenes", "known", *(page.session_state[f"mod_{name}"] for name in names))


def plan(page, **fields):
    page.session_state.mod_section = "Plan an experiment"
    page.run()
    for name, value in fields.items():
        page.text_area(key=f"mod_plan_{name}").set_value(value)
    page.button(key="FormSubmitter:mod_plan_form-Plan it").click().run()
    assert not page.exception
    return page


def test_an_experiment_is_planned_filled_in_and_brought_back(fresh, page):
    plan(page, prompts="a fox\na cat\na boat\na house\na tree\na car", modifiers="oil painting")
    assert "96 images (6 prompts, 8 seeds each)" in texts(page)
    runs = page.session_state.mod_plan.runs
    assert sorted(set(runs["arm"])) == ["with", "without"]
    shown = next(one.value for one in page.dataframe if "pair_id" in one.value.columns)
    assert shown["prompt"].tolist() == runs["prompt"].head(100).tolist()
    filled = runs.assign(
        score=[(4 if arm == "with" else 3) + i % 5 / 10 for i, arm in enumerate(runs["arm"])]
    )
    bring_back(page, filled.to_csv(index=False))
    assert not page.error
    assert page.session_state.mod_back.effects["effect"][0] == pytest.approx(1, abs=0.1)
    assert "oil painting" in page.success[-1].value
    assert charts(page) >= 5


def bring_back(page, contents):
    page.file_uploader[0].set_value(("plan.csv", contents.encode(), "text/csv"))
    page.button(key="mod_back_go").click().run()
    assert not page.exception


def test_what_is_wrong_with_a_plan_or_its_scores_is_one_line(fresh, page):
    plan(page, prompts="a fox", modifiers="  \n")
    assert "one or more modifiers that say something" in page.error[0].value.replace("\\", "")
    page.button(key="mod_back_go").click().run()
    assert "Choose a file first" in page.error[0].value
    bring_back(page, "prompt,score\na fox,1\n")
    assert len(page.error) == 1
    assert "pair_id" in page.error[0].value.replace("\\", "")


def test_how_many_images_two_prompts_need(fresh, page):
    page.session_state.mod_section = "Plan an experiment"
    page.run()
    assert "the better one has the higher mean with a chance of 80 %" in texts(page)
    page.text_input(key="mod_scores_a").set_value("9, 9; 9.5").run()
    page.text_input(key="mod_scores_b").set_value("1 1.5 2").run()
    assert "A is better" in texts(page)
    page.text_input(key="mod_scores_b").set_value("one two").run()
    assert "Numbers with spaces between were wanted, such as 3.5 4.0, got 'one two'" in texts(page)


def test_two_data_sets_stand_side_by_side(mine, page):
    page.query_params["data"] = "mine"
    page.session_state.mod_section = "Compare"
    page.run()
    assert not page.exception
    assert page.selectbox(key="mod_other").value == "scenes"
    assert "The two are on different scales" in texts(page)
    assert "On Scenes (simulated), the known score" in texts(page)


def test_a_public_demo_draws_without_keeping(fresh, page, monkeypatch, tmp_path):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    page.session_state.mod_section = "Your own data"
    page.run()
    assert not page.exception
    assert len(page.get("image")) == 8
    assert "Importing is switched off in this public demo" in texts(page)
    assert not list(tmp_path.iterdir())
