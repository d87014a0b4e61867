"""The three maps beside each other: PCA, the gap axis, UMAP; points, lines, colours, and what is selected."""

from collections.abc import Callable

import streamlit as st

from pages import _cache_gap as cache
from pages._gap import choosing, state, work
from pages._gap.live import View, drawn
from pages._text import plain
from ppp_core.charts.gap_map import Overlay, Spot, common_limits, gap_map
from ppp_core.charts.looks import picture_config
from ppp_core.modality_gap import METHODS, Projection, project
from ppp_core.modality_gap.measures import sample

UMAP = "umap"
AT_ONCE = 1_000
"""With no more pairs than that, UMAP with its usual settings does not wait for its button."""

ABOUT = "**Distances**: " + " ".join(f"**{one.title}**: {one.about}" for one in METHODS.values())


def show_looks(view: View) -> None:
    """How the points look, and what is put among them."""
    options = cache.colours_of(view.pairs)
    state.settle("colour", list(options), st.session_state.gap_colour, "modality")
    with st.container(key="gap_looks", horizontal=True, gap="medium", vertical_alignment="bottom"):
        st.selectbox("Colour by", list(options), key="gap_colour", format_func=options.get, width=190)
        if view.choice.encoder:
            st.text_input(
                "A prompt on the maps",
                key="gap_prompt",
                max_chars=state.LONGEST_PROMPT,
                placeholder="type one, or bring the live page's",
                width=290,
                help="The prompt of the live page stands here when you come from there.",
            )
        _, least, most, _ = state.NUMBERS["strength"]
        st.slider(
            "λ: shift along the gap",
            least,
            most,
            step=0.05,
            key="gap_strength",
            width=230,
            help="Each modality moves by λ / 2 of the difference of their means, towards the other: 0 leaves "
            "them, 1 brings the centroids together, 2 swaps them, below 0 the gap widens. Learned on the "
            "very pairs that are shown; the closings below are judged on others.",
        )
        st.toggle("Lines between partners", key="gap_lines")
        there = cache.shelf_of_pictures(view.choice.data)
        if there:
            st.selectbox(
                "Lay over it",
                ["", *there],
                key="gap_over",
                format_func=lambda name: there.get(name, "nothing"),
                width=210,
                help="Another data set, embedded by the same encoder and put on these maps as they are.",
            )


def laid_over(view: View, maps: dict[str, Projection]) -> dict[str, Overlay]:
    """The data set that is laid over, on each map; nothing where none is, or it is not embedded yet."""
    data = st.session_state.get("gap_over")
    other = choosing.embedded(data, name="over", label="Embed it, to lay it over") if data else None
    if other is None:
        return {}
    held_out = other.some_learned and not st.session_state.gap_learned
    choice = other.choice._replace(held_out=held_out)
    known = other.pairs.held_out() if held_out else other.pairs
    pairs = sample(known, largest=cache.MOST_LAID)
    umap = state.settings() if UMAP in maps else ()
    strength = st.session_state.gap_strength
    laid = cache.laid_over(view.key, choice, umap, strength, view.pairs, pairs, maps)
    told = [f"{len(pairs):,} of {pairs.of:,} pairs shown", *drawn(choice)]
    told += ["drawn at random (seed 0)"] * (len(pairs) < len(known))
    title = cache.shelf()[data]
    return {
        name: Overlay(title, *places, ", ".join([*told, laid.how[name]]))
        for name, places in laid.places.items()
    }


def maps_of(view: View) -> dict[str, Projection]:
    """The maps that are there: the linear ones at once, UMAP when it was fitted."""
    found = {name: cache.linear_map(view.key, name, view.pairs) for name in cache.LINEAR}
    fitted = work.outcome(_umap_key(view)) or cache.umap_kept(view.key, state.settings(), view.pairs)
    return found | ({UMAP: fitted} if fitted is not None else {})


def linear(maps: dict[str, Projection]) -> dict[str, Projection]:
    """The maps that can follow the slider."""
    return {name: one for name, one in maps.items() if name in cache.LINEAR}


def show(view: View, maps: dict[str, Projection], moved, spots: dict, laid: dict[str, Overlay]) -> None:
    """The maps, a column each."""
    for column, name in zip(st.columns(len(METHODS), gap="small"), METHODS, strict=True):
        with column:
            st.markdown(f"**{METHODS[name].title}**")
            if name in maps:
                places = moved.places.get(name) if moved is not None else None
                figure = figure_of(
                    view, maps[name], places=places, spot=spots.get(name), over=laid.get(name), shown=True
                )
                _show_one(name, figure, maps[name])
                _tell(name, moved, spots.get(name))
            if name == UMAP:
                _umap(view, fitted=UMAP in maps)
    with st.expander("How to read these maps"):
        st.markdown(ABOUT)
        st.markdown(
            "**Trustworthiness** takes off for points that are near in the map alone; 1 is none, about .5 is "
            "chance. **Neighbours kept**: the share of a point's 15 nearest in the space that are its "
            "nearest in the map. Both count prompts and pictures together."
        )


