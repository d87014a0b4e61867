"""Folders of pictures as people keep them."""

import io
import json
import os
import struct
import sys
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ppp_core.datasets import layouts, load_dataset
from ppp_core.datasets.layouts import (
    LONGEST_TEXT,
    Told,
    import_pictures,
    read_comfy,
    read_layout,
    read_webui,
    told_inside,
)
from ppp_core.errors import PPPError

WEBUI = (
    "a fox,\nred\nNegative prompt: blur, Seed: 1\nSteps: 20, Sampler: Euler a, Seed: 42, Model: sd15, Size: 5"
)
GRAPH = {
    "3": {"class_type": "KSampler", "inputs": {"seed": 9, "positive": ["7", 0], "negative": ["8", 0]}},
    "7": {"class_type": "ConditioningCombine", "inputs": {"conditioning_1": ["6", 0]}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "an  owl", "clip": ["4", 1]}},
    "8": {"class_type": "CLIPTextEncode", "inputs": {"text": "blur"}},
}


def picture(path, grey=0, **told):
    path.parent.mkdir(parents=True, exist_ok=True)
    info = PngInfo()
    for key, value in told.items():
        info.add_text(key, value)
    Image.new("RGB", (16, 16), (grey,) * 3).save(path, **({"pnginfo": info} if told else {}))


def test_every_layout_at_once(tmp_path):
    picture(tmp_path / "a.jpg")
    (tmp_path / "a.txt").write_text("\ufeffa cat\n", encoding="utf-8")
    picture(tmp_path / "b.png", parameters=WEBUI)
    picture(tmp_path / "c.png", prompt=json.dumps(GRAPH))
    picture(tmp_path / "a red car" / "0.png")
    picture(tmp_path / "17" / "1.png")
    (tmp_path / "17" / "prompt.txt").write_text("a blue\ncar")
    picture(tmp_path / "nothing.png")
    picture(tmp_path / ".hidden" / "2.png")
    frame, notes = read_layout(tmp_path)
    frame = frame.assign(seed=frame["seed"].astype(object).where(frame["seed"].notna(), None))
    found = {row.image: (row.prompt, row.generator if row.generator == row.generator else None, row.seed)
             for row in frame.itertuples()}  # fmt: skip
    assert found == {
        "17/1.png": ("a blue car", None, None),
        "a red car/0.png": ("a red car", None, None),
        "a.jpg": ("a cat", None, None),
        "b.png": ("a fox, red", "sd15", 42),
        "c.png": ("an owl", None, 9),
    }
    assert notes == ("1 of 6 pictures tell no prompt and are left out.",)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "3", '{"1": 2}', '{"1": {"inputs": {"positive": ["1", 0]}}}', "[" * 9999]
)
def test_graphs_that_hold_no_prompt(text):
    assert read_comfy(text) is None


def png(**told):
    info, buffer = PngInfo(), io.BytesIO()
    for key, value in told.items():
        info.add_itxt(key, value)
    Image.new("RGB", (4, 4)).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def wires(*names):
    return {"inputs": {f"in{number}": [name, 0] for number, name in enumerate(names)}}


SAMPLER = {"inputs": {"positive": ["1", 0]}}
LADDER = {"0": SAMPLER} | {str(rung): wires(rung + 1, rung + 1) for rung in range(1, 900)}
SEEDS = [
    "9" * 5000,
    f"-{'9' * 5000}",
    2**63,
    -1,
    1.5,
    float("nan"),
    float("inf"),
    True,
    None,
    [[7]],
    "\u0663",
]


def visits(monkeypatch, most):
    """Counts looks at nodes, and stops a walk that does not end."""
    looks = []

    def counted(node, inputs=layouts._inputs):
        looks.append(node)
        assert len(looks) <= most, "a node is looked at again and again"
        return inputs(node)

    monkeypatch.setattr(layouts, "_inputs", counted)
    return looks


def test_a_node_is_visited_once(monkeypatch):
    looks = visits(monkeypatch, 10)
    assert told_inside(png(prompt=json.dumps({"0": SAMPLER, "1": wires("1", "1", "1", "1")}))) is None
    assert len(looks) == 2


def test_a_ladder_is_climbed_once(monkeypatch):
    looks = visits(monkeypatch, 1000)
    assert read_comfy(json.dumps(LADDER)) is None
    assert len(looks) == 901  # the sampler, 899 rungs, and the one that is not there


