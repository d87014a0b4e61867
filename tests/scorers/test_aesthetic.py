"""Published heads: read from made files in the published shapes, computed against torch."""

import threading
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from ppp_core.errors import PPPError
from ppp_core.scorers import load_scorer
from ppp_core.scorers.aesthetic import HEADS, AestheticHead, is_kept, kept_head, read_tensors


class MLP(torch.nn.Module):
    """The published v2 network, with its dropouts."""

    def __init__(self, dim):
        super().__init__()
        linear, dropout = torch.nn.Linear, torch.nn.Dropout
        self.layers = torch.nn.Sequential(
            linear(dim, 1024), dropout(0.2), linear(1024, 128), dropout(0.2), linear(128, 64), dropout(0.1),
            linear(64, 16), linear(16, 1),
        )  # fmt: skip

    def forward(self, vectors):
        return self.layers(vectors)


def network_of(name, dim=3):
    torch.manual_seed(0)
    if name == "aesthetic-v2":
        return MLP(dim).eval()
    layer = torch.nn.Linear(dim, 1)
    return torch.nn.ModuleDict({"linear": layer}) if name == "aesthetic-simulacra" else layer


def saved(network, path):
    torch.save(network.state_dict(), path)
    return path


@pytest.mark.parametrize("name", HEADS)
@pytest.mark.parametrize("ending", ["pth", "safetensors"])
def test_a_head_computes_what_torch_does(name, ending, colours, plain, tmp_path):
    network, path = network_of(name), tmp_path / f"head.{ending}"
    if ending == "pth":
        saved(network, path)
    else:
        save_file(network.state_dict(), path)
    vectors = torch.tensor([[1.0, 0, 0], [0.6, 0.8, 0]])
    wide = name == "aesthetic-simulacra"
    expected = network["linear"](vectors * 3**0.5) if wide else network(vectors)
    found = AestheticHead(HEADS[name], path, colours).score([plain("red"), b"-", plain((90, 120, 0))])
    assert np.isnan(found[1])
    assert found[[0, 2]] == pytest.approx(expected.detach().numpy()[:, 0], abs=1e-6)


def test_a_head_for_longer_vectors_is_refused(colours, tmp_path):
    path = saved(network_of("aesthetic-v1", 768), tmp_path / "head.pth")
    with pytest.raises(PPPError, match=r"head.pth takes vectors of 768 numbers, colours gives 3"):
        AestheticHead(HEADS["aesthetic-v1"], path, colours)


def test_another_head_is_refused(colours, tmp_path):
    path = saved(network_of("aesthetic-v1"), tmp_path / "head.pth")
    with pytest.raises(
        PPPError, match=r"no head of aesthetic-v2: wanted layers.0.bias, .*; got bias, weight"
    ):
        AestheticHead(HEADS["aesthetic-v2"], path, colours)


def test_layers_that_do_not_follow_are_refused(colours, tmp_path):
    tensors = network_of("aesthetic-v2").state_dict()
    tensors["layers.4.weight"] = torch.zeros(64, 99)
    torch.save(tensors, tmp_path / "head.pth")
    with pytest.raises(PPPError, match="its layers do not follow on one another"):
        AestheticHead(HEADS["aesthetic-v2"], tmp_path / "head.pth", colours)


def test_a_stand_in_is_refused(colours, tmp_path):
    colours.is_stand_in = True
    with pytest.raises(PPPError, match="aesthetic-v1 needs a real CLIP; colours"):
        AestheticHead(HEADS["aesthetic-v1"], saved(network_of("aesthetic-v1"), tmp_path / "a.pth"), colours)


class Evil:
    def __reduce__(self):
        return (print, ("unpickled",))


def test_nothing_but_tensors_is_read(tmp_path, capsys):
    torch.save({"weight": Evil()}, tmp_path / "evil.pth")
    with pytest.raises(PPPError, match=r"evil.pth cannot be read as plain tensors"):
        read_tensors(tmp_path / "evil.pth")
    torch.save({"epoch": 3}, tmp_path / "more.pth")
    with pytest.raises(PPPError, match=r"more.pth holds more than tensors by name"):
        read_tensors(tmp_path / "more.pth")
    (tmp_path / "cut.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{")
    with pytest.raises(PPPError, match=r"cut.safetensors cannot be read as plain tensors"):
        read_tensors(tmp_path / "cut.safetensors")
    assert "unpickled" not in capsys.readouterr().out


