"""The exported graph is kept whole, found again, and never trusted when it changed."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ppp_core.encoders import onnx_graph
from ppp_core.encoders.onnx_graph import exported_graph, open_session
from ppp_core.encoders.weights import file_hash, weights_hash
from ppp_core.errors import PPPError

ROOT = Path(__file__).resolve().parents[2]
SHA256 = "abcdef" * 10


@pytest.fixture(scope="module")
def bert_folder(tmp_path_factory):
    """A BERT of 8 dimensions and 2 layers with random weights."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("bert")
    sizes = {"hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
    BertModel(BertConfig(vocab_size=20, max_position_embeddings=64, **sizes)).save_pretrained(folder)
    return folder


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def exports(monkeypatch):
    """Counts real exports."""
    calls = []
    export = onnx_graph._export

    def counted(folder, change=None):
        calls.append(folder)
        return export(folder, change)

    monkeypatch.setattr(onnx_graph, "_export", counted)
    return calls


def layers_of(graph):
    inputs = {"input_ids": np.array([[1, 2, 3]]), "attention_mask": np.array([[1, 1, 0]])}
    return open_session(graph.model).run(["layers"], inputs)[0]


def test_the_second_use_finds_the_first_export(bert_folder, own_home, exports):
    first = exported_graph(bert_folder, SHA256, "tiny")
    second = exported_graph(bert_folder, SHA256, "tiny")
    assert len(exports) == 1
    assert first == second
    assert first.kept
    assert first.model == own_home / "encoders" / f"tiny-{SHA256[:12]}-export1.onnx"
    assert layers_of(first).shape == (1, 3, 8)


def test_padding_counts_for_nothing(bert_folder):
    session = open_session(exported_graph(bert_folder, SHA256, "tiny").model)
    alone = session.run(["last"], {"input_ids": [[5, 6]], "attention_mask": [[1, 1]]})[0]
    padded = session.run(["last"], {"input_ids": [[5, 6, 9, 9]], "attention_mask": [[1, 1, 0, 0]]})[0]
    np.testing.assert_allclose(alone, padded, atol=1e-6)


def damage_bytes(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)


def cut_short(path):
    path.write_bytes(path.read_bytes()[:100])


def lose_record(path):
    path.with_suffix(".json").unlink()


def spoil_record(path):
    path.with_suffix(".json").write_text('{"sha256": ')


@pytest.mark.parametrize("harm", [damage_bytes, cut_short, lose_record, spoil_record, Path.unlink])
def test_what_does_not_match_its_hash_is_exported_anew(bert_folder, exports, harm):
    before = layers_of(graph := exported_graph(bert_folder, SHA256, "tiny"))
    harm(graph.model)
    again = exported_graph(bert_folder, SHA256, "tiny")
    assert len(exports) == 2
    assert np.array_equal(layers_of(again), before)


def test_a_copied_file_is_hashed_and_taken(bert_folder, exports):
    graph = exported_graph(bert_folder, SHA256, "tiny")
    os.utime(graph.model, ns=(1, 1))
    assert exported_graph(bert_folder, SHA256, "tiny").kept
    assert len(exports) == 1


def test_where_nothing_can_be_written_the_graph_is_in_memory(bert_folder, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "file"))
    graph = exported_graph(bert_folder, SHA256, "tiny")
    assert not graph.kept
    assert layers_of(graph).shape == (1, 3, 8)


def test_a_full_disk_leaves_the_graph_in_memory(bert_folder, own_home, monkeypatch):
    def full(path):
        raise PPPError("Cannot write: no space left on device.")

    monkeypatch.setattr(onnx_graph, "write_atomically", full)
    assert not exported_graph(bert_folder, SHA256, "tiny").kept
    assert list((own_home / "encoders").glob("*.onnx")) == []


def test_a_graph_that_differs_from_torch_is_refused(bert_folder, own_home, monkeypatch):
    monkeypatch.setattr(onnx_graph, "LARGEST_DIFFERENCE", -1.0)
    with pytest.raises(PPPError, match=r"differs from torch by .*, at most -1 is allowed"):
        exported_graph(bert_folder, SHA256, "tiny")
    assert list((own_home / "encoders").glob("*.onnx")) == []


def test_two_first_uses_export_once(bert_folder, own_home):
    code = (
        "import sys\nfrom pathlib import Path\nfrom ppp_core.encoders import onnx_graph\n"
        "export = onnx_graph._export\n"
        "onnx_graph._export = lambda *given: (print('exports', flush=True), export(*given))[1]\n"
        f"print(onnx_graph.exported_graph(Path(sys.argv[1]), '{SHA256}', 'tiny').kept)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, str(bert_folder)]
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(2)
    ]
    outputs = sorted(process.communicate(timeout=300)[0] for process in started)
    assert outputs == ["True\n", "exports\nTrue\n"]


def test_a_file_that_is_no_graph_is_told(tmp_path):
    (tmp_path / "no.onnx").write_bytes(b"nothing")
    with pytest.raises(PPPError, match="ONNX Runtime cannot read the exported encoder: "):
        open_session(tmp_path / "no.onnx")


@pytest.mark.parametrize("wanted", ["0", "-1", "two", "1.5"])
def test_a_senseless_number_of_threads_is_told(monkeypatch, wanted):
    monkeypatch.setenv("PPP_THREADS", wanted)
    with pytest.raises(PPPError, match=f"PPP_THREADS must be a whole number above zero, got '{wanted}'"):
        onnx_graph.thread_count()


def test_threads_follow_the_setting(monkeypatch):
    monkeypatch.setenv("PPP_THREADS", "3")
    assert onnx_graph.thread_count() == 3
    monkeypatch.delenv("PPP_THREADS")
    assert onnx_graph.thread_count() >= 1


def test_a_public_demo_reads_what_stands_and_writes_nothing(bert_folder, own_home, exports, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    graph = exported_graph(bert_folder, SHA256, "tiny")
    assert not graph.kept
    assert layers_of(graph).shape == (1, 3, 8)
    assert weights_hash(bert_folder / "model.safetensors") == file_hash(bert_folder / "model.safetensors")
    assert not own_home.exists()
    monkeypatch.delenv("PPP_PUBLIC")
    exported_graph(bert_folder, SHA256, "tiny")
    before = sorted(own_home.rglob("*"))
    monkeypatch.setenv("PPP_PUBLIC", "1")
    assert exported_graph(bert_folder, SHA256, "tiny").kept
    assert (len(exports), sorted(own_home.rglob("*"))) == (2, before)
