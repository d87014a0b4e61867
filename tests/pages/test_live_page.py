"""The live page runs, reacts, and shows a failure well."""

import os
import re
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ppp_core import PPPError, load_encoder, load_shipped
from ppp_core.datasets import get_dataset
from ppp_core.predictors.scoring import predict_all

APP = str(Path(__file__).parents[2] / "app.py")
TARGET = "ppp/alignment"


@pytest.fixture
def page() -> AppTest:
    return AppTest.from_file(APP, default_timeout=120)


def with_prompt(page: AppTest, prompt: str) -> AppTest:
    """The page as a session that holds this prompt already."""
    started = {"revision": 0, "target": TARGET, "unknown_target": False, "variants": [], "pinned": []}
    for name, value in {"prompt": prompt, **started}.items():
        page.session_state[name] = value
    return page


@pytest.fixture
def exported_encoder() -> Path:
    """Its folder, so that no other home needs to export it."""
    load_encoder("minilm-l6")
    return Path(os.environ["PPP_HOME"]) / "encoders"


def shown_value(page: AppTest) -> str:
    return page.metric[0].value


def texts(page: AppTest) -> str:
    parts = (page.markdown, page.caption, page.info, page.warning, page.error)
    return "\n".join(element.value for part in parts for element in part)


def test_opens_with_a_scored_example(page):
    page.run()
    assert not page.exception
    prompt = page.session_state.prompt
    expected = predict_all(prompt, [load_shipped(TARGET)])[TARGET]
    assert shown_value(page) == f"{expected.value:.2f}"
    assert f"{expected.low:.2f} to {expected.high:.2f}" in texts(page)
    assert page.query_params["prompt"] == prompt


def test_an_example_changes_the_score_and_the_address(page):
    page.run()
    before = shown_value(page)
    page.button(key="example_Chess under water").click().run()
    assert "chess under water" in page.session_state.prompt
    assert shown_value(page) != before
    assert page.query_params["prompt"] == page.session_state.prompt


def test_a_link_brings_prompt_target_and_variants(page):
    page.query_params["prompt"] = "two dogs on a beach"
    page.query_params["target"] = "pqpp/hbpp-sdxl"
    page.query_params["variant"] = ["a dog on a beach", "two cats on a beach"]
    page.query_params["pinned"] = ["two cats on a beach"]
    page.run()
    assert not page.exception
    assert page.session_state.prompt == "two dogs on a beach"
    assert page.session_state.variants == ["a dog on a beach", "two cats on a beach"]
    assert page.session_state.pinned == ["two cats on a beach"]
    expected = predict_all("two dogs on a beach", [load_shipped("pqpp/hbpp-sdxl")])["pqpp/hbpp-sdxl"]
    assert shown_value(page) == f"{expected.value:.2f}"


def test_choosing_another_target_makes_it_the_main_one(page):
    page.run()
    page.pills(key="target_row").set_value("genai-bench/alignment").run()
    assert page.session_state.target == "genai-bench/alignment"
    expected = predict_all(page.session_state.prompt, [load_shipped("genai-bench/alignment")])
    assert shown_value(page) == f"{expected['genai-bench/alignment'].value:.2f}"


def test_variants_are_added_once_and_ten_at_most(page):
    page.run()
    for number in [*range(11), 3]:
        page.text_input(key="new_variant").set_value(f"variant number {number}").run()
        if len(page.session_state.variants) == 10:
            break
    assert page.session_state.variants == [f"variant number {n}" for n in range(10)]
    assert page.text_input(key="new_variant").disabled
    assert "10 variants are the most" in texts(page)


def test_an_unknown_target_in_a_link_is_told(page):
    page.query_params["target"] = "pqpp/nothing"
    page.run()
    assert not page.exception
    assert "asks for a target that no predictor is shipped for" in page.warning[0].value
    assert "nothing" not in page.warning[0].value  # a link's text is not shown as Markdown
    assert page.session_state.target == TARGET


def test_an_empty_prompt_asks_for_one(page):
    with_prompt(page, "   ")
    page.run()
    assert not page.exception
    assert "Type a prompt" in page.info[0].value
    assert [tab.label for tab in page.tabs] == [
        "Variants",
        "Modifiers",
        "Images",
        "Neighbours",
        "Batch",
        "How do we know?",
    ]
    assert not page.metric


def test_markup_in_a_prompt_is_shown_as_text(page):
    page.query_params["prompt"] = "<img src=x onerror=alert(1)> a cat"
    page.run()
    assert not page.exception
    bodies = [element.proto.body for element in page.get("html")]
    assert any("&lt;img src=x onerror=alert(1)&gt;" in body for body in bodies)
    assert not any("<img" in body for body in bodies)


