"""PQPP's pictures in the authors' layout, joined to made tables, and to the real ones."""

import csv
import shutil
from dataclasses import replace

import pytest
from PIL import Image

from ppp_core.datasets import get_dataset, load_dataset, pqpp
from ppp_core.datasets.pqpp_pictures import find_pictures
from ppp_core.errors import PPPError

HEADER = (
    "id,image_id,best_caption,blip2_rr,clip_rr,blip2_pk,clip_pk,glide_score,sdxl_score,avg_generative_score"
)
ROWS = {
    # the first caption's id is the second caption's image: the two columns are not one
    "train.csv": ["11,900,A red fox. ,1,1,1,1,0.5,2,1.25", "12,11,A blue car,1,1,1,1,0.5,2,1.25"],
    "validation.csv": ["13,901,An owl,1,1,1,1,0.5,2,1.25", "14,902,A red fox.,1,1,1,1,0,0,0"],
}
DRAWBENCH = (
    "index,prompt,category,sdxl_score,glide_score,avg_generative_score,split\n7,A cube,Odd,2,2,2,train\n"
)


def draw(path, *, grey=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (16, 16), (grey,) * 3).save(path)


@pytest.fixture
def tables(tmp_path):
    folder = tmp_path / "tables"
    folder.mkdir()
    for name, rows in ROWS.items():
        (folder / name).write_text("\n".join([HEADER, *rows]) + "\n")
    (folder / "drawbench.csv").write_text(DRAWBENCH)
    return folder


@pytest.fixture
def copy(tmp_path):
    root = tmp_path / "copy"
    for folder in ("900", "11", "902", "555"):
        for number in range(4, 9):
            draw(root / "images" / folder / f"image_{number}.png")
    draw(root / "images" / "901" / "image_7.png")
    for number in range(4, 8):
        draw(root / "drawbench_output" / "10007" / f"image_{number}.png")
    return root


def told(frame):
    return {row.image_id: (row.prompt_id, row.generator) for row in frame.itertuples()}


def test_folders_are_images_of_coco_and_numbers_are_generators(tables, copy):
    frame = find_pictures(pqpp.read(tables), tables, copy)
    assert told(frame) == {
        "900/image_4": ("coco-11", "SDXL"),
        "900/image_5": ("coco-11", "SDXL"),
        "900/image_7": ("coco-11", "GLIDE"),
        "900/image_8": ("coco-11", "GLIDE"),
        "11/image_4": ("coco-12", "SDXL"),
        "11/image_5": ("coco-12", "SDXL"),
        "11/image_7": ("coco-12", "GLIDE"),
        "11/image_8": ("coco-12", "GLIDE"),
        "901/image_7": ("coco-13", "GLIDE"),
        "drawbench_output/10007/image_4": ("drawbench-7", "SDXL"),
        "drawbench_output/10007/image_5": ("drawbench-7", "SDXL"),
        "drawbench_output/10007/image_6": ("drawbench-7", "GLIDE"),
        "drawbench_output/10007/image_7": ("drawbench-7", "GLIDE"),
    }
    assert frame["seed"].isna().all()
    assert frame["path"][0] == str((copy / "images" / "900" / "image_4.png").resolve())


def test_the_folder_of_pictures_itself_will_do(tables, copy):
    inside = find_pictures(pqpp.read(tables), tables, copy / "images")
    assert set(told(inside)) == {one for one in told(find_pictures(pqpp.read(tables), tables, copy))
                                 if not one.startswith("drawbench")}  # fmt: skip


def test_what_is_no_such_folder_is_told(tables, tmp_path):
    dataset = pqpp.read(tables)
    with pytest.raises(PPPError, match=r"A folder with PQPP's pictures was wanted, .*absent is none"):
        find_pictures(dataset, tables, tmp_path / "absent")
    with pytest.raises(PPPError, match=r"tables holds none of PQPP's pictures. Wanted: images/<image id>"):
        find_pictures(dataset, tables, tables)


def test_other_data_sets_take_none(tmp_path, monkeypatch, refused):
    monkeypatch.setenv("PPP_HOME", str(tmp_path))
    assert "tifa160 takes no --images" in refused("get", "tifa160", "--images", tmp_path)
    assert "--images goes with one data set, got 2" in refused("get", "pqpp", "ppp", "--images", tmp_path)


