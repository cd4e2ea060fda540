"""The real rule base, and lines that people might ask about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from hypothesis import strategies as st

from greenlane.decide.decision import Decision
from greenlane.decide.evaluate import decide
from greenlane.decide.line import ACROSS
from greenlane.feeds.rule_files import load
from greenlane.law.effect import GRAVITY, Effect
from greenlane.law.rulebase import RuleBase
from greenlane.terms.periods import Asked
from tests.decide.small import line_of

RULES = Path(__file__).parents[2] / "rules"
Question = tuple[dict[str, str], str, str]  # cells, on, known_by


@lru_cache(maxsize=1)
def real_base() -> RuleBase:
    """The rules of the repository (cases left aside)."""
    return load(RULES, release=False)


@lru_cache(maxsize=1)
def listed_names() -> tuple[str, ...]:
    """Names on the parties lists of the base."""
    groups = [group for group in real_base().groups.values() if group.kind == "parties"]
    return tuple(sorted({member.value for group in groups for member in group.members}))


CODES = tuple(
    """
    hs:8505111000 hts:8505110070 hs:8505.19 hs:2805.30 hs:2846.90 hs:8112.92 hs:8471.30 hs:8542.31 hs:2901.10 hs:85
    eccn:EAR99 eccn:3A090 eccn:4A090.a eccn:3D991 eccn:9A991.d eccn:5A992.c cn:1C905.a.4 cn:1C905 cn:NONE cn:1C902.a.1
    """.split()
)
COMPOSITIONS = (
    "", "", "Nd:29%;Dy:3.1%", "Nd:29%;Dy:0;Tb:0", "Sm:25%;Co:50%", "Dy:>0", "Ga:99.99%",
    "Nd:29%;Pr:1%;Fe:65%;Dy:0;Tb:0;Ho:0;Gd:0",
)  # fmt: skip
ACTIVITIES = ("export", "export", "export", "load", "reexport", "transfer", "service", "import", "release")
ATTRS = {
    "form": ("magnet", "powder", "metal", "alloy", "integrated_circuit", "software", "motor", "finished_electronics"),
    "family": ("ndfeb", "smco", "ferrite"),
    "tpp": ("100", "1600", "2400", "4800", "20000"),
    "performance_density": ("1", "2.5", "6"),
    "designed_for_datacenter": ("yes", "no"),
    "chip_model": ("H20", "MI308", "other"),
    "substance": ("ethane", "butane", "gallium"),
    "ultimate_parent_headquarters": ("CN", "MO", "DE"),
    "letters_received": ("none", "us-letter-2025-05-23-eda"),
}
PLACES = ("CN", "CN", "US", "US", "DE", "HK", "JP", "AE", "RU")
INVENTED = ("Example Antriebe GmbH", "Nobody Ltd", "")


@st.composite
def cells(draw: st.DrawFn) -> dict[str, str]:
    """A realistic mix of columns; most are empty."""
    found = {
        "ship_from": draw(st.sampled_from(PLACES)),
        "ship_to": draw(st.sampled_from(PLACES)),
        "codes": ";".join(draw(st.lists(st.sampled_from(CODES), max_size=2, unique_by=lambda one: one.partition(":")[0]))),
        "contains": draw(st.sampled_from(COMPOSITIONS)),
        "activity": draw(st.sampled_from(ACTIVITIES)),
        "end_use": draw(st.sampled_from(("", "", "", "civil", "military", "supercomputer"))),
    }
    if found["ship_from"] == found["ship_to"] and found["activity"] in ACROSS:
        found["activity"] = "transfer"
    names = draw(st.lists(st.sampled_from(sorted(ATTRS)), max_size=4, unique=True))
    found["attrs"] = ";".join(f"{name}={draw(st.sampled_from(ATTRS[name]))}" for name in names)
    parties = st.one_of(st.sampled_from(INVENTED), st.sampled_from(listed_names()))
    for role in ("exporter", "consignee", "end_user"):
        if draw(st.integers(0, 3)) == 0:
            found[role] = draw(parties)
    if draw(st.integers(0, 3)) == 0:
        found["origin"] = draw(st.sampled_from(PLACES))
    if draw(st.integers(0, 4)) == 0:
        found["us_content"] = draw(st.sampled_from(("0", "5%", "30%")))
    return {name: value for name, value in found.items() if value}


DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))


@lru_cache(maxsize=1)
def turning_days() -> tuple[date, ...]:
    """Days on which something of the base begins or ends."""
    base = real_base()
    found = {bound.day for measure in base.measures.values() for bound in base.bounds_of(measure)}
    return tuple(sorted(day for day in found if date(2025, 1, 1) < day < date(2026, 12, 30)))


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """A line with its day (often one on which the law turns) and what is known by."""
    on = draw(st.one_of(DAYS, st.sampled_from(turning_days())))
    known = on - timedelta(days=draw(st.sampled_from((0, 0, 0, 1, 30, 200))))
    return draw(cells()), on.isoformat(), known.isoformat()


def answer(
    base: RuleBase, question: Question, *, strict: bool = False, look_ahead: bool = False, sides: Sequence[str] = ("cn", "us")
) -> Decision:
    """Decide a question."""
    columns, on, known_by = question
    day, known = Asked.read(on), Asked.read(known_by)
    return decide(line_of(**columns), base, on=day, known_by=known, strict=strict, look_ahead=look_ahead, sides=sides)


def ends(decision: Decision) -> tuple[int, int]:
    """The two ends of the range as ranks."""
    return decision.low.rank, decision.high.rank


def without(base: RuleBase, *, measures: set[str], lifts: set[str], acts: set[str]) -> RuleBase:
    """The base less some rules (an act upon a lost act is lost on its own)."""
    return replace(
        base,
        measures={name: one for name, one in base.measures.items() if name not in measures},
        lifts={name: one for name, one in base.lifts.items() if name not in lifts},
        acts={name: one for name, one in base.acts.items() if name not in acts},
    )


def graver_than(effect: Effect) -> Effect:
    """The next graver effect."""
    return GRAVITY[min(effect.rank + 1, len(GRAVITY) - 1)]
