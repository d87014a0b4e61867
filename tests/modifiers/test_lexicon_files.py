"""The lexicon's files keep their own rules; read here without the package's loader."""

import json
import re
import unicodedata
from pathlib import Path

import pytest

from ppp_core.modifiers.kinds import KINDS

FOLDER = Path(__file__).parents[2] / "data" / "lexicon"
CARD = json.loads((FOLDER / "card.json").read_text(encoding="utf-8"))
STYLE_KINDS = ("artist", "medium", "movement", "genre", "lighting", "colour", "camera", "rendering", "mood")
AGIQA = {
    "warm color": "colour",
    "cold color": "colour",
    "top view": "camera",
    "elevation view": "camera",
    "close-up": "camera",
    "long-shot": "camera",
    "blurred detail": "rendering",
    "hyper detail": "rendering",
    "soft lighting": "lighting",
    "HDR lighting": "lighting",
    "anime style": "genre",
    "sci-fi style": "genre",
    "realistic style": "movement",
    "abstract style": "movement",
    "baroque style": "movement",
}
"""Every value that AGIQA-3K's columns adj1, adj2 and style take, with its kind."""


def rows(kind: str) -> list[list[str]]:
    lines = (FOLDER / f"{kind}.tsv").read_text(encoding="utf-8").split("\n")
    assert lines[0] == "term\tvariants\tscope"
    assert lines[-1] == ""
    return [line.split("\t") for line in lines[1:-1]]


def forms(row: list[str]) -> list[str]:
    return [row[0], *(row[1].split("|") if row[1] else [])]


def key(form: str) -> str:
    """A form as it is compared: words alone, in lower case, without accents."""
    spelt = unicodedata.normalize("NFKD", form.casefold().replace("&", " and "))
    bare = "".join(letter for letter in spelt if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", bare))


@pytest.fixture(scope="module")
def known() -> dict[str, tuple[str, str]]:
    """Each form's key, with its kind and term."""
    found = {}
    for kind in CARD["files"]:
        for row in rows(kind):
            found.update({key(form): (kind, row[0]) for form in forms(row)})
    return found


def test_the_card_names_every_file_and_its_terms():
    assert {path.stem for path in FOLDER.glob("*.tsv")} == set(CARD["files"])
    assert {kind: len(rows(kind)) for kind in CARD["files"]} == CARD["files"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", CARD["version"])
    assert CARD["licence"] == "Apache-2.0"


def test_kinds_are_known_and_all_styles_are_there():
    assert set(CARD["files"]) == {*STYLE_KINDS, "quality", "magic"}
    assert all(KINDS[kind].modifies for kind in CARD["files"])


def test_there_are_a_few_thousand_terms():
    assert sum(CARD["files"].values()) >= 3_000
    assert CARD["files"]["artist"] >= 900


@pytest.mark.parametrize("kind", CARD["files"])
def test_rows_are_well_formed(kind):
    table = rows(kind)
    assert all(len(row) == 3 for row in table)
    assert {scope for _, _, scope in table} <= {"", "segment"}
    assert [row[0] for row in table] == sorted(row[0] for row in table)
    for row in table:
        for form in forms(row):
            assert form == " ".join(form.split()).lower(), form
            assert len(key(form)) > 1, form
        assert row[0].isascii(), row[0]


def test_no_form_stands_for_two_terms():
    seen, twice = {}, []
    for kind in CARD["files"]:
        for row in rows(kind):
            for form in forms(row):
                if key(form) in seen:
                    twice.append((form, (kind, row[0]), seen[key(form)]))
                seen[key(form)] = (kind, row[0])
    assert twice == []


@pytest.mark.parametrize(("value", "kind"), AGIQA.items())
def test_every_value_of_agiqa_is_known(known, value, kind):
    """``… style`` is read by the parser, so that the word before it is enough."""
    found = known.get(key(value)) or known.get(key(value.removesuffix(" style")))
    assert found is not None
    assert found[0] == kind


@pytest.mark.parametrize(
    ("term", "kind"),
    [
        ("Greg Rutkowski", "artist"),
        ("Studio Ghibli", "artist"),
        ("Wes Anderson", "artist"),
        ("Käthe Kollwitz", "artist"),
        ("oil painting", "medium"),
        ("concept art", "medium"),
        ("macro photography", "medium"),
        ("art nouveau", "movement"),
        ("photorealistic", "movement"),
        ("portrait", "genre"),
        ("cyberpunk", "genre"),
        ("golden hour", "lighting"),
        ("god rays", "lighting"),
        ("black & white", "colour"),
        ("teal and orange", "colour"),
        ("85mm", "camera"),
        ("f/1.8", "camera"),
        ("octane render", "rendering"),
        ("subsurface scattering", "rendering"),
        ("eerie", "mood"),
        ("masterpiece", "quality"),
        ("trending on ArtStation", "quality"),
        ("control the soul", "magic"),
    ],
)
def test_what_people_type_is_there(known, term, kind):
    assert known[key(term)][0] == kind


@pytest.mark.parametrize("term", ["dark", "warm", "gothic", "beautiful", "vintage", "photo", "sunset"])
def test_words_of_a_scene_are_keywords_only(term):
    scopes = {row[0]: row[2] for kind in CARD["files"] for row in rows(kind)}
    assert scopes[term] == "segment"


@pytest.mark.parametrize("word", ["red", "white background", "looking at viewer", "art", "picture", "rain"])
def test_what_is_seen_is_no_term(known, word):
    assert key(word) not in known