def test_a_long_chain_is_followed_to_its_end():
    chain = {str(at): wires(at + 1) for at in range(1, 2000)} | {"2000": {"inputs": {"text": "a fox"}}}
    assert told_inside(png(prompt=json.dumps({"0": SAMPLER} | chain))).prompt == "a fox"


def test_the_first_wire_with_a_text_counts():
    texts = {str(at): {"inputs": {"text": text}} for at, text in enumerate(["", " ", "a fox", "an owl"], 2)}
    assert read_comfy(json.dumps({"0": SAMPLER, "1": wires(2, 3, 4, 5)} | texts)).prompt == "a fox"


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: str(seed)[:9])
def test_what_is_no_seed_of_63_bits_is_none(seed):
    graph = {"0": {"inputs": {"positive": ["1", 0], "seed": seed}}, "1": {"inputs": {"text": "a fox"}}}
    found = told_inside(png(prompt=json.dumps(graph)))
    assert found == Told("a fox", 3 if seed == "\u0663" else None)


def test_a_long_seed_beside_or_inside_a_picture_is_none(tmp_path):
    text = f"a fox\nSteps: 20, Seed: {'9' * 5000}"
    assert told_inside(png(parameters=text)) == Told("a fox")
    picture(tmp_path / "fox.png")
    (tmp_path / "fox.txt").write_text(text)
    frame, _ = read_layout(tmp_path)
    assert frame["prompt"].tolist() == ["a fox"]
    assert frame["seed"].isna().all()
    assert read_webui(f"a fox\nSteps: 20, Seed: {2**63 - 1}").seed == 2**63 - 1


def test_half_a_character_is_replaced():
    graph = {"0": SAMPLER, "1": {"inputs": {"text": "a \ud83e fox"}}}
    assert told_inside(png(prompt=json.dumps(graph))).prompt == "a ? fox"


NAMES = st.one_of(st.integers(0, 5), st.integers(0, 5).map(str), st.floats(), st.none(), st.just([[0]]))
WIRES = st.lists(NAMES, max_size=3)
INPUTS = st.dictionaries(
    st.sampled_from(["positive", "text", "text_g", "string", "value", "seed", "noise_seed", "a", "b", "c"]),
    st.one_of(WIRES, WIRES, st.text(max_size=9), st.sampled_from(SEEDS), st.integers()),
    max_size=6,
)
NODES = st.one_of(st.fixed_dictionaries({"inputs": INPUTS}), st.none(), st.integers(), WIRES, st.text())
GRAPHS = st.dictionaries(st.integers(0, 5).map(str), NODES, max_size=6).map(json.dumps)
DEEP = st.sampled_from(["[", '{"a":', '{"0": {"inputs": {"positive": ['])
WORDS = ["a fox", "\n", "Negative prompt:", "Steps: 20, ", "Seed: ", "9" * 5000, "Model: "]
TEXTS = st.one_of(
    GRAPHS,
    st.builds(lambda opened, n: opened * n, DEEP, st.integers(1, 30_000)),
    st.lists(st.sampled_from(WORDS)).map("".join),
    st.sampled_from([f'{{"0": {"9" * 5000}}}', "NaN", '{"0": {"inputs": {"positive": ["1"], "seed": NaN}}}']),
    st.text(),
)


def is_sound(found):
    if found is not None:
        assert found.prompt == found.prompt.encode().decode().strip() != ""
        assert found.generator.encode() is not None
        assert found.seed is None or 0 <= found.seed < 2**63
    return True


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(["parameters", "prompt"]), TEXTS)
@example("prompt", json.dumps({"0": SAMPLER, "1": wires("1", "1", "1", "1")}))
def test_no_text_within_a_picture_raises_or_hangs(key, text):
    with pytest.MonkeyPatch.context() as patch:
        visits(patch, 100)
        text = text.replace("\0", "")[:LONGEST_TEXT]
        assert is_sound(told_inside(png(**{key: text})))
        assert is_sound(read_webui(text))


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0))
KINDS = st.sampled_from(
    b"tEXt zTXt iTXt eXIf iCCP pHYs gAMA cHRM sRGB acTL fcTL fdAT tRNS PLTE IHDR IDAT IEND CgBI aaAa".split()
)
HEADS = st.sampled_from([b"", b"prompt\0", b"parameters\0\0", b"prompt\0\1\0\0\0"])
CONTENTS = st.one_of(
    st.builds(lambda head, tail: head + tail, HEADS, st.binary(max_size=30)),
    st.binary(max_size=30).map(lambda content: b"parameters\0\0" + zlib.compress(content)),
)


