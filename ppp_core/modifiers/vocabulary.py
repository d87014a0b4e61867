"""Words that decide what stands around them: heads of phrases, cues, and words without content."""

HEADS: dict[str, str] = {
    **dict.fromkeys(("light", "lights", "lighting", "backlight", "backlighting", "illumination"), "lighting"),
    **dict.fromkeys(
        (
            "color", "colors", "colour", "colours", "tone", "tones", "palette", "palettes", "hues",
            "scheme", "coloring", "colouring",
        ),
        "colour",
    ),
    **dict.fromkeys(
        ("atmosphere", "mood", "vibe", "vibes", "ambience", "ambiance", "feel", "feeling"), "mood"
    ),
    **dict.fromkeys(
        (
            "composition", "shot", "angle", "view", "lens", "focus", "perspective", "framing", "viewpoint",
            "closeup", "bokeh",
        ),
        "camera",
    ),
    **dict.fromkeys(("quality", "resolution", "detail", "details", "definition"), "quality"),
    **dict.fromkeys(("style", "styles", "styled", "aesthetic", "aesthetics"), "movement"),
}  # fmt: skip
"""Last word of a phrase that says how the picture looks -> the kind of the whole phrase. A style's kind is
that of the word before it, where that is known."""

STYLES = frozenset(("style", "styles", "styled", "aesthetic", "aesthetics"))

PICTURES = frozenset(
    "art artwork artworks picture pictures image images photo photos photograph photographs photography "
    "painting paintings drawing drawings illustration illustrations sketch sketches render renders "
    "rendering renderings portrait portraits poster posters print prints wallpaper still screenshot "
    "concept design scene shot cartoon animation film movie cinematography photoshoot snapshot selfie "
    "mural fresco".split()
)
"""Words for a picture: what stands right before them says how it looks."""

INTENSIFIERS = frozenset(
    "very super ultra extremely incredibly insanely highly hyper mega so really absolutely extra utterly "
    "slightly quite most more intensely deeply truly amazingly exceptionally ridiculously unbelievably "
    "wonderfully stunningly astonishingly perfectly beautifully".split()
)

DETERMINERS = frozenset(
    "a an the this that these those its his her their my your our some any another every each".split()
)

CONNECTORS = DETERMINERS | frozenset("and with in of at on the by from or to as for plus featuring".split())
"""Words that may stand between keywords without making description of them."""

EMPTY = CONNECTORS | frozenset("is are it there s".split())
"""A rest of these alone is no subject."""

STOPS = EMPTY | frozenset(
    "about above across after against along amid among around before behind below beneath beside between "
    "beyond but down during inside into like near next off onto out outside over past through toward "
    "towards under up upon while within without be being was were has have who which where when then not "
    "no".split()
)
"""Words that a phrase of keywords does not reach across."""

NAME_PARTICLES = frozenset(
    "de da di del della der den van von le la du dos das el al y e bin ibn of the".split()
)

COLOURS = frozenset(
    "red orange yellow green blue purple violet pink brown black white gray grey silver golden gold "
    "turquoise teal crimson scarlet beige ivory maroon navy magenta cyan lavender indigo tan".split()
)
