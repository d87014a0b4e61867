"""Coverage of predicted intervals."""

import math

import numpy as np
import pytest

from ppp_core.errors import PPPError
from ppp_core.evaluation import coverage


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Wilson's formula, as printed."""
    z, share = 1.959963984540054, hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return centre - reach, centre + reach


def test_share_inside_is_counted_with_wilsons_interval():
    observed = np.arange(100)
    (part,) = coverage(observed, np.full(100, 5), np.full(100, 94))  # 5..94, ends included
    assert (part.group, part.n, part.inside, part.width) == ("all", 100, 0.9, 89.0)
    assert (part.low, part.high) == pytest.approx(wilson(90, 100))


@pytest.mark.parametrize("hits", [0, 10])
def test_none_or_all_inside_still_has_an_interval(hits):
    (part,) = coverage([0.0] * 10, [0.0 if hits else 1.0] * 10, [2.0] * 10)
    assert (part.low, part.high) == pytest.approx(wilson(hits, 10), abs=1e-12)


def test_groups_come_in_their_order_and_add_up():
    names = ["short", "long", "short", "long", "long"]
    parts = coverage([1, 2, 3, 4, 5], [0, 0, 0, 0, 0], [3, 3, 3, 3, 9], names)
    assert [(p.group, p.n, round(p.inside * p.n)) for p in parts] == [
        ("all", 5, 4), ("short", 2, 2), ("long", 3, 2),
    ]  # fmt: skip
    assert parts[2].width == pytest.approx(5.0)
    assert parts[1].as_dict()["inside"] == 1.0


def test_what_cannot_be_covered_is_refused():
    with pytest.raises(PPPError, match=r"observed \(2,\), low \(1,\) and high \(2,\)"):
        coverage([1, 2], [0], [3, 3])
    with pytest.raises(PPPError, match="at least one prompt, got none"):
        coverage([], [], [])
    with pytest.raises(PPPError, match="a group for each of 2 prompts, got 1"):
        coverage([1, 2], [0, 0], [3, 3], ["short"])
    with pytest.raises(PPPError, match="got 1 prompts with a missing one"):
        coverage([1, math.nan], [0, 0], [3, 3])
    with pytest.raises(PPPError, match=r"got 4.0 > 3.0 at position 1"):
        coverage([1, 2], [0, 4], [3, 3])
    with pytest.raises(PPPError, match="uses the name 'all'"):
        coverage([1], [0], [3], ["all"])