@settings(deadline=None, max_examples=300)
@given(
    st.one_of(
        st.binary(),
        st.lists(st.builds(chunk, KINDS, CONTENTS), max_size=5).map(
            lambda parts: b"\x89PNG\r\n\x1a\n" + HEADER + b"".join(parts)
        ),
        st.builds(
            lambda at, put: png(parameters=WEBUI)[:at] + put + png(parameters=WEBUI)[at + 1 :],
            st.integers(8, 250),
            st.binary(max_size=3),
        ),
    )
)
@example(b"\x89PNG\r\n\x1a\n" + HEADER + chunk(b"zTXt", b"prompt\0\0" + zlib.compress(bytes(3_000_000))))
def test_no_bytes_raise(content):
    assert is_sound(told_inside(content))


def test_settings_are_no_prompt():
    assert read_webui("Negative prompt: blur\nSteps: 20, Seed: 1") is None
    assert read_webui("Steps: a poem, in seven steps").prompt == "Steps: a poem, in seven steps"
    assert read_webui(f"a\nSteps: 2, Seed: {10**30}").seed is None


def test_a_text_of_any_size_is_cut(tmp_path):
    picture(tmp_path / "a.png")
    (tmp_path / "a.txt").write_text("x" * (LONGEST_TEXT + 5))
    assert len(read_layout(tmp_path)[0]["prompt"][0]) == LONGEST_TEXT


def test_links_out_of_the_folder_are_not_read(tmp_path):
    picture(tmp_path / "outside" / "a.png", parameters="a fox")
    picture(tmp_path / "inside" / "b.png", parameters="a cat")
    (tmp_path / "inside" / "a.png").symlink_to(tmp_path / "outside" / "a.png")
    assert read_layout(tmp_path / "inside")[0]["image"].tolist() == ["b.png"]


@pytest.mark.skipif(sys.platform != "linux", reason="this system has no such names or pipes")
def test_texts_outside_the_folder_are_not_read(tmp_path):
    (tmp_path / "secret.txt").write_text("a password")
    inside = tmp_path / "inside"
    picture(inside / "b.png", parameters="a cat")
    picture(inside / "a red car" / "0.png")
    picture(inside / "an owl" / "1.png")
    (inside / "b.txt").symlink_to(tmp_path / "secret.txt")
    (inside / "a red car" / "prompt.txt").symlink_to("../../secret.txt")
    (inside / "an owl" / "1.txt").symlink_to(inside / "an owl" / "1.txt")
    os.mkfifo(inside / "an owl" / "prompt.txt")
    frame, _ = read_layout(inside)
    assert frame.set_index("image")["prompt"].to_dict() == {
        "a red car/0.png": "a red car",
        "an owl/1.png": "an owl",
        "b.png": "a cat",
    }
    (inside / "caption.txt").write_text("a boat")
    (inside / "an owl" / "caption.txt").symlink_to(inside / "caption.txt")  # this one stays within
    assert read_layout(inside)[0]["prompt"].tolist() == ["a red car", "a boat", "a cat"]


NOT_UTF8 = os.fsdecode(b"f\xff.png")


@pytest.mark.skipif(sys.platform != "linux", reason="this system has no such names or pipes")
def test_names_that_are_not_utf8_are_left_out(tmp_path, monkeypatch, ppp):
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    root = tmp_path / "mine"
    picture(root / NOT_UTF8, parameters="a dog")
    picture(root / os.fsdecode(b"\xfe") / "0.png")
    with pytest.raises(PPPError, match=r"None of the 2 pictures in .*mine has a name in UTF-8. Rename them"):
        read_layout(root)
    picture(root / "a fox" / "0.png")
    picture(root / "silent.png")
    notes = (
        "1 of 4 pictures tell no prompt and are left out.",
        "2 of 4 pictures have a name or a folder that is not UTF-8 and are left out. Rename them.",
    )
    assert import_pictures(root, name="mine").notes == notes
    assert read_layout(root)[0]["image"].tolist() == ["a fox/0.png"]
    ran = ppp("rate", root, "--scorer", "brightness", "--out", tmp_path / "out.json")
    assert ran.status == 0, ran.err
    assert "2 of 4 pictures have a name" in ran.err
    assert "a fox/0.png" in (tmp_path / "out.json").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="this system has no such names or pipes")
