"""The answer, the figure that shows it, the images behind a point, and the tests."""

import streamlit as st

from pages import _cache_modifiers as cache
from pages import _downloads
from pages._modifiers import pictures, reference, state
from pages._text import plain
from ppp_core.charts.looks import picture_config
from ppp_core.charts.spread import count_figure
from ppp_core.spread import MEANINGS, tests_frame

ICONS = {
    "clear": ":material/check_circle:",
    "gone": ":material/remove_circle:",
    "unclear": ":material/help:",
    "no verdict": ":material/hourglass_empty:",
}
MOST_LISTED, MOST_OTHERS = 1_000, 2
TEST_COLUMNS = {
    "title": "Test",
    "asks": "What it asks",
    "words": "Effect in words",
    "verdict": "Verdict",
    "p_adjusted": "p, adjusted",
    "p": "p",
    "n": "n",
    "estimate": "Estimate",
    "low": "Low",
    "high": "High",
    "unit": "Unit",
    "reason": "Why undefined",
    "source": "Source",
}


def show_answer(analysis) -> None:
    """One sentence, with its strength."""
    with st.container(key="mod_answer"):
        st.info(plain(analysis.answer), icon=ICONS.get(analysis.strength, ":material/target:"))


def show_others(place, choice: state.Choice, dataset) -> None:
    """The same question of the data set's other targets, where there are few; filled in last of all."""
    others = [one for one in dataset.card.targets if one.name != choice.target]
    if not 0 < len(others) <= MOST_OTHERS:
        return
    with place:
        for target in others:
            meanings, _ = cache.allowed(choice.name, choice.revision, target.name)
            if not meanings[choice.meaning]:
                other = choice._replace(target=target.name)
                st.caption(f"Its other target: {plain(cache.analysis(*other).answer)}")


def show_figure(choice: state.Choice, dataset, analysis) -> None:
    """Spread against the number of modifiers, real figures beside simulated ones; a click shows images."""
    if reference.is_wanted():
        left, right = st.columns([3, 2], gap="medium")
    else:
        left, right = st.container(), None
    with left:
        _show_main(choice, dataset, analysis)
    if right is not None:
        with right:
            reference.show()


def main_figure(choice: state.Choice, dataset, analysis, *, ringed: bool = True):
    """The main figure of what is chosen."""
    within = MEANINGS[choice.meaning].within_prompt
    taken = within and st.session_state.mod_taken
    title = ("SD, effect of the mean taken out" if taken else "SD") if within else "distance from the middle"
    return count_figure(
        analysis.points,
        cache.adjusted_trend(*choice) if taken else analysis.trend,
        y="mean_adjusted_sd" if taken else "sd",
        middle="spread",
        title=f"{title} ({dataset.target(choice.target).measure})",
        named="mean of the prompts' SD" if within else "SD of the prompts' means",
        facts=state.facts(choice, dataset, interval="95 % bands"),
        chosen=st.session_state.mod_prompt if ringed else "",
        clickable=ringed,
        truth=None if taken else cache.truth(*choice),
    )


def _show_main(choice: state.Choice, dataset, analysis) -> None:
    key = f"mod_main_{st.session_state.get('mod_clicks', 0)}"

    def clicked() -> None:
        points = [one for one in st.session_state[key].selection.points if one.get("customdata")]
        if points:
            st.session_state.mod_prompt = points[0]["customdata"][0]

    st.plotly_chart(
        main_figure(choice, dataset, analysis),
        key=key,
        on_select=clicked,
        selection_mode="points",
        config=picture_config("spread"),
        alt="; ".join(
            f"{row.n_prompts} prompts with {row.modifiers} modifiers: {row.spread:.3g}"
            for row in analysis.trend.rename(columns={"count": "modifiers"}).itertuples()
        ),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        if MEANINGS[choice.meaning].within_prompt and analysis.points["mean_adjusted_sd"].notna().any():
            st.toggle(
                "Take the effect of the mean out",
                key="mod_taken",
                help="A score near the end of its scale cannot vary, so that prompts that do very well or "
                "very badly vary less. Here each prompt's SD is divided by what is usual at its mean.",
            )
        st.caption(
            "Points are moved sideways to be told apart. Click one to see its images.", width="content"
        )


def show_tests(choice: state.Choice, dataset, analysis) -> None:
    """Every test with its question in plain words."""
    st.markdown("**How sure is that?** Every test, with the question it asks")
    test_table(analysis.tests, key="mod_tests")
    st.caption(
        "p, adjusted: by Benjamini and Hochberg over all tests, of spread and mean together. Low and high: "
        "95 % intervals. n: prompts."
    )
    notes = [*analysis.notes, *analysis.controls, *left_out(analysis.sensitivity)]
    if notes:
        st.markdown("**What was averaged, left out or held equal**")
        for note in notes:
            st.markdown(f"- {plain(note)}")
    _downloads.offer(tests_frame(analysis.tests), name="spread_tests")


def left_out(sensitivity) -> list[str]:
    """What leaving out one generator at a time changes, in a sentence."""
    known = sensitivity["estimate"].dropna()
    if known.empty:
        return []
    least, most = (f"{end:+.2f}".replace("-", "−") for end in (known.min(), known.max()))
    return [f"Leaving out one generator at a time, the rank correlation is {least} to {most}."]


def test_table(tests, *, key: str) -> None:
    """Tests as a table: the question and the answer first, the figures after."""
    table = tests_frame(tests)
    shown = [name for name in TEST_COLUMNS if name != "reason" or table["reason"].any()]
    figure = st.column_config.NumberColumn(format="%.2g", width="small")
    figures = {TEST_COLUMNS[name]: figure for name in ("p", "p_adjusted", "estimate", "low", "high")}
    st.dataframe(
        table[shown].rename(columns=TEST_COLUMNS),
        hide_index=True,
        key=key,
        column_config={
            **figures,
            "Test": st.column_config.TextColumn(width=230, pinned=True),
            "What it asks": st.column_config.TextColumn(width=390),
            "n": st.column_config.NumberColumn(width="small"),
        },
        alt="; ".join(f"{one.title}: {one.words or one.reason}, {one.verdict}" for one in tests),
    )


def show_prompt(choice: state.Choice, dataset, analysis) -> None:
    """One prompt's images beside each other; the prompt is chosen here or by a click."""
    points = analysis.points
    known = points[points["sd"].notna()].sort_values(["count", "sd"], ascending=[True, False], kind="stable")
    if known.empty:
        return
    rows = known.set_index("prompt_id")
    options = known["prompt_id"].head(MOST_LISTED).tolist()
    if st.session_state.mod_prompt not in options:
        options.append(st.session_state.mod_prompt)
    st.selectbox(
        "Images of one prompt",
        options,
        key="mod_prompt",
        format_func=lambda one: f"{rows.at[one, 'prompt']} (modifiers: {rows.at[one, 'count']})",
        on_change=state.forget_clicks,
        help="By number of modifiers, those that vary most first. Type to search."
        + (f" The first {MOST_LISTED:,} of {len(known):,} are listed." * (len(known) > MOST_LISTED)),
    )
    pictures.show(choice, dataset, rows.loc[st.session_state.mod_prompt])