def test_a_link_with_a_blank_and_a_repeated_variant_keeps_the_good_one(page):
    page.query_params["variant"] = [" ", "a cat", "a  cat", ""]
    page.run()
    assert not page.exception
    assert page.session_state.variants == ["a cat"]


@pytest.mark.real_data
def test_neighbours_are_shown_again_and_to_a_second_visitor(
    page, exported_encoder, data_folder, tmp_path, monkeypatch
):
    monkeypatch.setenv("PPP_HOME", str(tmp_path))
    shutil.copytree(exported_encoder, tmp_path / "encoders")
    get_dataset("tifa160", source=data_folder / "tifa160")
    with_prompt(page, "A Christmas tree with lights and teddy bear").session_state.section = "Neighbours"
    page.run()
    other = AppTest.from_file(APP, default_timeout=120)
    with_prompt(other, "a cat").session_state.section = "Neighbours"
    for one in (page, other, page):
        one.run()
        assert not one.exception
    table = page.dataframe[-1].value
    assert table["prompt"][0] == "A Christmas tree with lights and teddy bear"
    assert re.fullmatch(r"Match: TIFA160 \d\.\d\d", table["observed"][0])  # people's, no metric of a model
    assert "8 of 160 known prompts shown" in texts(page)


def test_a_batch_of_nothing_is_refused_with_one_line(page):
    page.run()
    page.session_state.section = "Batch"
    page.run()
    page.button(key="batch_go").click().run()
    assert "A file or at least one line was wanted, got neither." in page.error[0].value


def test_a_batch_of_lines_is_scored(page):
    page.session_state.section = "Batch"
    page.run()
    page.text_area(key="batch_lines").set_value("a cat\n\na dog on a mat")
    page.button(key="batch_go").click().run()
    assert not page.exception
    table = page.dataframe[-1].value
    assert table["prompt"].tolist() == ["a cat", "a dog on a mat"]
    assert "2 of 2 prompts shown." in texts(page)


def test_a_prompt_beyond_the_limit_is_refused_with_one_line(page):
    with_prompt(page, "a" * 1_000_001)
    page.run()
    assert not page.exception
    assert len(page.error) == 1
    assert "1,000,000" in page.error[0].value


def on_modifiers(page: AppTest, prompt: str) -> AppTest:
    """The page with this prompt and its modifiers in view, run."""
    with_prompt(page, prompt).session_state.section = "Modifiers"
    return page.run()


def bodies(page: AppTest) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def test_modifiers_are_marked_by_kind_and_counted(page):
    on_modifiers(page, "a fox, oil painting, by Claude Monet, soft lighting")
    assert not page.exception
    for kind in ("Medium", "Artist", "Lighting"):
        assert f">{kind}</span>" in bodies(page)
    assert "- **3** comma segments:" in texts(page)
    assert "- **3** known terms:" in texts(page)
    assert "- **–** everything that modifies:" in texts(page)
    assert "reads the whole text as it stands" in texts(page)
    assert not page.warning


def test_grammar_adds_adjectives_and_phrases(page):
    on_modifiers(page, "a red fox on a beach, oil painting")
    assert ">Attribute</span>" not in bodies(page)
    page.toggle(key="modifiers_grammar").set_value(True).run()
    assert not page.exception
    assert ">Attribute</span>" in bodies(page)
    assert "- **3** everything that modifies:" in texts(page)


def test_what_belongs_to_a_tool_is_told_to_be_not_counted(page):
    on_modifiers(page, "a fox, 4k --ar 16:9 --no cars")
    assert not page.exception
    assert "Parameter, not counted" in bodies(page)
    assert "Negative, not counted" in bodies(page)
    assert "- **1** known terms:" in texts(page)
    assert "the score above reads them like any words" in page.warning[0].value


def test_a_prompt_without_modifiers_says_so(page):
    on_modifiers(page, "two dogs")
    assert not page.exception
    assert "No known modifier found" in texts(page)


def test_modifiers_of_markup_are_shown_as_text(page):
    on_modifiers(page, "<img src=x onerror=alert(1)>, oil painting by <b>Monet</b>")
    assert not page.exception
    assert "<img" not in bodies(page)
    assert "<b>" not in bodies(page)


def test_a_missing_language_model_leaves_the_known_terms(page, monkeypatch):
    def missing(drafts):
        raise PPPError("The language model is missing.")

    monkeypatch.setattr("ppp_core.modifiers.grammar.add_attributes", missing)
    with_prompt(page, "a red fox, oil painting").session_state.modifiers_grammar = True
    on_modifiers(page, "a red fox, oil painting")
    assert not page.exception
    assert "The language model is missing." in page.warning[0].value
    assert ">Medium</span>" in bodies(page)