def figure_of(view: View, projection: Projection, *, places=None, spot=None, over=None, shown: bool = False):
    """One map of the view: shown with rings around what is selected, and where there are pictures with them
    in place of labels; otherwise to be taken away."""
    by, labels = st.session_state.gap_colour, not (shown and view.has_pictures)
    colours = cache.colouring(view.key, by, view.pairs)
    text, image = places or (None, None)
    both = [projection.text_xy, projection.image_xy, *(places or ())]
    both += [over.text_xy, over.image_xy] if over is not None else []
    settings = " ".join(f"{name} {value:g}" for name, value in projection.settings.items())
    strength = [f"λ {st.session_state.gap_strength:g}"] if places else []
    return gap_map(
        projection,
        text_xy=text,
        image_xy=image,
        colouring=colours.of(projection.rows) if colours is not None else None,
        hover=_hover(view, projection, by, labels=labels),
        lines=st.session_state.gap_lines,
        chosen=st.session_state.gap_rows if shown else (),
        spot=_spot(spot),
        overlay=over,
        limits=common_limits(*both, *([spot.xy] if spot is not None else [])),
        facts=[*view.facts, METHODS[projection.method].title, settings, *strength],
        labels=labels,
    )


def _spot(placed) -> Spot | None:
    if placed is None:
        return None
    x, y = placed.xy[0]
    return Spot(float(x), float(y), st.session_state.gap_prompt)


def _hover(view: View, projection: Projection, by: str, *, labels: bool) -> list[str] | None:
    """What is told of a pair that is pointed at: in a label its prompt, and what it is coloured by."""
    rows = view.pairs.frame.iloc[projection.rows]
    texts = rows["prompt" if "prompt" in rows else "prompt_id"].astype(str).tolist() if labels else None
    if by not in rows:
        return texts
    values = (f"{value:.3g}" if isinstance(value, float) else str(value) for value in rows[by])
    told = [f"{cache.COLOURS.get(by, by)}: {value}" for value in values]
    return [f"{text}\n{more}" for text, more in zip(texts, told, strict=True)] if labels else told


def _show_one(name: str, figure, projection: Projection) -> None:
    key = f"gap_map_{name}"

    def selected() -> None:
        points = st.session_state[key].selection.points
        rows = {point["customdata"][0] for point in points if point.get("customdata")}
        st.session_state.gap_rows = sorted(int(row) for row in rows)

    st.plotly_chart(
        figure,
        key=key,
        on_select=selected,
        selection_mode=("lasso", "box", "points"),
        config=picture_config(f"gap_{name}"),
        alt=f"{METHODS[name].title}: {projection.shown}; trustworthiness {projection.trustworthiness:.2f}, "
        f"{projection.overlap:.0%} of the neighbours kept",
    )


def _tell(name: str, moved, placed) -> None:
    told = []
    if placed is not None:
        told.append(
            f"★ your prompt: {placed.how}; cosine to the nearest one {1 - float(placed.distance[0]):.2f}."
        )
    if name == UMAP and moved is not None:
        told.append("UMAP cannot follow the slider: it shows the vectors as they are.")
    if told:
        st.caption(plain(" ".join(told)))


def _umap_key(view: View) -> str:
    return f"umap {view.key} {state.settings()}"


def _umap(view: View, *, fitted: bool) -> None:
    """The settings of UMAP, and what fits it."""
    with st.container(horizontal=True, vertical_alignment="bottom"), st.popover("UMAP's settings"):
        st.number_input("Neighbours", 2, 200, key="gap_neighbours")
        st.number_input("Least distance in the map", 0.0, 1.0, step=0.05, key="gap_distance")
        st.number_input("Seed", 0, 9_999, key="gap_seed")
    if fitted:
        return
    key, run, words = _umap_key(view), _fitting(view, state.settings()), "UMAP, per cent"
    usual = state.settings() == tuple(state.NUMBERS[name][-1] for name in ("neighbours", "distance", "seed"))
    if usual and len(view.pairs) <= AT_ONCE and not work.was_started(key):
        work.start(key, run, words)
    work.offer(
        key,
        run,
        label="Fit UMAP",
        words=words,
        name=UMAP,
        about="Seconds for some hundred pairs, minutes for thousands; it can be stopped, and is kept.",
    )


def _fitting(view: View, settings: tuple[int, float, int]) -> Callable[..., Projection]:
    neighbours, distance, seed = settings

    def run(*, progress, cancelled) -> Projection:
        return project(
            view.pairs,
            method=UMAP,
            neighbours=neighbours,
            distance=distance,
            seed=seed,
            progress=progress,
            cancel=cancelled,
        )

    return run
