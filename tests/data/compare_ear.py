"""Hold the answers of greenlane against the naive reading of the US control tables.

Each question is one code to one destination, exported from the United States on the day of the tables, with nobody named. Both
sides are compared by reason (`NS 2`, `RS`): what the naive side holds for certain must be certain, what may be must at least be
possible, what the tables tell elsewhere must not come out free, and nothing may be added.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from greenlane.decide.decision import Decision
from greenlane.decide.evaluate import decide
from greenlane.decide.line import Row, read_line
from greenlane.law.rulebase import RuleBase
from greenlane.terms.periods import Asked
from tests.data.naive_ear import Answer, Requirement, Tables

ON = Asked.read("2026-07-23")  # the issue of the tables

# Instruments older than the table of the list that hold single entries of it, and the reason they answer.
OLDER = {"us-np2": ("NP 2",), "us-adv-computing": ("RS",), "us-ai-diffusion": ("RS",)}
OLDER_ENTRIES = {
    "us-np2": ("2A290", "2A291"),
    "us-adv-computing": ("3A090", "4A090", "5A992"),
    "us-ai-diffusion": ("3A090", "4A090", "4E091", "5A992"),
}

# Destinations that rows in words name, and neighbours of theirs.
TELLING = "CN HK MO RU BY VE IQ PK AE IN IL TW AU GB CA MX DE UA LB VN SG AM CY KZ LI".split()


# Differences that are understood and stay until one side changes: entry and reason (and destination) -> what the source says.
UNDERSTOOD: dict[tuple[str, str, str], str] = {
    (
        "4A003",
        "NS 1",
        "",
    ): "a note frees assemblies of .c that reach at most 70 weighted teraflops; greenlane asks for the figure (.b begins above it)",
}


@dataclass(frozen=True)
class Finding:
    """One difference, with both readings."""

    kind: str
    code: str
    to: str
    key: str
    naive: str
    product: str

    @property
    def understood(self) -> bool:
        """Whether it is one of those that stay for now."""
        return not {(self.code[:5], self.key, to) for to in ("", self.to)}.isdisjoint(UNDERSTOOD)

    @property
    def line(self) -> str:
        """In one line."""
        return f"{self.kind}: {self.code} to {self.to}, {self.key}: naive {self.naive}; greenlane {self.product}"


def key_of(one: Requirement) -> str:
    """The reason as both sides know it: with its column if it has one."""
    return one.where.column or one.reason


def product_keys(measure: str) -> tuple[str, ...]:
    """The reasons of a measure, by its name; none for what is not a requirement of the list."""
    instrument, _, rest = measure.partition("/")
    if instrument in OLDER:
        return OLDER[instrument]
    if instrument != "us-ccl":
        return ()
    note = re.match(r"chart-note-(\d+)", rest)
    if note is not None:
        return (f"note{note[1]}",)
    found = []
    for token in rest.split("-")[1:]:
        match = re.fullmatch(r"(RISS|[A-Z]{2})(\d?)", token)
        if match is None:
            break
        reason = "RU" if match[1] == "RISS" else match[1]
        found.append(f"{reason} {match[2]}".strip())
    return tuple(found) or ("law",)


def ask(rules: RuleBase, code: str, to: str) -> Decision:
    """One code to one destination."""
    cells = {
        "line_id": "L",
        "ship_from": "US",
        "ship_to": to,
        "codes": f"eccn:{code}",
        "activity": "export",
        "cn_re_content": "0 %",
    }
    line, problems = read_line(Row(cells, "comparison", 1))
    assert line is not None, problems
    return decide(line, rules, on=ON, known_by=ON, sides=("us",), look_ahead=False)


def compare(tables: Tables, rules: RuleBase, code: str, to: str) -> list[Finding]:
    """Every difference of one question."""
    return compare_answer(tables, code, to, ask(rules, code, to))


def compare_answer(tables: Tables, code: str, to: str, decision: Decision) -> list[Finding]:
    """Every difference of one question that greenlane has answered."""
    return list(_compare(tables, code, to, tables.answer(code, to), decision))


def _compare(tables: Tables, code: str, to: str, naive: Answer, decision: Decision) -> Iterator[Finding]:
    eccn = code[:5]
    certain, possible = _keys(decision, eccn)
    verdict = decision.verdict.value
    says = f"{verdict}, at least {decision.low.value}; certain {sorted(certain)}, possible {sorted(possible)}"

    def finding(kind: str, key: str, told: str) -> Finding:
        return Finding(kind, code, to, key, told, says)

    surely, perhaps, elsewhere = ({key_of(one) for one in part} for part in (naive.certain, naive.possible, naive.untold))
    for key in sorted(surely):
        # A rule of its own (H200) makes some of these requirements lighter: then each may hold, and one of them certainly does.
        lighter = key in possible and decision.low.value != "free" and any(eccn in held for held in OLDER_ENTRIES.values())
        if key not in certain and not lighter:
            yield finding("weaker" if key in possible else "dropped", key, "certain")
    for key in sorted(perhaps - surely):
        if key in certain:
            if key not in {key_of(one) for one in tables.open_reading(code, to)} | _by_paragraph(tables, code, to):
                yield finding("stronger", key, "possible")
        elif key not in possible:
            yield finding("dropped, possible", key, "possible")
    elsewhere |= set(tables.reasons_without_row(eccn))
    named = {"AT"} if "AT" in (tables.entries[eccn]["reasonForControl"] or "") else set()  # AT without a row: 1C350
    for key in sorted((certain | possible) - surely - perhaps - elsewhere - named - _no_table_keys(tables, eccn)):
        yield finding("added", key, "not there")
    for key in sorted(elsewhere - certain - possible):
        if to not in tables.embargoed and not key.startswith("note"):
            yield finding("told elsewhere, silent", key, "told elsewhere")

    if verdict == "free":
        why = (
            "certain" if surely else "possible" if perhaps else "embargo" if to in tables.embargoed
            else "no table" if eccn in tables.without_table else "series" if tables.series(eccn)
            else "told elsewhere" if elsewhere else ""
        )  # fmt: skip
        if why:
            yield finding("free", ", ".join(sorted(surely | perhaps | elsewhere)), why)
    if surely and decision.low.value == "free":
        yield finding("lower bound free", ", ".join(sorted(surely)), "certain")


def _by_paragraph(tables: Tables, code: str, to: str) -> set[str]:
    """The reasons that hold for an entry because they hold for each of its paragraphs, by different rows."""
    paragraphs = tables.entries[code[:5]].get("topLevelParagraphs") or {}
    if len(code) > 5 or not paragraphs:
        return set()
    held = [{key_of(one) for one in tables.answer(f"{code}.{letter}", to).certain} for letter in paragraphs]
    return set.intersection(*held)


def _keys(decision: Decision, eccn: str) -> tuple[set[str], set[str]]:
    certain = {key for reason in decision.reasons for key in _keys_for(reason.measure.id, eccn)}
    possible = {key for reason in decision.possible for key in _keys_for(reason.measure.id, eccn)}
    return certain, possible - certain


def _keys_for(measure: str, eccn: str) -> Iterable[str]:
    instrument = measure.partition("/")[0]
    return product_keys(measure) if eccn in OLDER_ENTRIES.get(instrument, (eccn,)) else ()


def _no_table_keys(tables: Tables, eccn: str) -> set[str]:
    """An entry without rows may be answered by its own line of reasons or by its text: that adds nothing."""
    if eccn not in tables.without_table:
        return set()
    return {"law", *re.findall(r"\b[A-Z]{2}\b", tables.entries[eccn]["reasonForControl"] or ""), "AT 1", "AT 2", "CB 2"}


def rows_not_held(tables: Tables, measures: Iterable[str]) -> list[str]:
    """The rows of the source for whose entry and reason greenlane has no measure of any standing, by name."""
    held = {(name.partition("/")[2][:5], key) for name in measures if name.startswith("us-ccl/") for key in product_keys(name)}
    held |= {(eccn, key) for older, entries in OLDER_ENTRIES.items() for eccn in entries for key in OLDER[older]}
    letters = {(entry, key[:2]) for entry, key in held}
    missing = []
    for eccn in tables.entries:
        missing += [one.name for one in tables.requirements(eccn) if not {(eccn, key_of(one)), (eccn, one.reason)} & held]
        unnamed = [reason for reason in tables.reasons_without_row(eccn) if (eccn, reason) not in letters]
        missing += [f"{eccn} {reason}, a reason without a row" for reason in unnamed]
    return missing


def chosen(tables: Tables, code: str, number: int, count: int) -> list[str]:
    """Destinations for the code at this place in the list, the same ones each time: one that rows in words name, the others in
    turn, so that a run through the list meets every row of the chart.
    """
    step = 80  # shares no factor with the 201 destinations
    others = [tables.places[(number * (count - 1) + turn) * step % len(tables.places)] for turn in range(count - 1)]
    return list(dict.fromkeys([TELLING[spread(code) % len(TELLING)], *others]))


def spread(text: str) -> int:
    """A fixed number for a text, to choose by."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