@pytest.fixture
def made(tables, tmp_path, monkeypatch):
    """The made tables, installed as if they were the authors'."""
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    files = tuple(replace(file, sha256=None) for file in pqpp.CARD.files)
    monkeypatch.setattr(pqpp, "CARD", replace(pqpp.CARD, files=files))
    get_dataset("pqpp", source=tables)
    return tables


def test_other_pictures_forget_the_ratings_of_those_before(made, tmp_path, ppp, refused):
    for number, grey in ((1, 0), (2, 255)):
        draw(tmp_path / f"v{number}" / "900" / "image_4.png", grey=grey)
    assert ppp("get", "pqpp", "--images", tmp_path / "v1").status == 0
    assert ppp("rate", "pqpp", "--scorer", "brightness").status == 0

    def values():
        ratings = load_dataset("pqpp").ratings
        return ratings[ratings["target"] == "pqpp/brightness"]["value"].tolist()

    assert values() == [0.0]
    assert "holds none of PQPP's pictures" in refused("get", "pqpp", "--images", made)
    assert values() == [0.0]  # what was not replaced keeps its ratings
    ran = ppp("get", "pqpp", "--images", tmp_path / "v2")
    assert ran.status == 0, ran.err
    assert values() == []
    assert "Ratings of the pictures before are forgotten: 1 target. Rate these with: ppp rate pqpp" in ran.err
    assert "forgotten" not in ppp("get", "pqpp", "--images", tmp_path / "v2").err
    assert ppp("rate", "pqpp", "--scorer", "brightness").status == 0
    assert values() == [1.0]
    get_dataset("pqpp", source=made)  # the tables alone: the pictures stay, and so do their ratings
    assert values() == [1.0]


@pytest.fixture
def real(data_folder, tmp_path, monkeypatch):
    """The real training and validation part, installed; no test part, and nothing to download."""
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    source = tmp_path / "source"
    source.mkdir()
    for name in ("train.csv", "validation.csv", "drawbench.csv"):
        shutil.copyfile(data_folder / "pqpp" / name, source / name)
    get_dataset("pqpp", source=source)
    return source


@pytest.mark.real_data
def test_pictures_belong_to_the_installed_data_set(real, tmp_path, ppp, refused):
    with (real / "train.csv").open(encoding="utf-8") as file:
        rows = [row for row, _ in zip(csv.DictReader(file), range(3), strict=False)]
    for row in rows:
        for number in range(4, 9):
            draw(tmp_path / "images" / row["image_id"] / f"image_{number}.png")
    before = load_dataset("pqpp")
    assert "holds none of PQPP's pictures" in refused("get", "pqpp", "--images", real)
    ran = ppp("get", "pqpp", "--images", tmp_path / "images")
    assert ran.status == 0, ran.err
    assert "pqpp: 12 pictures." in ran.out
    dataset = load_dataset("pqpp")
    assert any("3 of 8,1" in line and "have pictures in the folder" in line for line in dataset.notes)
    assert dataset.ratings.equals(before.ratings)
    texts = dataset.prompts.set_index("prompt_id")["prompt"]
    assert {texts[one] for one in dataset.images["prompt_id"]} == {
        row["best_caption"].strip() for row in rows
    }
    assert dataset.images.groupby("generator").size().to_dict() == {"GLIDE": 6, "SDXL": 6}
    ran = ppp("rate", "pqpp", "--scorer", "brightness")
    assert "pqpp/brightness: 12 pictures rated" in ran.out
    get_dataset("pqpp", source=real)  # installed anew: what was told of pictures stays
    assert len(load_dataset("pqpp").images) == 12
    shutil.rmtree(tmp_path / "images")
    gone = load_dataset("pqpp")
    assert gone.images["path"].isna().all()
    assert "0 of 12 pictures are on this machine." in gone.notes


@pytest.mark.real_data
def test_a_broken_list_of_pictures_is_told(real, tmp_path):
    (tmp_path / "home" / "datasets" / "pqpp" / "pictures.parquet").write_bytes(b"no")
    dataset = load_dataset("pqpp")
    assert len(dataset.images) == 0
    assert any("Run: ppp get pqpp --images DIR" in line for line in dataset.notes)
