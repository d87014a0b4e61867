"""The data sets: what there is, what is in it, how to get it, how to bring one's own."""

import streamlit as st

from pages import _cache_datasets as cache
from pages import _downloads
from pages._datasets import gallery
from pages._text import plain
from ppp_core import PPPError
from ppp_core.charts import distributions
from ppp_core.datasets import (
    DATASETS,
    Card,
    DataSet,
    Installed,
    find_prompts,
    get_dataset,
    import_dataset,
    installed,
    remove_dataset,
    simulated,
)
from ppp_core.store import is_public

DUPLICATES = {
    "refuse": "are a mistake: refuse the table",
    "mean": "are averaged",
    "images": "are images of it, one a row",
}
JUDGES = {
    "people": "judged by people",
    "retrieval": "relevance judged by people, ranking by a search model",
    "models": "made by models, never mixed with people's judgments",
    "user": "a column of your own",
    "simulated": "simulated: made by a drawing program, not by people",
}


def choose(here: dict[str, Installed]) -> str:
    """The data set to look at: those on this machine first, then those to be had."""
    names = [*here, *(name for name in DATASETS if name not in here)]
    return st.selectbox("Data set", names, key="dataset", bind="query-params")


def welcome() -> None:
    """What a visitor sees where there is no data set at all."""
    if is_public():
        st.info(
            "This demo holds no people's judgments. Below is Scenes, which PPP draws itself, and what else "
            "PPP knows; on your own machine one line gets each."
        )
    else:
        st.info(
            "No data set is on this machine yet, and the other pages work without one. Below is Scenes, "
            "which PPP draws itself. To explore real judgments, pick another and get it (none is much more "
            "than a megabyte), or bring a table of your own prompts and scores."
        )


def show_card(card: Card, *, is_here: bool, is_simulated: bool = False) -> None:
    """Who made the data set, and what may be done with it."""
    st.subheader(card.title)
    st.text(card.about)
    with st.container(horizontal=True, vertical_alignment="center"):
        if is_simulated:
            st.badge("Simulated: no person judged it", icon=":material/science:", color="violet")
        elif is_here:
            st.badge("On this machine", icon=":material/check:", color="green")
        else:
            st.badge("Not on this machine yet", icon=":material/cloud_download:", color="orange")
        st.badge(f"Licence: {card.licence}", icon=":material/license:", color="gray")
        if card.homepage:
            st.link_button("Authors' page", card.homepage, icon=":material/open_in_new:", type="tertiary")
    if card.citation:
        with st.expander("How to cite, attribution, and what to know"):
            st.text(card.citation)
            st.text(card.attribution)
            for note in card.notes:
                st.text(f"• {note}")


def offer(name: str) -> None:
    """The line that gets a data set, and a button that runs it."""
    st.markdown("**Get it** with one line:")
    st.code(f"ppp get {name}", language="bash")
    if is_public():
        st.caption("Downloading is switched off in this public demo.")
    elif st.button("Get it now", type="primary", icon=":material/download:", key="get"):
        fetch(name)


def fetch(name: str) -> None:
    """Downloads with progress; a failure is one line, and nothing is left half done."""
    bar = st.progress(0.0, text=f"Getting {name} …")

    def tell(done: int, total: int | None) -> None:
        bar.progress(min(done / total, 1.0) if total else 0.0, text=f"Getting {name}: {done:,} bytes")

    try:
        dataset = get_dataset(name, progress=tell)
    except PPPError as error:
        bar.empty()
        st.error(plain(error))
        return
    count = len(dataset.prompts)
    st.session_state["done"] = f"{name} is here: {count:,} prompts. Choose it in the list of data sets."
    st.rerun()


def show_counts(one: Installed, dataset: DataSet) -> None:
    """How much there is, and what was found in it."""
    with st.container(horizontal=True):
        st.metric("Prompts", f"{one.n_prompts:,}", width="content")
        st.metric("Images", f"{one.n_images:,}", width="content")
        st.metric("Ratings", f"{one.n_ratings:,}", width="content")
        st.metric("Targets", len(dataset.card.targets), width="content")
    if dataset.notes:
        with st.expander(f"What was found while reading ({len(dataset.notes)})"):
            for note in dataset.notes:
                st.text(f"• {note}")


def show_pictures(one: Installed, dataset: DataSet) -> None:
    """All pictures of one prompt, and how much the recipe lets them differ."""
    prompts = dataset.prompts.sort_values("n_modifiers", kind="stable").set_index("prompt_id")
    names = dict(zip(prompts.index, prompts["prompt"], strict=True))
    counts = dict(zip(prompts.index, prompts["n_modifiers"], strict=True))
    chosen = st.selectbox(
        "Prompt",
        list(names),
        format_func=lambda each: f"{counts[each]} modifiers: {names[each]}",
        key="scene",
    )
    pictures, captions = cache.pictures(one.name, one.revision, chosen)
    st.image(pictures, caption=captions, width=160)
    st.caption(
        f"{len(pictures)} pictures drawn from one prompt: what it leaves open is drawn at random for each. "
        f"{cache.known_spread(one.name, one.revision, chosen)}"
    )


def show_distribution(one: Installed, dataset: DataSet) -> None:
    """One target's values over the prompts."""
    titles = {target.name: target.title for target in dataset.card.targets}
    name = st.selectbox("Target", list(titles), format_func=titles.get, key=f"target-{one.name}")
    target = dataset.target(name)
    rows = cache.observed(one.name, one.revision, name)
    words = distributions.describe(rows, target=target)
    figure = distributions.target_histogram(rows, target=target)
    st.plotly_chart(figure, config={"displaylogo": False, "showSendToCloud": False}, alt=words)
    st.text(words)
    st.caption(f"{JUDGES[target.judged_by].capitalize()}.")
    st.text(target.about)


