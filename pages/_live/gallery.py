"""The dropped pictures beside each other, with their scores, and the table to take away."""

import pandas as pd
import streamlit as st

from pages import _cache as cache
from pages import _downloads
from pages._live import dropping
from pages._live.dropping import Dropped
from pages._text import plain
from ppp_core import load_shipped, scorers
from ppp_core.charts.before_after import BEST, TIED, standing
from ppp_core.predictors.after import BeforeAfter, ImageValue

WIDTH = 134
LONGEST_NAME = 18
SHORT = {"agiqa-3k/alignment": "Match", "agiqa-3k/quality": "Look"}
BADGES = {BEST: ("Best", ":material/star:", "green"), TIED: ("Tied with the best", None, "gray")}
Estimates = dict[str, tuple[ImageValue | None, ...]]


def show(prompt: str, pictures: list[Dropped], found: dict[str, BeforeAfter]) -> None:
    """Thumbnails with values, the best first; then all scores in a table."""
    if not pictures:
        return
    estimates = {name: both.after.images for name, both in found.items()}
    order = _choose(pictures, list(estimates))
    signs = standing(estimates[order]) if order else ("",) * len(pictures)
    places = sorted(range(len(pictures)), key=lambda place: -_value(estimates, order, place))
    with st.container(key="pictures_gallery", horizontal=True, gap="small"):
        for place in places:
            _show_picture(pictures[place], place, estimates, signs[place])
    _tell_signs(signs, order)
    _show_table(prompt, [pictures[place] for place in places], places, estimates, signs)


def _choose(pictures: list[Dropped], names: list[str]) -> str:
    """By which estimate the pictures are ordered and the best is marked; empty where there is none."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Each picture** ({len(pictures)} of at most {dropping.MOST})", width="content")
        st.button(
            "Remove all",
            key="pictures_clear",
            on_click=dropping.remove_all,
            icon=":material/close:",
            type="tertiary",
        )
    if not names or len(pictures) < 2:
        return next(iter(names), "")
    return st.segmented_control(
        "Best first, by",
        names,
        default=names[0],
        format_func=lambda name: SHORT.get(name, load_shipped(name).target.short),
        key="pictures_order",
        required=True,
    )


def _value(estimates: Estimates, order: str, place: int) -> float:
    one = estimates[order][place] if order else None
    return 0.0 if one is None else one.value


def _show_picture(picture: Dropped, place: int, estimates: Estimates, sign: str) -> None:
    """One picture with its values, what was remarked on it, and a button that takes it away."""
    with st.container(width=WIDTH + 34, border=True):
        st.image(picture.thumbnail, width=WIDTH, alt=f"The picture {picture.name}")
        values = [
            f"{SHORT.get(name, name)} **{images[place].value:.{load_shipped(name).target.decimals}f}**"
            for name, images in estimates.items()
            if images[place] is not None
        ]
        st.markdown("  \n".join(values))
        if sign:
            words, icon, colour = BADGES[sign]
            st.badge(words, icon=icon, color=colour)
        if any(images[place] is not None and images[place].unfamiliar for images in estimates.values()):
            st.badge("Unfamiliar", icon=":material/help:", color="orange")
        st.caption(plain(_short(picture.name)))
        for note in picture.notes:
            st.caption(plain(note))
        st.button(
            "Remove",
            key=f"remove_{picture.sha256}",
            on_click=dropping.remove,
            args=(picture.sha256,),
            icon=":material/close:",
            type="tertiary",
        )


def _short(name: str) -> str:
    """A file's name as it fits below a thumbnail, its ending kept."""
    half = LONGEST_NAME // 2
    return name if len(name) <= LONGEST_NAME else f"{name[:half]}…{name[-half:]}"


def _tell_signs(signs: tuple[str, ...], order: str) -> None:
    """What best and tied mean, where one of them is shown."""
    if BEST not in signs:
        return
    tied, rest = signs.count(TIED), len(signs) - 1
    who = "the other" if rest == 1 else f"{tied} of the other {rest}"
    others = (
        f"{who} cannot be told from it, for the 90 % intervals overlap"
        if tied
        else "no other's 90 % interval reaches its own"
    )
    st.caption(
        "What people would say of each picture by itself. The best by "
        f"{SHORT.get(order, order).lower()} is marked: {others}."
    )


def _show_table(
    prompt: str, pictures: list[Dropped], places: list[int], estimates: Estimates, signs: tuple[str, ...]
) -> None:
    """Every score of every picture, to be sorted and taken away."""
    columns: dict[str, list] = {"picture": [one.name for one in pictures]}
    for name, images in estimates.items():
        for part in ("value", "low", "high"):
            column = name if part == "value" else f"{name}_{part}"
            columns[column] = [getattr(images[place], part, None) for place in places]
    if estimates:
        columns["standing"] = [signs[place] for place in places]
    wanted = cache.picture_scorers(with_prompt=bool(prompt))
    with st.spinner("Scoring each picture …", show_time=True):
        for name in wanted:
            columns[name] = cache.picture_scores(name, prompt, pictures)
    columns |= {
        "width": [one.pixels[0] for one in pictures],
        "height": [one.pixels[1] for one in pictures],
        "remarks": [" ".join(one.notes) for one in pictures],
    }
    table = pd.DataFrame(columns)
    st.dataframe(
        table,
        hide_index=True,
        key="pictures_table",
        column_config=_formats(list(estimates), wanted),
        alt="One row a picture with its scores",
    )
    _tell_scorers(wanted, pictures)
    _downloads.offer(table, name="pictures")


def _formats(targets: list[str], wanted: list[str]) -> dict:
    number = st.column_config.NumberColumn
    formats = {"picture": st.column_config.TextColumn("picture", pinned=True)}
    for name in targets:
        target = load_shipped(name).target
        short = SHORT.get(name, target.short)
        for part, words in (("", ""), ("_low", ", low"), ("_high", ", high")):
            about = f"{target.title}, {target.low:g} to {target.high:g}, this picture; 90 % interval"
            formats[f"{name}{part}"] = number(
                f"{short}{words}", format=f"%.{target.decimals}f", help=plain(about)
            )
    for name in wanted:
        entry = scorers.SCORERS[name]
        formats[name] = number(
            f"{entry.name} (stand-in)" if name == cache.STAND_IN else entry.name,
            format="%.3g",
            help=plain(f"{entry.title}: {entry.measures}. {entry.about}"),
        )
    return formats


def _tell_scorers(wanted: list[str], pictures: list[Dropped]) -> None:
    """What the columns are; which scorer stands in for what is not here; what was not measured."""
    told = ["Higher is better or more, everywhere; point at a column's head to read what it is."]
    clip = cache.clip_score_status()
    if clip.available:
        told.append("clipscore is the real CLIPScore: the weights of CLIP are on this machine.")
    elif cache.STAND_IN in wanted:
        told.append(
            f"{cache.STAND_IN} is a small stand-in, not CLIPScore, which takes its place as soon as CLIP's "
            f"weights are here: `{clip.get}`."
        )
    if any(cache.is_too_large(one) for one in pictures):
        told.append(
            "Statistics of pixels are measured here on pictures of up to 2,048 × 2,048 pixels; ppp rate "
            "measures them on larger ones."
        )
    st.caption(" ".join(told))
