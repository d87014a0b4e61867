"""Each built-in data set is read from its authors' files; faults planted in copies are found."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from ppp_core.datasets import DATASETS, TARGETS, agiqa_3k, genai_bench, load_dataset, observed, pqpp, tifa160
from ppp_core.errors import PPPError

DRAWBENCH = "index,prompt,category,sdxl_score,glide_score,avg_generative_score,split\n"
COLUMNS = "id,best_caption,avg_generative_score,sdxl_score,glide_score,clip_pk,blip2_pk,clip_rr,blip2_rr"


def pqpp_folder(folder, *, train=("1,a cat ,1,2,0,.1,.2,1,.5",), validation=("2,a dog,1,1,1,0,0,.5,.25",)):
    for name, rows in {"train.csv": train, "validation.csv": validation}.items():
        (folder / name).write_text("\n".join([COLUMNS, *rows]) + "\n")
    return folder


class TestPqpp:
    def test_rows_become_prompts_and_ratings(self, tmp_path):
        dataset = pqpp.read(pqpp_folder(tmp_path))
        assert dataset.prompts[["prompt_id", "prompt", "split"]].to_numpy().tolist() == [
            ["coco-1", "a cat", "train"],
            ["coco-2", "a dog", "validation"],
        ]
        assert dataset.prompts["published_prompt"].tolist() == ["a cat ", "a dog"]
        values = dataset.ratings.set_index(["prompt_id", "target"])["value"]
        assert values["coco-1", "pqpp/hbpp-sdxl"] == 2.0
        assert values["coco-1", "pqpp/p10-blip2"] == 0.2
        assert values["coco-2", "pqpp/rr-blip2"] == 0.25
        assert dataset.notes == (
            "1 prompt was published with spaces around; published_prompt keeps them.",
            "Not in this copy: test.csv, drawbench.csv.",
        )

    def test_prompt_in_two_splits_keeps_its_first_and_says_so(self, tmp_path):
        folder = pqpp_folder(tmp_path, validation=["2,a cat,1,1,1,0,0,.5,.5", "3,a dog,1,1,1,0,0,.5,.5"])
        dataset = pqpp.read(folder)
        assert dataset.prompts["prompt_id"].tolist() == ["coco-1", "coco-3"]
        assert any("1 row was left out" in note and "(1 of these" in note for note in dataset.notes)

    def test_repeated_id_stays_distinct(self, tmp_path):
        dataset = pqpp.read(pqpp_folder(tmp_path, validation=["1,a dog,1,1,1,0,0,.5,.5"]))
        assert dataset.prompts["prompt_id"].is_unique
        assert len(dataset.ratings) == 14

    def test_values_out_of_bounds_and_missing_are_left_out_and_told(self, tmp_path):
        dataset = pqpp.read(pqpp_folder(tmp_path, validation=["2,a dog,1,2.5,1,,0,.5,.5"]))
        assert "pqpp/p10-clip: 1 missing value was left out." in dataset.notes
        told = "pqpp/hbpp-sdxl: 1 value was left out for not lying on -1 to 2, such as 2.5 for coco-2."
        assert told in dataset.notes
        assert len(dataset.ratings) == 12

    def test_test_file_is_read_where_there_is_one(self, tmp_path):
        folder = pqpp_folder(tmp_path)
        (folder / "test.csv").write_text(f"{COLUMNS}\n9,made up,0,0,0,0,0,1,1\n")
        assert pqpp.read(folder).prompts["split"].tolist() == ["train", "validation", "test"]

    def test_drawbench_has_judgments_of_images_only(self, tmp_path):
        folder = pqpp_folder(tmp_path)
        (folder / "drawbench.csv").write_text(DRAWBENCH + "0,A car.,Colors,2,1,1.5,val\n")
        dataset = pqpp.read(folder)
        mine = dataset.ratings[dataset.ratings["prompt_id"] == "drawbench-0"]
        assert sorted(mine["target"]) == ["pqpp/hbpp-average", "pqpp/hbpp-glide", "pqpp/hbpp-sdxl"]
        assert dataset.prompts["split"].iloc[-1] == "validation"
        assert not any("missing" in note for note in dataset.notes)

    def test_word_among_numbers(self, tmp_path):
        with pytest.raises(PPPError, match=r"train.csv, column 'sdxl_score', row 1: .* got 'good'"):
            pqpp.read(pqpp_folder(tmp_path, train=["1,a,1,good,1,0,0,1,1"]))

    def test_missing_column_and_unknown_split(self, tmp_path):
        folder = pqpp_folder(tmp_path)
        (folder / "train.csv").write_text("id,best_caption\n1,a\n")
        with pytest.raises(PPPError, match=r"train.csv has no column 'avg_generative_score'"):
            pqpp.read(folder)
        folder = pqpp_folder(tmp_path)
        (folder / "drawbench.csv").write_text(DRAWBENCH + "0,A,C,2,1,1.5,dev2\n")
        with pytest.raises(PPPError, match=r"drawbench.csv: the split must be .*got 'dev2'"):
            pqpp.read(folder)

    @pytest.mark.real_data
    def test_counts_of_the_published_files(self, data_folder):
        dataset = load_dataset("pqpp", folder=data_folder)
        splits = dataset.prompts["split"].value_counts()
        assert (splits["train"], splits["validation"]) == (6080, 2040)
        assert dataset.prompts["prompt_id"].is_unique
        assert dataset.prompts["prompt"].is_unique
        assert not any("left out" in note for note in dataset.notes)

    @pytest.mark.real_data
    def test_means_agree_with_the_files(self, data_folder):
        dataset = load_dataset("pqpp", folder=data_folder)
        raw = pd.read_csv(data_folder / "pqpp" / "validation.csv")
        mine = observed(dataset, "pqpp/p10-clip").query("split == 'validation'")
        assert mine["observed"].mean() == pytest.approx(raw["clip_pk"].mean())
        both = mine.merge(raw.assign(prompt=raw["best_caption"].str.strip()), on="prompt")
        np.testing.assert_allclose(both["observed"], both["clip_pk"])


AGIQA = "name,prompt,adj1,adj2,style,mos_quality,std_quality,mos_align,std_align\n"


class TestAgiqa:
    def test_name_tells_generator_and_setting(self, tmp_path):
        rows = "sd1.5_lowcorr_012.jpg,a cat,,hyper detail,,1,.5,2,.25\n"
        rows += "DALLE2_normal_012.jpg,a cat,,hyper detail,,3,.5,4,.25\n"
        (tmp_path / "data.csv").write_text(AGIQA + rows)
        dataset = agiqa_3k.read(tmp_path)
        assert dataset.images[["generator", "setting", "path"]].to_numpy().tolist() == [
            ["sd1.5", "lowcorr", "images/sd1.5_lowcorr_012.jpg"],
            ["DALLE2", "normal", "images/DALLE2_normal_012.jpg"],
        ]
        row = observed(dataset, "agiqa-3k/alignment").iloc[0]
        assert (row["observed"], row["n_ratings"], row["sd"]) == (3.0, 2, pytest.approx(2**0.5))
        assert dataset.prompts[["adj2", "n_modifiers"]].to_numpy().tolist() == [["hyper detail", 1]]
        assert dataset.prompts["adj1"].isna().all()

    @pytest.mark.parametrize(
        ("rows", "message"),
        [
            ("cat.jpg,a cat,,,,1,1,1,1\n", r"got 'cat.jpg'"),
            (
                "a_b_001.jpg,x,,,,1,1,1,1\nc_d_001.jpg,y,,,,1,1,1,1\n",
                r"one number in the names stands for two",
            ),
        ],
    )
    def test_names_of_another_form(self, tmp_path, rows, message):
        (tmp_path / "data.csv").write_text(AGIQA + rows)
        with pytest.raises(PPPError, match=message):
            agiqa_3k.read(tmp_path)

    @pytest.mark.real_data
    def test_counts_of_the_published_files(self, data_folder):
        dataset = load_dataset("agiqa-3k", folder=data_folder / "agiqa-3k")
        assert (len(dataset.prompts), len(dataset.images), len(dataset.ratings)) == (300, 2982, 5964)
        assert dataset.prompts["n_modifiers"].value_counts().to_dict() == {0: 60, 1: 120, 2: 80, 3: 40}
        assert dataset.images.groupby(["generator", "setting"]).ngroups == 10
        assert dataset.images["generator"].nunique() == 6
        raw = pd.read_csv(data_folder / "agiqa-3k" / "data.csv").groupby("prompt")["mos_quality"].mean()
        mine = observed(dataset, "agiqa-3k/quality").set_index("prompt")["observed"]
        np.testing.assert_allclose(mine, raw[mine.index])


class TestGenaiBench:
    def test_out_of_range_rating_goes_alone(self, tmp_path):
        entries = {"00001": {"prompt": "a", "models": {"X": [5, 41, 4], "Y": [33]}}}
        (tmp_path / "genai_image.json").write_text(json.dumps(entries))
        dataset = genai_bench.read(tmp_path)
        assert dataset.ratings[["value", "n_raters"]].to_numpy().tolist() == [[4.5, 2]]
        assert dataset.notes == (
            "Prompt 00001, X: of [5, 41, 4], 41 is not on 1 to 5; left out.",
            "Prompt 00001, Y: of [33], 33 is not on 1 to 5; left out.",
        )

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("[1]", r"a JSON object of prompts was wanted, got list"),
            ("{", r"not valid JSON"),
            ('{"1": {"prompt": "a"}}', r"entry '1' lacks one of prompt, models"),
        ],
    )
    def test_file_of_another_form(self, tmp_path, text, message):
        (tmp_path / "genai_image.json").write_text(text)
        with pytest.raises(PPPError, match=message):
            genai_bench.read(tmp_path)

    @pytest.mark.real_data
    def test_both_typing_errors_are_found(self, data_folder):
        dataset = load_dataset("genai-bench", folder=data_folder)
        assert (len(dataset.prompts), len(dataset.ratings)) == (527, 3162)
        assert sum(dataset.ratings["n_raters"] == 2) == 2
        assert [note.split(":")[0] for note in dataset.notes] == [
            "Prompt 00232, DALLE_3",
            "Prompt 00253, DeepFloyd_I_XL_v1",
        ]


class TestTifa160:
    @pytest.mark.real_data
    def test_people_and_models_stay_apart(self, data_folder):
        dataset = load_dataset("tifa160", folder=data_folder)
        judges = {target.name: target.judged_by for target in tifa160.CARD.targets}
        assert [name for name, judge in judges.items() if judge == "people"] == ["tifa160/alignment"]
        assert list(judges.values()).count("models") == 10
        assert (len(dataset.prompts), len(dataset.images)) == (160, 800)

    @pytest.mark.real_data
    def test_rank_correlations_with_people_are_the_known_ones(self, data_folder):
        dataset = load_dataset("tifa160", folder=data_folder)
        people = observed(dataset, "tifa160/alignment")["observed"]
        known = {"clipscore-vitb32": 0.222, "spice": 0.337, "meteor": 0.422}
        known |= {"tifa-blip2-flant5xl": 0.640, "tifa-git-large": 0.595, "tifa-mplug-large": 0.681}
        for metric, spearman in known.items():
            automatic = observed(dataset, f"tifa160/{metric}")["observed"]
            assert people.corr(automatic, method="spearman") == pytest.approx(spearman, abs=0.0006)


@pytest.mark.parametrize("name", DATASETS)
def test_card_is_complete(name):
    card = DATASETS[name].CARD
    assert card.name == name
    assert all([card.title, card.about, card.citation, card.homepage, card.licence, card.attribution])
    for target in card.targets:
        assert TARGETS[target.name] is target
        assert target.dataset == name
        assert target.low < target.high
        assert "{value}" in target.reads_as


@pytest.mark.real_data
@pytest.mark.parametrize("name", DATASETS)
def test_hashes_and_sizes_are_those_of_the_files(name, data_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("PPP_HOME", str(tmp_path))
    for file in DATASETS[name].CARD.files:
        if file.sha256:
            assert (data_folder / name / file.path).stat().st_size == file.size
    copy = tmp_path / name
    copy.mkdir()
    for file in DATASETS[name].CARD.files:
        if (data_folder / name / file.path).exists():
            shutil.copy(data_folder / name / file.path, copy)
    from ppp_core.datasets import get_dataset

    assert len(get_dataset(name, source=tmp_path).prompts) > 0
