"""The experiment that would settle it: planned, brought back, and how many images two prompts need."""

import pandas as pd
import streamlit as st

from pages import _cache_modifiers as cache
from pages import _downloads
from pages._modifiers import state
from pages._text import plain
from ppp_core import PPPError
from ppp_core.charts.experiments import experiment_forest, images_needed_figure, plan_figure
from ppp_core.charts.looks import picture_config
from ppp_core.spread.experiment import DESIGNS, plan_experiment
from ppp_core.spread.experiment_analysis import analyse_experiment
from ppp_core.spread.experiment_words import signed
from ppp_core.spread.images_needed import compare_scores, images_needed
from ppp_core.tables import encode_table, numbers, read_table

PROMPTS = (
    "a red fox in a forest\na bowl of fruit on a table\nan old lighthouse by the sea\n"
    "two people riding bicycles\na cat on a sofa\na city street in the rain\n"
    "a wooden boat on a lake\na child with a kite"
)
MODIFIERS = "oil painting\ngolden hour"
MOST_BYTES = 50_000_000
MOST_ROWS = 200_000


def show(choice: state.Choice, dataset, analysis) -> None:
    """Plan, scores back, images needed."""
    st.markdown(
        "Prompts with and without modifiers that people happened to write differ in much else. A **paired** "
        "experiment draws the same prompt with the same seed, once without and once with the modifier."
    )
    _plan()
    st.divider()
    _bring_back()
    st.divider()
    _images_needed(choice, dataset)


def _plan() -> None:
    st.markdown("**1 · Plan it**")
    with st.form("mod_plan_form", border=False):
        left, right = st.columns(2, gap="medium")
        prompts = left.text_area("Base prompts, one a line", PROMPTS, key="mod_plan_prompts", height=200)
        modifiers = right.text_area("Modifiers, one a line", MODIFIERS, key="mod_plan_modifiers", height=68)
        design = right.selectbox("Design", list(DESIGNS), format_func=DESIGNS.get, key="mod_plan_design")
        with right.container(horizontal=True):
            seeds = st.number_input("Seeds a prompt", 2, 1_000, 8, key="mod_plan_seeds", width=130)
            order = st.number_input("Seed of the order", 0, 2**31 - 1, 0, key="mod_plan_seed", width=150)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            effect = st.number_input(
                "Effect on the mean to find",
                0.05,
                5.0,
                0.5,
                step=0.05,
                key="mod_plan_effect",
                width=200,
                help="In standard deviations between images of one prompt; 0.5 is called a medium effect.",
            )
            less = st.number_input("Less spread to find, in %", 1, 95, 20, key="mod_plan_less", width=200)
            wanted = st.form_submit_button("Plan it", type="primary", icon=":material/experiment:")
    if wanted:
        _keep_plan(prompts, modifiers, design, int(seeds), int(order), effect, 1 - less / 100)
    if "mod_plan" in st.session_state:
        _show_plan(st.session_state.mod_plan)


def _keep_plan(prompts, modifiers, design, seeds, order, effect, ratio) -> None:
    st.session_state.pop("mod_plan", None)
    try:
        st.session_state.mod_plan = plan_experiment(
            prompts.splitlines(),
            [line for line in modifiers.splitlines() if line.strip()],
            seeds=seeds,
            seed=order,
            design=design,
            effect=effect,
            ratio=ratio,
        )
    except PPPError as error:
        st.error(plain(error))


def _show_plan(plan) -> None:
    st.success(plain(plan.answer), icon=":material/experiment:")
    left, right = st.columns(2, gap="medium")
    with left:
        st.plotly_chart(
            plan_figure(plan),
            key="mod_plan_power",
            config=picture_config("power"),
            alt=plan.answer,
        )
    with right:
        st.dataframe(
            plan.runs.head(100),
            hide_index=True,
            key="mod_plan_runs",
            height=260,
            alt="The first images to draw, in their random order",
        )
        st.caption(
            f"{min(len(plan.runs), 100):,} of {len(plan.runs):,} rows shown. Draw each row's prompt with its "
            "seed, in this order; write the score into the last column; bring the file back below."
        )
        _download_plan(plan.runs)
    st.caption(plain(" ".join(plan.notes)))


def _download_plan(runs: pd.DataFrame) -> None:
    with st.container(horizontal=True):
        for label, format, mime in (
            ("Plan as CSV", "csv", "text/csv"),
            ("Plan as Parquet", "parquet", "application/octet-stream"),
        ):
            st.download_button(
                label,
                data=lambda format=format: encode_table(runs, format=format),
                file_name=f"experiment.{format}",
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"mod_plan_{format}",
            )