def test_a_folder_whose_name_is_not_utf8_is_refused(tmp_path, refused):
    root = tmp_path / os.fsdecode(b"\xff")
    picture(root / "a fox" / "0.png")
    assert "is not UTF-8. Rename it" in refused("rate", root, "--scorer", "brightness")
    (tmp_path / "mine.csv").write_text("prompt,image\na fox,a fox/0.png\n")
    told = refused("rate", tmp_path / "mine.csv", "--images", root, "--scorer", "brightness")
    assert "is not UTF-8. Rename it" in told


def test_replacing_pictures_forgets_their_ratings(tmp_path, monkeypatch, ppp, refused):
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    for number, grey in ((1, 0), (2, 255)):
        picture(tmp_path / f"v{number}" / "a fox" / "0.png", grey=grey)
    assert ppp("import", tmp_path / "v1", "--name", "mine").status == 0
    assert ppp("rate", "mine", "--scorer", "brightness", "--scorer", "contrast").status == 0
    before = load_dataset("mine")
    assert len(before.card.targets) == 2
    (tmp_path / "empty").mkdir()
    assert "There is no picture" in refused("import", tmp_path / "empty", "--name", "mine", "--replace")
    assert load_dataset("mine").ratings.equals(before.ratings)  # what was not replaced keeps its ratings
    ran = ppp("import", tmp_path / "v2", "--name", "mine", "--replace")
    assert ran.status == 0, ran.err
    assert "mine: 1 prompts; targets: none." in ran.out
    assert (
        "Ratings of the pictures before are forgotten: 2 targets. Rate these with: ppp rate mine" in ran.err
    )
    assert load_dataset("mine").notes == ()
    assert ppp("rate", "mine", "--scorer", "brightness").status == 0
    assert load_dataset("mine").ratings["value"].tolist() == [1.0]


def test_what_is_no_such_folder_is_told(tmp_path):
    with pytest.raises(PPPError, match=r"A folder of pictures was wanted, .*absent is none"):
        read_layout(tmp_path / "absent")
    with pytest.raises(PPPError, match="There is no picture in"):
        read_layout(tmp_path)
    picture(tmp_path / "a.png")
    with pytest.raises(PPPError, match=r"None of the 1 pictures in .* tells its prompt"):
        read_layout(tmp_path)


def test_pqpps_pictures_are_known_and_sent_to_their_data_set(tmp_path):
    for number in (4, 8):
        picture(tmp_path / "363951" / f"image_{number}.png")
    with pytest.raises(PPPError, match=r"holds PQPP's pictures.*ppp get pqpp --images"):
        read_layout(tmp_path)
    picture(tmp_path / "a fox" / "image_4.png")
    assert set(read_layout(tmp_path)[0]["prompt"]) == {"363951", "a fox"}


def test_a_data_set_of_pictures(tmp_path, monkeypatch, ppp):
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    for prompt in ("a fox", "an owl"):
        for number in range(2):
            picture(tmp_path / "mine" / prompt / f"{number}.png")
    ran = ppp("import", tmp_path / "mine", "--name", "mine")
    assert ran.status == 0, ran.err
    assert "mine: 2 prompts; targets: none." in ran.out
    assert ppp("rate", "mine", "--scorer", "brightness").status == 0
    dataset = load_dataset("mine")
    assert [target.name for target in dataset.card.targets] == ["mine/brightness"]
    assert dataset.ratings["value"].tolist() == [0.0] * 4
    with pytest.raises(PPPError, match="There is a data set 'mine' already"):
        import_pictures(tmp_path / "mine", name="mine")
    monkeypatch.setenv("PPP_PUBLIC", "1")
    with pytest.raises(PPPError, match="Importing a data set is switched off"):
        import_pictures(tmp_path / "mine", name="other")


def test_a_folder_takes_no_columns(tmp_path, refused):
    told = refused("import", tmp_path, "--name", "mine", "--prompt-column", "p")
    assert "no --images, no --prompt-column" in told
