"""Reading of labelled prompts."""

import json

import pytest

from ppp_core.errors import PPPError
from ppp_core.modifiers.labelled import Label, read_labelled

FOX = {"style": "coco", "part": "development", "prompt": "a red fox", "labels": [[2, 5, "attribute"]]}
CAT = {"style": "agiqa", "part": "held-out", "prompt": "cat, 8k", "labels": [[5, 7, "quality"]]}


@pytest.fixture
def written(tmp_path):
    def write(*records):
        path = tmp_path / "made.jsonl"
        lines = [
            record if isinstance(record, str) else json.dumps(record, ensure_ascii=False)
            for record in records
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def test_reads_all_or_one_part(written):
    path = written(FOX, CAT)
    both = read_labelled(path)
    assert [one.prompt for one in both] == ["a red fox", "cat, 8k"]
    assert both[1].labels == (Label(5, 7, "quality"),)
    assert read_labelled(path, part="held-out") == both[1:]


def test_a_prompt_may_hold_line_separators(written):
    prompt = "fox\u2028a\u0085b"
    (one,) = read_labelled(written({**FOX, "prompt": prompt, "labels": []}))
    assert one.prompt == prompt


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"labels": [[2, 5, "attribute"], [4, 9, "mood"]]},
            r"line 2: labels must be in order.*got 4 to 9 after 5",
        ),
        ({"labels": [[2, 12, "mood"]]}, r"inside the 9 characters, got 2 to 12 after 0"),
        ({"labels": [[3, 3, "mood"]]}, r"got 3 to 3 after 0"),
        ({"labels": [[2.0, 5, "mood"]]}, r"whole numbers, got 2.0 and 5"),
        ({"labels": [[2, 5, "colr"]]}, r"line 2: Unknown kind 'colr'. Did you mean 'colour'"),
        ({"labels": [[2, 5]]}, r"line 2: wanted style, part, prompt and labels"),
        ({"style": "cocoa"}, r"Unknown style 'cocoa'. Did you mean 'coco'"),
        ({"part": "test"}, r"Unknown part 'test'"),
        ({"prompt": 3}, r"the prompt must be text, got int"),
    ],
)
def test_bad_records_are_refused_with_their_line(written, change, message):
    with pytest.raises(PPPError, match=message):
        read_labelled(written(CAT, {**FOX, **change}))


def test_bad_files_are_refused(written, tmp_path):
    with pytest.raises(PPPError, match=r"none\.jsonl is none"):
        read_labelled(tmp_path / "none.jsonl")
    with pytest.raises(PPPError, match=r"made\.jsonl, line 1: wanted style.*got 'a red fox'"):
        read_labelled(written("a red fox"))
    with pytest.raises(PPPError, match="'a red fox' comes 2 times"):
        read_labelled(written(FOX, FOX))
    with pytest.raises(PPPError, match="Unknown part of the labelled prompts 'test'"):
        read_labelled(written(FOX), part="test")