def _bring_back() -> None:
    st.markdown("**2 · Bring the scores back**")
    with st.form("mod_back_form", border=False):
        left, right = st.columns([3, 2], gap="medium")
        file = left.file_uploader(
            "The plan with scores filled in",
            type=["csv", "tsv", "parquet", "jsonl", "json"],
            key="mod_back_file",
            max_upload_size=MOST_BYTES // 1_000_000,
        )
        column = right.text_input("Column of scores", "score", key="mod_back_column")
        wanted = right.form_submit_button("Analyse it", type="primary", key="mod_back_go")
    if wanted:
        st.session_state.pop("mod_back", None)
        if file is None:
            st.error("Choose a file first: the plan, with scores filled in.")
        else:
            try:
                st.session_state.mod_back = _analysed(file, column)
            except PPPError as error:
                st.error(plain(error))
    if "mod_back" in st.session_state:
        _show_result(st.session_state.mod_back)


def _analysed(file, column: str):
    table = read_table(file, prompt_column="prompt", text_ok=False, max_bytes=MOST_BYTES, max_rows=MOST_ROWS)
    if column in table.columns:
        table = table.assign(**{column: numbers(table, column)})
    with st.spinner("Comparing pairs: a mixed model of the mean, a bootstrap of the spread …"):
        return analyse_experiment(table, score=column)


def _show_result(result) -> None:
    st.success(plain(" ".join(result.answers)), icon=":material/science:")
    told = {
        "mean": [(row.modifier, row.effect, signed(row.effect)) for row in result.effects.itertuples()],
        "spread": [
            (row.modifier, row.percent, f"{signed(row.percent, '+.0f')} %")
            for row in result.spread.itertuples()
        ],
    }
    for column, (outcome, effects) in zip(st.columns(2, gap="medium"), told.items(), strict=True):
        if any(effect == effect for _, effect, _ in effects):  # nan where it cannot be told
            column.plotly_chart(
                experiment_forest(result, outcome),
                key=f"mod_back_{outcome}",
                config=picture_config(f"experiment_{outcome}"),
                alt="; ".join(f"{modifier}: {words}" for modifier, _, words in effects),
            )
    tables = {
        "Mean": result.effects,
        "Spread": result.spread,
        "Prompt by prompt": result.prompts,
        "Interactions": result.interactions,
    }
    for name, table in tables.items():
        if len(table):
            with st.expander(f"{name}: {len(table)} rows"):
                st.dataframe(table, hide_index=True, key=f"mod_back_{name}", alt=f"{name} of the experiment")
                _downloads.offer(table, name=f"experiment_{name.lower().replace(' ', '_')}")
    st.caption(plain(" ".join(result.notes)))


def _images_needed(choice: state.Choice, dataset) -> None:
    st.markdown("**How many images do I need to rank these two prompts?**")
    target = dataset.target(choice.target)
    difference, sd, source = _usual(choice, dataset)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        difference = st.number_input(
            f"Difference of their means ({plain(target.measure)})",
            min_value=0.0001,
            value=difference,
            format="%.3f",
            key=f"mod_need_difference_{choice.target}",
            width=300,
        )
        sd = st.number_input(
            "SD between images of one prompt",
            min_value=0.0001,
            value=sd,
            format="%.3f",
            key=f"mod_need_sd_{choice.target}",
            width=260,
        )
        chance = st.number_input("Wanted chance, %", 55, 99, 80, key="mod_need_chance", width=160)
    st.caption(plain(source))
    found = images_needed(difference, sd, chance=chance / 100)
    st.info(plain(found.answer), icon=":material/image:")
    left, right = st.columns(2, gap="medium")
    with left:
        st.plotly_chart(
            images_needed_figure(found),
            key="mod_need",
            config=picture_config("images_needed"),
            alt=found.answer,
        )
        st.caption(plain(" ".join(found.notes)))
        _downloads.offer(found.curve, name="images_needed")
    with right:
        _compare_scores()


def _usual(choice: state.Choice, dataset) -> tuple[float, float, str]:
    """Difference and SD that this data set suggests, and where they come from."""
    try:
        found = cache.usual_images(choice.name, choice.revision, choice.target)
    except PPPError:
        return (
            0.5,
            1.0,
            "This data set does not tell how images of one prompt vary: type your own.",
        )
    return (
        float(found.difference),
        float(found.sd_a),
        f"At first, the figures of {dataset.card.title} stand there: two prompts as far apart as two usual "
        "ones, and the SD between images of one prompt.",
    )


def _compare_scores() -> None:
    """Two prompts whose images have scores already."""
    st.markdown("Or with the scores you have so far, numbers with spaces between:")
    first = st.text_input("Scores of prompt A", "3.5 4.0 4.5 3.0", key="mod_scores_a")
    second = st.text_input("Scores of prompt B", "3.0 2.5 3.5 3.5", key="mod_scores_b")
    try:
        found = compare_scores(numbers_in(first), numbers_in(second))
    except PPPError as error:
        st.error(plain(error))
        return
    st.info(plain(found.answer), icon=":material/balance:")
    st.caption(plain(" ".join(found.notes)))


def numbers_in(text: str) -> list[float]:
    """The numbers of a text, with spaces, commas followed by a space, or semicolons between."""
    words = text.replace(";", " ").replace(", ", " ").split()
    try:
        return [float(word) for word in words]
    except ValueError as error:
        raise PPPError(f"Numbers with spaces between were wanted, such as 3.5 4.0, got {text!r}.") from error
