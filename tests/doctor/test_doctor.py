"""What the doctor finds, and what it finds wrong."""

from dataclasses import replace
from importlib.metadata import PackageNotFoundError

import pytest

from ppp_core import doctor
from ppp_core.doctor import examine
from ppp_core.encoders import EncoderStatus
from ppp_core.errors import PPPError
from ppp_core.predictors import shipped
from ppp_core.predictors.shipped import DEFAULT_TARGET, shipped_targets
from ppp_core.scorers import SCORERS, ScorerStatus
from ppp_core.store import EmbeddingStore


def found(name):
    return next(check for check in examine() if check.name == name)


def test_all_that_is_looked_at():
    names = [check.name for check in examine()]
    assert names[0] == "python"
    assert {"streamlit", "home", "public demo", "encoder minilm-l6", "encoder clip-vit-b32"} <= set(names)
    assert {f"predictor {target}" for target in shipped_targets()} <= set(names)
    assert len(set(names)) == len(names)


def test_whole_predictors_are_told_with_their_version():
    target = shipped_targets()[0]
    check = found(f"predictor {target}")
    assert check.ok
    assert check.told.endswith(shipped.load_shipped(target).version)


@pytest.fixture
def after_folder(tmp_path, monkeypatch):
    """A copy of what is shipped for after generation, to be damaged."""
    import shutil

    from ppp_core.predictors import after

    folder = tmp_path / "after"
    shutil.copytree(after.AFTER, folder)
    monkeypatch.setattr(after, "AFTER", folder)
    after.after_targets.cache_clear()
    after.load_after.cache_clear()
    yield folder
    after.after_targets.cache_clear()
    after.load_after.cache_clear()


def test_predictors_after_generation_are_told_with_their_version():
    from ppp_core.predictors.after import after_targets, load_after

    names = [check.name for check in examine()]
    assert [name for name in names if name.startswith("after generation ")] == [
        "after generation agiqa-3k/alignment", "after generation agiqa-3k/quality",
    ]  # fmt: skip
    for target in after_targets():
        check = found(f"after generation {target}")
        assert (check.ok, check.told) == (
            True, f"image-probe on dual-lite, version {load_after(target).version}"
        )  # fmt: skip


def test_damaged_parts_after_generation_are_told(after_folder):
    for path in (after_folder / "shared").iterdir():
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.write_bytes(content)
    check = found("after generation agiqa-3k/quality")
    assert not check.ok
    assert "shared" in check.told
    assert "is damaged: its checksum does not match" in check.told


def test_a_missing_part_and_a_damaged_card_after_generation_are_told(after_folder):
    kept = sorted((after_folder / "shared").iterdir())
    for path in kept:
        path.unlink()
    assert "a part of several predictors" in found("after generation agiqa-3k/alignment").told
    (after_folder / "agiqa-3k-quality" / "card.json").write_text("{")
    from ppp_core.predictors import after

    after.after_targets.cache_clear()
    check = found("after generation")
    assert (check.ok, "it is no JSON" in check.told) == (False, True)


def test_nothing_shipped_after_generation_is_wrong(after_folder):
    import shutil

    shutil.rmtree(after_folder)
    assert found("after generation") == doctor.Check("after generation", False, "not there; fetch PPP again")


def test_a_home_below_a_file_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "file" / "home"))
    check = found("home")
    assert not check.ok
    assert check.told.endswith("file/home cannot be written; set PPP_HOME")


def test_a_home_that_is_not_made_yet_is_fine(tmp_path, monkeypatch):
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "not" / "yet"))
    assert found("home").ok
    assert not (tmp_path / "not").exists()


def test_a_missing_package_is_told(monkeypatch):
    def version(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "version", version)
    assert (found("plotly").ok, found("plotly").told) == (False, "not installed; run `make app` once")


def test_the_embedded_encoder_must_be_here_and_others_need_not(monkeypatch):
    absent = [EncoderStatus(name, name, False, f"get {name}") for name in ("minilm-l6", "gpt2")]
    monkeypatch.setattr("ppp_core.encoders.encoder_status", lambda: absent)
    assert not found("encoder minilm-l6").ok
    assert found("encoder minilm-l6").told == "absent; get it: get minilm-l6"
    assert found("encoder gpt2").ok


