"""The kinds of parts that a prompt is made of, and the ways to count what modifies.

Reference:
    Oppenlaender (2023), A Taxonomy of Prompt Modifiers for Text-to-Image Generation, Behaviour &
    Information Technology. His style modifiers are split here into nine kinds; ``attribute`` is ours.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """What a part of a prompt can be.

    Attributes:
        name: the table's key.
        title: one or two words for a legend.
        about: what belongs to it, with examples.
        family: Oppenlaender's kind, ``"grammar"`` for what only grammar tells, or ``"syntax"`` for what
            belongs to a tool and says nothing of the picture.
        modifies: whether such a part counts as a modifier.
    """

    name: str
    title: str
    about: str
    family: str
    modifies: bool = True


_STYLE = "style modifier"

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "subject",
            "Subject",
            "what the picture is of: things, people, what they do",
            "subject term",
            False,
        ),
        Kind("artist", "Artist", "by or in the style of a person, studio or brand: by Hokusai", _STYLE),
        Kind(
            "medium",
            "Medium",
            "what the picture is made with or as: oil painting, photo, 3d sculpture",
            _STYLE,
        ),
        Kind(
            "movement",
            "Movement",
            "an art movement or period: impressionism, art deco, baroque style",
            _STYLE,
        ),
        Kind("genre", "Genre", "a genre or visual world: cyberpunk, anime, portrait, film noir", _STYLE),
        Kind(
            "lighting",
            "Lighting",
            "light and time of day as light: golden hour, soft lighting, backlit",
            _STYLE,
        ),
        Kind("colour", "Colour", "colours of the picture as a whole: warm color, pastel palette", _STYLE),
        Kind(
            "camera", "Camera", "camera and composition: close-up, top view, 85mm, bokeh, symmetrical", _STYLE
        ),
        Kind("rendering", "Rendering", "how it is computed or finished: octane render, ray tracing", _STYLE),
        Kind("mood", "Mood", "atmosphere of the picture: eerie, cozy atmosphere, dreamlike", _STYLE),
        Kind(
            "quality",
            "Quality",
            "asks for quality or fame: masterpiece, 8k, trending on artstation",
            "quality booster",
        ),
        Kind("repeating", "Repetition", "a word or phrase said again: very very very", "repeating term"),
        Kind("image", "Image prompt", "a picture given as prompt: an address of an image", "image prompt"),
        Kind(
            "magic",
            "Magic term",
            "meant to add surprise, without plain meaning: control the soul",
            "magic term",
        ),
        Kind(
            "attribute",
            "Attribute",
            "adjectives and prepositional phrases of the description: red, on a beach",
            "grammar",
        ),
        Kind(
            "parameter",
            "Parameter",
            "a setting of a tool: --ar 16:9, <lora:name:0.8>, BREAK",
            "syntax",
            False,
        ),
        Kind(
            "negative", "Negative", "what must not be there: after --no or Negative prompt:", "syntax", False
        ),
        Kind("separator", "Separator", "spaces, punctuation, brackets, weights", "syntax", False),
    )
}
"""Name -> kind, in the order of legends and tables."""

MODIFYING = tuple(name for name, kind in KINDS.items() if kind.modifies)


@dataclass(frozen=True)
class Definition:
    """A way to count the modifiers of a prompt.

    Attributes:
        name: the table's key.
        title: a few words for a chooser.
        about: the rule in one sentence.
    """

    name: str
    title: str
    about: str


DEFINITIONS: dict[str, Definition] = {
    one.name: one
    for one in (
        Definition(
            "segments",
            "Comma segments",
            "Comma-separated segments after the first, a tool's settings and negative prompts left out.",
        ),
        Definition(
            "lexicon",
            "Known terms",
            "Terms of the lexicon and patterns such as “by …” and “in the style of …”; no grammar.",
        ),
        Definition(
            "all",
            "Everything that modifies",
            "Known terms, and the adjectives and prepositional phrases that grammar finds.",
        ),
    )
}
"""Name -> definition of the count of modifiers."""
