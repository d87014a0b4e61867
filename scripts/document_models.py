"""Writes docs/predictors.md from the shipped cards and the measured rows; `make models` ends with it."""

import json
import sys
from pathlib import Path
from string import Template

from ppp_core.predictors.shipped import MODELS, shipped_cards, shipped_targets
from ppp_core.store import write_atomically

REFERENCE = MODELS.parent / "reference" / "predictors.json"
TEMPLATE = Path(__file__).with_name("predictors.md.in")
DOCUMENT = MODELS.parents[1] / "docs" / "predictors.md"


BERT = {
    "pqpp/hbpp-average": ".568 (COCO test part of 2,000)",
    "pqpp/hbpp-glide": ".566",
    "pqpp/hbpp-sdxl": ".281",
    "pqpp/p10-clip": ".451",
    "pqpp/p10-blip2": ".511",
    "pqpp/rr-clip": ".221",
    "pqpp/rr-blip2": ".168",
}


def main() -> None:
    text = document(json.loads(REFERENCE.read_text(encoding="utf-8")))
    with write_atomically(DOCUMENT) as path:
        path.write_text(text, encoding="utf-8")


def document(rows: list[dict]) -> str:
    """The page, from the reference rows and the shipped cards."""
    cards = {card["target"]["name"]: card for card in shipped_cards()}
    targets = shipped_targets()
    shipped = "".join(_shipped(name, cards[name]) for name in targets)
    published = "".join(
        f"| `{name}` | {_figure(cards[name]['held_out']['pearson'])} | {BERT[name]} |\n"
        for name in targets
        if name in BERT
    )
    coverage = "".join(_coverage(name, cards[name]) for name in targets)
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        shipped=shipped,
        candidates=_candidates(rows, targets),
        published=published,
        coverage=coverage,
        familiar=_familiar(cards, targets),
        elsewhere=_elsewhere(cards, targets),
        members=_members(cards, targets),
    )


def _figure(part: dict) -> str:
    return f"{part['value']:.3f} [{part['low']:.3f}, {part['high']:.3f}]"


def _shipped(name: str, card: dict) -> str:
    held_out, data = card["held_out"], card["data"]
    figures = " | ".join(_figure(held_out[key]) for key in ("pearson", "spearman", "kendall"))
    counts = f"{data['n_train']:,}, {held_out['n']:,}"
    return f"| `{name}` | `{card['predictor']['name']}` | {counts} | {figures} |\n"


def _candidates(rows: list[dict], targets: tuple[str, ...]) -> str:
    kinds = list(dict.fromkeys((row["predictor"], row["encoder"]) for row in rows))
    names = [predictor if predictor in ("length", "linguistic") else f"{predictor}, {encoder}"
             for predictor, encoder in kinds]  # fmt: skip
    found = {(row["target"], row["predictor"], row["encoder"]): row["pearson"] for row in rows}
    lines = [f"| target | {' | '.join(names)} |", "|---" * (len(kinds) + 1) + "|"]
    for target in targets:
        cells = [_figure(found[target, *kind]) if (target, *kind) in found else "–" for kind in kinds]
        lines.append(f"| `{target}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _elsewhere(cards: dict[str, dict], targets: tuple[str, ...]) -> str:
    return "".join(
        f"| `{name}` | {one['source']} | {one['n']:,} | {one['n_train']:,}, {one['n_twins']} | "
        f"{' | '.join(_figure(one[key]) for key in ('spearman', 'pearson', 'kendall'))} |\n"
        for name in targets
        for one in cards[name].get("left_out", [])
    )


def _members(cards: dict[str, dict], targets: tuple[str, ...]) -> str:
    made_of = {name: {one["name"]: one for one in cards[name].get("members", [])} for name in targets}
    made_of = {name: members for name, members in made_of.items() if members}
    kinds = list(dict.fromkeys(kind for members in made_of.values() for kind in members))
    lines = [f"| target | {' | '.join(kinds)} |", "|---" * (len(kinds) + 1) + "|"]
    for name, members in made_of.items():
        cells = [
            f"{one['alone']:.3f}, {one['weight']:.0%}, {one['adds']:+.4f}"
            for one in (members[kind] for kind in kinds)
        ]
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _coverage(name: str, card: dict) -> str:
    parts = {part["group"]: part for part in card["coverage"]}
    groups = ("all", "short prompts", "long prompts", "low predictions", "high predictions")
    cells = [f"{parts[group]['inside']:.1%} of {parts[group]['n']:,}" for group in groups]
    return f"| `{name}` | {' | '.join(cells)} |\n"


def _familiar(cards: dict[str, dict], targets: tuple[str, ...]) -> str:
    kinds = list(dict.fromkeys(kind for name in targets for kind in cards[name]["familiarity"]["flagged"]))
    lines = [f"| target | own kind | {' | '.join(kinds)} |", "|---" * (len(kinds) + 2) + "|"]
    for name in targets:
        card = cards[name]["familiarity"]
        shares = [card["flagged"].get(kind) for kind in kinds]
        cells = [f"{share['share']:.0%} of {share['n']:,}" if share else "–" for share in shares]
        own = f"{card['familiar']['share']:.1%} of {card['familiar']['n']:,}"
        lines.append(f"| `{name}` | {own} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