def test_encoders_of_pictures_and_scorers_are_looked_at(monkeypatch):
    names = [check.name for check in examine()]
    assert {"image encoder efficientnet-lite0", "image encoder dual-lite"} <= set(names)
    assert "image encoder clip-vit-b32" not in names  # both its towers are one encoder, told above
    assert [name for name in names if name.startswith("scorer ")] == [f"scorer {one}" for one in SCORERS]
    assert found("scorer quality-lite") == doctor.Check("scorer quality-lite", True, "ready")
    vitmem = found("scorer vitmem")
    assert (vitmem.ok, vitmem.told, vitmem.get) == (
        True, "absent; get it: pip install vitmem", "pip install vitmem",
    )  # fmt: skip
    absent = [ScorerStatus(one, one, False, f"get {one}") for one in ("quality-lite", "resmem")]
    monkeypatch.setattr("ppp_core.scorers.scorer_status", lambda: absent)
    assert [(found(f"scorer {one.name}").ok, found(f"scorer {one.name}").get) for one in absent] == [
        (False, "get quality-lite"), (True, "get resmem"),
    ]  # fmt: skip


def test_absent_weights_of_pictures_are_wrong(monkeypatch):
    absent = [EncoderStatus("efficientnet-lite0", "E", False, "pip install it")]
    monkeypatch.setattr("ppp_core.encoders.image_encoder_status", lambda: absent)
    check = found("image encoder efficientnet-lite0")
    assert (check.ok, check.told) == (False, "absent; get it: pip install it")


def test_a_damaged_predictor_is_one_line_among_the_others(monkeypatch):
    def damaged(target):
        raise PPPError(f"{target} is damaged.")

    monkeypatch.setattr(shipped, "load_shipped", damaged)
    check = found(f"predictor {shipped_targets()[0]}")
    assert (check.ok, check.told) == (False, f"{shipped_targets()[0]} is damaged.")


def test_a_damaged_card_is_told_and_the_rest_is_still_looked_at(tmp_path, monkeypatch):
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "card.json").write_text('{"format": 1}')
    monkeypatch.setattr(shipped, "MODELS", tmp_path)
    shipped_targets.cache_clear()
    try:
        check = found("predictors")
        names = [one.name for one in examine()]
    finally:
        shipped_targets.cache_clear()
    assert not check.ok
    assert "card.json is damaged: it names no target" in check.told
    assert "encoder minilm-l6" in names


def test_without_the_default_predictor_something_is_wrong(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "MODELS", tmp_path)
    shipped_targets.cache_clear()
    try:
        check = found(f"predictor {DEFAULT_TARGET}")
    finally:
        shipped_targets.cache_clear()
    assert not check.ok


@pytest.mark.parametrize(("value", "told"), [("1", "yes: nothing is written or downloaded"), ("0", "no")])
def test_a_public_demo_is_told(monkeypatch, value, told):
    monkeypatch.setenv("PPP_PUBLIC", value)
    assert found("public demo").told == told


def test_damaged_embeddings_are_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PPP_HOME", str(tmp_path))
    store = EmbeddingStore(tmp_path / "embeddings")
    assert found("kept embeddings").ok
    store.path.parent.mkdir()
    store.path.write_bytes(b"no database " * 100)
    check = found("kept embeddings")
    assert not check.ok
    assert "were damaged; set aside as" in check.told


def test_what_an_encoder_has_to_say_is_told_once(monkeypatch):
    class Encoder:
        name = "tiny"
        notes = ("Made anew at every start.",)

    trained = shipped.load_shipped(DEFAULT_TARGET)
    monkeypatch.setattr(shipped, "load_shipped", lambda target: replace(trained, encoder=Encoder()))
    checks = [check for check in examine() if check.told == "Made anew at every start."]
    assert [(check.name, check.ok) for check in checks] == [("note on tiny", True)]
