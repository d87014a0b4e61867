"""What the figures of the correlation page have in common: colours, scale, numbers in words."""

from __future__ import annotations

import plotly.graph_objects as go

SCALE = (-0.2, 0.8)
"""Ends of the colour scale of coefficients, the same in every figure, so that colours can be compared."""

COLOURS = [
    (0.0, "#C75B00"),
    (0.2, "#F4F1EC"),
    (0.5, "#7FB8DA"),
    (0.8, "#0F6AA8"),
    (1.0, "#082C54"),
]
"""Orange below zero, nearly white at zero, blue above: told apart in every kind of colour blindness."""

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F")
"""Okabe and Ito (2008), with grey instead of black and without yellow, for light and dark pages."""

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
QUIET = "rgba(128,128,128,0.28)"
FIRM = "rgba(128,128,128,0.75)"
CLEAR = "rgba(0,0,0,0)"

JUDGES = {
    "people": "Judged by people",
    "retrieval": "Relevance judged by people, ranking by a search model",
    "models": "Made by models, not by people",
    "user": "Your own column",
    "simulated": "Simulated: made by a drawing program, not by people",
}
"""Who made the observed values, in the order of the blocks."""

SOURCES = {
    "measured": "Measured by us",
    "published": "Published by others",
    "published, second-hand": "Published by others, quoted at second hand",
    "author's re-run": "Re-run by one of the authors, unpublished",
}
"""Who measured a coefficient, in the order of the groups."""


def dressed(figure: go.Figure, *, height: int, **layout: object) -> go.Figure:
    """A transparent background for light and dark pages, quiet grid lines, little margin.

    Args:
        figure: changed in place and given back.
        height: in pixels.
        layout: further parts of the layout, which win.

    Example:
        >>> dressed(go.Figure(), height=100).layout.paper_bgcolor
        'rgba(0,0,0,0)'
    """
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        hoverlabel={"align": "left"},
    )
    figure.update_xaxes(gridcolor=QUIET, zerolinecolor=FIRM, automargin=True)
    figure.update_yaxes(gridcolor=QUIET, zerolinecolor=FIRM, automargin=True)
    figure.update_layout(**layout)
    return figure


def ink(value: float) -> str:
    """Black or white, whichever stands out more from the colour of a coefficient (WCAG's contrast).

    Example:
        >>> ink(0.0), ink(0.6)
        ('#000000', '#FFFFFF')
    """
    share = min(max((value - SCALE[0]) / (SCALE[1] - SCALE[0]), 0.0), 1.0)
    upper = next(place for place in range(1, len(COLOURS)) if share <= COLOURS[place][0])
    (start, low), (end, high) = COLOURS[upper - 1], COLOURS[upper]
    mix = (share - start) / (end - start)
    channels = [int(low[i : i + 2], 16) * (1 - mix) + int(high[i : i + 2], 16) * mix for i in (1, 3, 5)]
    red, green, blue = (
        c / 255 / 12.92 if c <= 10.31475 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in channels
    )
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000000" if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) else "#FFFFFF"


def cell_texts(x: list[float], y: list[float], texts: list[str], values: list[float]) -> go.Scatter:
    """Texts on a matrix' cells, black or white after the cell's colour.

    Example:
        >>> cell_texts([0], [0], ["a"], [0.6]).textfont.color
        ('#FFFFFF',)
    """
    return go.Scatter(
        x=x,
        y=y,
        text=texts,
        mode="text",
        textfont={"size": 12, "color": [ink(value) for value in values]},
        hoverinfo="skip",
        showlegend=False,
        name="texts",
    )


def standalone_html(figure: go.Figure, *, title: str) -> bytes:
    """A figure as one HTML file that needs nothing from elsewhere: Plotly's script (about 5 MB) is inside.

    Example:
        >>> page = standalone_html(go.Figure(), title="a <b>")
        >>> b"<title>a &lt;b&gt;</title>" in page, b'src="http' in page
        (True, False)
    """
    from html import escape

    kept = go.Figure(figure)
    kept.update_layout(paper_bgcolor="#FFFFFF", plot_bgcolor="#FFFFFF")
    inside = kept.to_html(full_html=False, include_plotlyjs="inline", config=PLOT_CONFIG)
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}'
    return f"<!doctype html><html><head>{head}</title></head><body>{inside}</body></html>".encode()


PLOT_CONFIG = {"displaylogo": False, "showSendToCloud": False}
"""For every figure that is shown: nothing is sent anywhere."""


def picture_config(name: str, *, format: str = "svg", height: int | None = None) -> dict:
    """As `PLOT_CONFIG`, with a camera button that saves the figure as SVG or PNG, in the browser.

    Example:
        >>> picture_config("matrix")["toImageButtonOptions"]["filename"]
        'matrix'
    """
    picture = {"format": format, "filename": name, "width": 1200, "height": height, "scale": 2}
    return {**PLOT_CONFIG, "toImageButtonOptions": {k: v for k, v in picture.items() if v is not None}}
