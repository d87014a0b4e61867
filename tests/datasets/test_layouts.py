"""Folders of pictures as people keep them."""

import json

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ppp_core.datasets import load_dataset
from ppp_core.datasets.layouts import LONGEST_TEXT, import_pictures, read_comfy, read_layout, read_webui
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


def picture(path, **told):
    path.parent.mkdir(parents=True, exist_ok=True)
    info = PngInfo()
    for key, value in told.items():
        info.add_text(key, value)
    Image.new("RGB", (16, 16)).save(path, **({"pnginfo": info} if told else {}))


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
