"""Which lines get the next of a quantity that does not reach for all? Shared out under a rule that is named, with a reason a line.

Whole parts only; what is shared out is never more than there is, and nobody gets more than is asked. The rules:

* `line_stop`: whose production stops first is served first; who states no day comes last.
* `contract`: who has a contract is served first; else in the order of the file.
* `equal`: the same for all, and what some do not need goes to the others.
* `pro_rata`: in proportion to what is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a line asks for, in parts; the day its production stops and its contract, if they are said."""

    line_id: str
    asked: int
    stops: str = ""
    contract: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What a line is given, and why so much."""

    claim: Claim
    parts: int
    why: str


def share(claims: Sequence[Claim], parts: int, rule: str) -> list[Given]:
    """Share out a quantity, in the order of the claims. `rule` is one of `RULES`."""
    if parts < 0 or any(one.asked < 0 for one in claims):
        raise ValueError("nothing below zero can be shared out")
    return RULES[rule](claims, parts)


def _in_turn(
    claims: Sequence[Claim], parts: int, key: Callable[[Claim], tuple[bool, str]], why: Callable[[Claim], str]
) -> list[Given]:
    """One after the other in an order; those alike to it in that of the file."""
    given, left = dict[int, Given](), parts
    turns = sorted(range(len(claims)), key=lambda place: (*key(claims[place]), place))
    for turn, place in enumerate(turns, start=1):
        claim = claims[place]
        mine = min(claim.asked, left)
        left -= mine
        given[place] = Given(claim, mine, f"served {turn} of {len(claims)}: {why(claim)}")
    return [given[place] for place in range(len(claims))]


def _by_line_stop(claims: Sequence[Claim], parts: int) -> list[Given]:
    def why(one: Claim) -> str:
        return f"its line stops on {one.stops}" if one.stops else "no day is said on which its line stops"

    return _in_turn(claims, parts, lambda one: (not one.stops, one.stops), why)


def _by_contract(claims: Sequence[Claim], parts: int) -> list[Given]:
    def why(one: Claim) -> str:
        return f"contract {one.contract}" if one.contract else "no contract is said"

    return _in_turn(claims, parts, lambda one: (not one.contract, ""), why)


def _equally(claims: Sequence[Claim], parts: int) -> list[Given]:
    """From the smallest claim on each gets its own, or an equal part of what is left; odd parts go to those first in the file."""
    given, left = [0] * len(claims), parts
    order = sorted(range(len(claims)), key=lambda place: (claims[place].asked, -place))
    for done, place in enumerate(order):
        given[place] = min(claims[place].asked, left // (len(order) - done))
        left -= given[place]
    full = [mine == one.asked for mine, one in zip(given, claims, strict=True)]
    whys = ["all that is asked" if whole else f"an equal part among {len(claims)}" for whole in full]
    return [Given(claim, mine, why) for claim, mine, why in zip(claims, given, whys, strict=True)]


def _pro_rata(claims: Sequence[Claim], parts: int) -> list[Given]:
    """Rounded down; the parts that are over go to the largest remainders, those first in the file before others."""
    whole = sum(one.asked for one in claims)
    shared = min(parts, whole)
    given = [one.asked * shared // whole if whole else 0 for one in claims]
    over = sorted(range(len(claims)), key=lambda place: (-(claims[place].asked * shared % whole if whole else 0), place))
    for place in over[: shared - sum(given)]:
        given[place] += 1
    return [
        Given(one, mine, "all that is asked" if shared == whole else "in proportion to what is asked")
        for one, mine in zip(claims, given, strict=True)
    ]


RULES: Final[Mapping[str, Callable[[Sequence[Claim], int], list[Given]]]] = {
    "line_stop": _by_line_stop,
    "contract": _by_contract,
    "equal": _equally,
    "pro_rata": _pro_rata,
}