@pytest.fixture
def published(tmp_path, monkeypatch, colours):
    """A head of three numbers as if it were the published v2, on a server of this machine; what was asked."""
    path = saved(network_of("aesthetic-v2"), tmp_path / "published.pth")
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(path.read_bytes())

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    kind = replace(
        HEADS["aesthetic-v2"],
        sha256=sha256(path.read_bytes()).hexdigest(),
        size=path.stat().st_size,
        url=f"http://127.0.0.1:{server.server_port}/head.pth",
    )
    monkeypatch.setitem(HEADS, "aesthetic-v2", kind)
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("ppp_core.encoders.load_joint_encoder", lambda *_, **__: colours)
    yield path, asked
    server.shutdown()
    server.server_close()


def test_the_published_file_is_fetched_once_and_by_its_hash(published, plain):
    path, asked = published
    with pytest.raises(PPPError, match=r"give the file sac\+logos.*, or fetch it with --download"):
        load_scorer("aesthetic-v2")
    assert asked == []
    fetched = load_scorer("aesthetic-v2", download=True)
    assert (asked, fetched.notes) == (["/head.pth"], ())
    again = load_scorer("aesthetic-v2")
    assert again.score([plain("red")]) == load_scorer("aesthetic-v2", folder=path).score([plain("red")])
    assert len(asked) == 1
    kept_head(HEADS["aesthetic-v2"]).write_bytes(b"damaged")
    assert not is_kept(HEADS["aesthetic-v2"])
    with pytest.raises(PPPError, match="or fetch it with --download"):
        load_scorer("aesthetic-v2")
    load_scorer("aesthetic-v2", download=True)
    assert is_kept(HEADS["aesthetic-v2"])


def test_another_file_at_the_address_is_refused(published, monkeypatch):
    monkeypatch.setitem(HEADS, "aesthetic-v2", replace(HEADS["aesthetic-v2"], sha256="0" * 64))
    with pytest.raises(PPPError, match=r"is corrupt or was changed: wanted SHA-256 000000000000…"):
        load_scorer("aesthetic-v2", download=True)
    assert not kept_head(HEADS["aesthetic-v2"]).exists()


def test_a_public_demo_fetches_nothing(published, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    with pytest.raises(PPPError, match="Downloading weights is switched off"):
        load_scorer("aesthetic-v2", download=True)
    assert published[1] == []


def test_where_the_weights_come_from_is_told(published, colours, tmp_path):
    assert AestheticHead(HEADS["aesthetic-v2"], published[0], colours).notes == ()
    other = network_of("aesthetic-v2")
    other.layers[0].bias.data += 1
    (told,) = AestheticHead(HEADS["aesthetic-v2"], saved(other, tmp_path / "mine.pth"), colours).notes
    assert told.startswith("mine.pth is not the published sac+logos+ava1-l14-linearMSE.pth: wanted SHA-256")
    (told,) = AestheticHead(
        HEADS["aesthetic-v1"], saved(network_of("aesthetic-v1"), tmp_path / "v1.pth"), colours
    ).notes
    assert told.startswith("PPP knows no confirmed hash of the published sa_0_4_vit_l_14_linear.pth, so")


@pytest.mark.parametrize("kind", HEADS.values(), ids=HEADS)
def test_only_what_has_a_hash_has_an_address(kind):
    assert (kind.sha256 is None) == (kind.url == "") == (kind.size is None)
    if kind.sha256:
        assert len(kind.sha256) == 64
        assert kind.url.startswith("https://")


def test_what_is_missing_is_told(tmp_path):
    with pytest.raises(PPPError, match=r"give the file sa_0_4_vit_l_14_linear.pth, or its folder"):
        load_scorer("aesthetic-v1", download=True)
    with pytest.raises(PPPError, match=r"has no sac\+logos.*pth \(or sac\+logos.*safetensors\)"):
        load_scorer("aesthetic-v2", folder=tmp_path)


def test_the_weights_decide_the_revision(colours, tmp_path):
    network = network_of("aesthetic-v1")
    first = AestheticHead(HEADS["aesthetic-v1"], saved(network, tmp_path / "a.pth"), colours).revision
    network.bias.data += 1
    second = AestheticHead(HEADS["aesthetic-v1"], saved(network, tmp_path / "b.pth"), colours).revision
    assert first != second
