"""The dashboard's configuration: contrast by WCAG 2.2's formula, nothing sent out, nothing fetched."""

import tomllib
from pathlib import Path

import pytest

CONFIG = Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml"
BACKGROUNDS = ("backgroundColor", "secondaryBackgroundColor")


@pytest.fixture(scope="module")
def config() -> dict:
    return tomllib.loads(CONFIG.read_text(encoding="utf-8"))


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_formula_on_known_pairs():
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("background", BACKGROUNDS)
def test_text_and_marks_stand_out(config, mode, background):
    theme = config["theme"][mode]
    for name in ("textColor", "linkColor"):
        assert contrast(theme[name], theme[background]) >= 4.5, name
    for name in ("primaryColor", "borderColor"):
        assert contrast(theme[name], theme[background]) >= 3, name
    for colour in theme["chartCategoricalColors"]:
        assert contrast(colour, theme[background]) >= 3, colour


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_white_label_of_a_primary_button_is_legible(config, mode):
    assert contrast("#FFFFFF", config["theme"][mode]["primaryColor"]) >= 4.5


def test_nothing_is_sent_out_or_fetched(config):
    assert config["browser"]["gatherUsageStats"] is False
    assert config["server"]["fileWatcherType"] == "none"
    assert config["server"]["maxUploadSize"] == 200
    assert "://" not in CONFIG.read_text(encoding="utf-8")


def test_every_option_is_known_to_this_streamlit(config):
    from streamlit import config as options

    known = set(options.get_config_options())
    for section, values in config.items():
        for name, value in values.items():
            path = (
                [f"{section}.{name}.{inner}" for inner in value]
                if isinstance(value, dict)
                else [f"{section}.{name}"]
            )
            assert set(path) <= known
