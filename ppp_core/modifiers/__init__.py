"""Prompts taken apart: subject, typed modifiers with their places, and what belongs to a tool."""

from .counting import count, counts
from .kinds import DEFINITIONS, KINDS, MODIFYING, Definition, Kind
from .lexicon import Lexicon, Term, lexicon
from .parsed import Parsed, Part
from .parsing import parse, parse_all

__all__ = [
    "DEFINITIONS",
    "KINDS",
    "MODIFYING",
    "Definition",
    "Kind",
    "Lexicon",
    "Parsed",
    "Part",
    "Term",
    "count",
    "counts",
    "lexicon",
    "parse",
    "parse_all",
]
