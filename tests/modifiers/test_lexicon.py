"""The lexicon that comes with PPP, and what a lexicon may not say."""

import json

import pytest

from ppp_core.errors import PPPError
from ppp_core.modifiers import KINDS, lexicon, parse
from ppp_core.modifiers.lexicon import FOLDER, HEADER, Term, make_lexicon, read_lexicon
from ppp_core.modifiers.words import read_words

STYLE_KINDS = [name for name, kind in KINDS.items() if kind.modifies and kind.family not in ("grammar",)]


def write(folder, tables, *, files=None, version="1"):
    """A lexicon in a folder: ``{"medium": ["oil painting\\t\\t"]}``."""
    card = {"version": version, "files": files or {kind: len(lines) for kind, lines in tables.items()}}
    (folder / "card.json").write_text(json.dumps(card))
    for kind, lines in tables.items():
        (folder / f"{kind}.tsv").write_text("\n".join([HEADER, *lines]) + "\n")
    return folder


def test_the_shipped_lexicon_is_whole():
    known = lexicon()
    assert len(known) >= 3_000
    assert known.version
    assert set(known.by_kind) == set(STYLE_KINDS) - {"repeating", "image"}
    assert sum(known.by_kind.values()) == len(known)
    assert len({term.term for term in known.terms}) == len(known)
    assert known is lexicon()


def test_every_form_of_the_shipped_lexicon_is_found_as_its_term():
    for term in lexicon().terms:
        assert lexicon().get(term.term) is term


@pytest.mark.parametrize("kind", ["artist", "medium", "lighting", "quality"])
def test_shipped_terms_are_found_as_keywords(kind):
    terms = [term for term in lexicon().terms if term.kind == kind][::40]
    for term in terms:
        parts = parse(f"a fox, {term.term}", grammar=False).modifiers
        assert [part.kind for part in parts] == [kind], (term, parts)


def test_tables_are_read(tmp_path):
    known = read_lexicon(
        write(tmp_path, {"medium": ["oil painting\toils|oil on canvas\t", "photo\t\tsegment"]})
    )
    assert known.terms == (Term("oil painting", "medium"), Term("photo", "medium", "segment"))
    assert known.get("OIL on  canvas") is known.terms[0]
    assert known.by_kind == {"medium": 2}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("soft color", "Soft Colours"),
        ("oil painting", "oil-paintings"),
        ("sketch", "sketches"),
        ("black and white", "black & white"),
        ("dürer", "Durer"),
        ("close-up", "close up"),
        ("h. r. giger", "H.R. Giger"),
        ("f/1.8", "f/1.8"),
        ("children's book", "children’s book"),
    ],
)
def test_forms_that_need_no_variant(written, said):
    known = make_lexicon("1", [(Term(written, "medium"), ())])
    assert known.get(said) is not None


def test_the_longest_term_wins_and_commas_part():
    known = make_lexicon(
        "1", [(Term(name, "medium"), ()) for name in ("oil", "oil painting", "oil painting kit")]
    )
    text = "oil painting, kit"
    assert known.longest_at(read_words(text), text, 0) == (2, Term("oil painting", "medium"))
    assert known.longest_at(read_words(text), text, 1) is None


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({"medium": ["oil\t"]}, "medium.tsv, line 2: three cells separated by tabs were wanted, got 2"),
        ({"medium": ["oil\t\tanywhere"]}, "line 2: the scope is empty or 'segment', got 'anywhere'"),
        ({"medium": ["Oil\t\t"]}, "line 2: a term in lower case was wanted, got 'Oil'"),
        ({"medium": ["\t\t"]}, "line 2: a term in lower case was wanted, got ''"),
        ({"medium": ["oil\t\t", "oil paint\toil\t"]}, "'oil' stands for 'oil paint' .medium. and for 'oil'"),
        (
            {"medium": ["oil\t\t"], "mood": ["oil\t\t"]},
            "'oil' stands for 'oil' .mood. and for 'oil' .medium.",
        ),
        ({"medium": ["oil\ta+\t"]}, r"'oil' has a form without content: 'a\+'"),
        ({"medium": ["---\t\t"]}, "has a form without content: '---'"),
        ({"attribut": []}, "Unknown kind of modifier 'attribut'. Did you mean 'attribute'"),
        ({"subject": []}, "Unknown kind of modifier 'subject'"),
    ],
)
def test_what_a_lexicon_may_not_say(tmp_path, tables, told):
    with pytest.raises(PPPError, match=told):
        read_lexicon(write(tmp_path, tables))


def test_a_count_that_differs_from_the_card_is_told(tmp_path):
    folder = write(tmp_path, {"medium": ["oil\t\t"]}, files={"medium": 2})
    with pytest.raises(PPPError, match=r"medium\.tsv holds 1 terms, its card says 2"):
        read_lexicon(folder)


def test_missing_files_are_told(tmp_path):
    with pytest.raises(PPPError, match=r"card.json is missing or no JSON"):
        read_lexicon(tmp_path)
    write(tmp_path, {}, files={"medium": 0})
    with pytest.raises(PPPError, match=r"medium.tsv is missing, but the lexicon's card names it"):
        read_lexicon(tmp_path)
    (tmp_path / "medium.tsv").write_text("oil\t\t\n")
    with pytest.raises(PPPError, match="must begin with the line"):
        read_lexicon(tmp_path)
    (tmp_path / "card.json").write_text("[]")
    with pytest.raises(PPPError, match="must tell 'version' and 'files'"):
        read_lexicon(tmp_path)


def test_the_files_are_those_that_the_card_names():
    card = json.loads((FOLDER / "card.json").read_text(encoding="utf-8"))
    assert {path.stem for path in FOLDER.glob("*.tsv")} == set(card["files"])