def tell_unrated(one: Installed) -> None:
    """What to do with pictures that nobody and nothing has rated yet."""
    st.info("There are no scores yet. One line has a scorer rate each picture:")
    st.code(f"ppp rate {one.name} --scorer quality-lite --scorer alignment-lite", language="bash")


def show_prompts(one: Installed, dataset: DataSet) -> tuple[str, str | None]:
    """Prompts with their scores: searched and sorted on the server, exported as found; gives the search."""
    frame = cache.scores(one.name, one.revision)
    splits = [split for split in distributions.SPLIT_COLOURS if split in set(frame["split"].dropna())]
    left, right = st.columns([3, 1])
    words = left.text_input(
        "Search the prompts", placeholder="words, in any order", key="words", live="300ms"
    )
    split = right.selectbox(
        "Split", [None, *splits], format_func=lambda s: s or "all", key=f"split-{one.name}"
    )
    found, count = find_prompts(frame, words, split=split)
    st.caption(f"{count:,} of {len(frame):,} prompts shown. Click a column's head to sort.")
    formats = {
        t.name: st.column_config.NumberColumn(format=f"%.{t.decimals}f", help=t.title)
        for t in dataset.card.targets
    }
    formats["prompt"] = st.column_config.TextColumn("prompt", width="large")
    order = [column for column in found.columns if column != "prompt_id" and (splits or column != "split")]
    st.dataframe(
        found,
        hide_index=True,
        column_order=order,
        column_config=formats,
        lazy=True,
        height=420,
        alt=f"{count:,} prompts with their scores",
    )
    _downloads.offer(found, name=one.name)
    return words, split


def bring_your_own(here: dict[str, Installed]) -> None:
    """An import by upload, and the line that takes a folder of pictures."""
    with st.expander("Bring your own prompts and scores", icon=":material/upload:"):
        _ask_for_table()
        st.markdown("**A folder of pictures** becomes a data set with one line, and the pictures stay there:")
        st.code("ppp import FOLDER --name my-pictures", language="bash")
        st.caption(
            "Prompts are read from a text file beside each picture, from what stable-diffusion-webui or "
            "ComfyUI wrote into the PNG, or from one folder a prompt; `ppp rate my-pictures --scorer "
            "quality-lite` then scores them. With a table of your own that names the pictures: "
            "`ppp import TABLE --name my-pictures --images FOLDER`."
        )


def _ask_for_table() -> None:
    with st.form("import", border=False):
        st.caption(
            "CSV, TSV, Parquet or JSON lines, at most 200 MB: a column of prompts, and every column of "
            "numbers becomes a target. It stays on this machine."
        )
        upload = st.file_uploader(
            "Table", type=["csv", "tsv", "parquet", "jsonl", "json"], max_upload_size=200
        )
        left, right = st.columns(2)
        name = left.text_input("Name", placeholder="my-prompts", help="Small letters, digits and hyphens.")
        column = right.text_input("Column of prompts", value="prompt")
        duplicates = st.selectbox(
            "Rows with the same prompt",
            list(DUPLICATES),
            format_func=DUPLICATES.get,
            help="As images, a column generator or seed tells of which; the Modifiers & variance page then "
            "sees how much images of one prompt vary.",
        )
        replace = st.checkbox("Replace a data set of this name")
        if st.form_submit_button("Import", type="primary"):
            take(upload, name, column, duplicates, replace)


def take(upload, name: str, column: str, duplicates: str, replace: bool) -> None:
    """Imports an upload; what is wrong with it is one line."""
    if upload is None:
        st.error("Choose a file first: CSV, TSV, Parquet or JSON lines.")
        return
    try:
        dataset = import_dataset(
            upload, name=name, prompt_column=column, duplicates=duplicates, replace=replace
        )
    except PPPError as error:
        st.error(plain(error))
        return
    st.session_state["done"] = (
        f"{name} is here: {len(dataset.prompts):,} prompts. Choose it in the list of data sets."
    )
    st.rerun()


def offer_removal(one: Installed) -> None:
    """Removes a data set after asking."""
    with st.popover("Remove from this machine", icon=":material/delete:"):
        st.text(f"This deletes {one.folder}.")
        if st.button("Remove it", key="remove"):
            try:
                remove_dataset(one.name)
            except PPPError as error:
                st.error(plain(error))
                return
            st.session_state["done"] = f"{one.title} was removed."
            st.rerun()


st.title("Data sets")
st.caption("Prompts, and how images made from them were judged. Higher is better, everywhere.")
if "done" in st.session_state:
    st.success(plain(st.session_state.pop("done")))

on_machine = {one.name: one for one in installed()}
if not on_machine:
    welcome()
on_machine |= {one.name: one for one in simulated()}
chosen = choose(on_machine)
one = on_machine.get(chosen)

if one is None:
    show_card(DATASETS[chosen].CARD, is_here=False)
    offer(chosen)
else:
    try:
        data = cache.loaded(one.name, one.revision)
        show_card(data.card, is_here=True, is_simulated=one.origin == "simulated")
        show_counts(one, data)
        if one.origin == "simulated":
            st.subheader("Pictures of a prompt")
            show_pictures(one, data)
        st.subheader("How the scores spread")
        if data.card.targets:
            show_distribution(one, data)
        else:
            tell_unrated(one)
        st.subheader("Prompts and their scores")
        words, split = show_prompts(one, data)
        if one.origin != "simulated":
            gallery.show(one, data, words=words, split=split)
    except PPPError as error:
        st.error(plain(error))
    if not is_public() and one.origin != "simulated":
        offer_removal(one)

if not is_public():
    bring_your_own(on_machine)
