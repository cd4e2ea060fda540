"""Writes the reference from the code: commands, columns, errors, verdicts, coverage, measures, and the picture of the timeline.

The pages hold nothing that the code does not say, but for the words in the tables below: what a column or a key means is
said here once, and a name that the code has and the tables lack stops the run. The same code and the same rules give the
same bytes; a test runs this again and compares.

    python docs/reference/generate.py            write the pages
    python docs/reference/generate.py --check    exit 1 if a page is not what would be written
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import click
from click.testing import CliRunner

from greenlane import wiring
from greenlane.cli.covering import cover_run
from greenlane.cli.decide import _LINE_OPTIONS as LINE_OPTIONS
from greenlane.cli.main import cli
from greenlane.cli.output import ANSWER_COLUMNS, COVER_COLUMNS
from greenlane.decide.decision import Decision, Verdict
from greenlane.decide.explain import WORDS
from greenlane.decide.line import COLUMNS, COMPULSORY, Line
from greenlane.errors import CODES
from greenlane.law.checks import CHECKS
from greenlane.law.measure import Instrument
from greenlane.law.rulebase import RuleBase
from greenlane.law.scope import Cut
from greenlane.services.runs import Question
from greenlane.terms.periods import Asked, Moment

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
NOTE: Final = "<!-- Written by docs/reference/generate.py. Do not edit. -->"
SIDES: Final = {"cn": "China", "us": "United States"}
DAY: Final = Asked.read("2025-06-10")

# name: form, example, meaning
ABOUT_COLUMNS: Final[dict[str, tuple[str, str, str]]] = {
    "line_id": ("text", "L-04", "Name of the line. Each once in a file."),
    "item": ("text", "SKU-88", "Your item number."),
    "description": ("text", "sintered NdFeB segment", "What the goods are. Some words show a fact: see below."),
    "codes": (
        "`scheme:code`, `;` between; schemes `hs hts eccn cn schedule_b`",
        "hs:8505111000;eccn:EAR99;cn:1C905.a.4",
        "Customs and control codes. Digits of `hs` beyond six belong to the country of shipment. "
        "`cn:none` states that the goods are on no Chinese list.",
    ),
    "contains": (
        "`element:share%`, `;` between",
        "Nd:29%;Dy:3.1%;Tb:0",
        "Shares by mass. `Dy:0` says none, `Dy:>0` says some; an element not named is unknown.",
    ),
    "attrs": ("`name=value`, `;` between", "tpp=4800;performance_density=6.1", "Further facts by name: see below."),
    "quantity": ("decimal", "1200", "Amount."),
    "unit": ("UN/ECE or common unit", "kg", "Unit of the amount."),
    "value": ("decimal", "96000", "Value of the line; the duty is worked out on it."),
    "currency": ("ISO 4217", "USD", "Currency of the value."),
    "origin": ("ISO 3166-1 alpha-2", "CN", "Country of origin. Silent: presumed to be `ship_from`."),
    "ship_from": ("ISO 3166-1 alpha-2", "CN", "Country shipped from. HK, MO and TW are apart."),
    "ship_to": ("ISO 3166-1 alpha-2", "DE", "Country shipped to."),
    "end_use_country": ("ISO 3166-1 alpha-2", "DE", "Country of end use. Silent: presumed to be `ship_to`."),
    "exporter": ("party name", "Example Magnetics", "Who exports."),
    "consignee": ("party name", "Example Antriebe GmbH", "Who receives."),
    "end_user": ("party name", "Example Motors Michigan", "Who uses."),
    "end_use": ("lower-case keywords, `;` between", "civil", "What for: `civil`, `military`, `nuclear` and so on."),
    "activity": (
        "`export reexport transfer import load deliver service release`",
        "deliver",
        "What is done. Silent: `export`.",
    ),
    "date": ("ISO 8601 day, or instant with offset", "2025-06-12", "Day of this line. Silent: `--on`."),
    "us_content": ("percent", "12%", "US share of the value."),
    "cn_re_content": ("percent", "0.4%", "Share of the value that is Chinese rare-earth items."),
    "owner": ("party name", "Example Holding", "Known owner of the end user."),
    "owner_share": ("percent", "60", "The owner's share."),
}

# path of a key in a decision as JSON: meaning
ABOUT_KEYS: Final[dict[str, str]] = {
    "line_id": "Name of the line.",
    "verdict": "`free`, `licence_required`, `presumption_of_denial`, `prohibited` or `cannot_say`.",
    "lane": "`green`, `amber`, `red` or `grey`. Green as well where licences answer every bite in full.",
    "on": "The day asked for.",
    "known_by": "The day of knowledge: law public later is not used.",
    "range": "The lightest and the gravest verdict that the missing facts still allow.",
    "range_exact": "Whether the range is exact. `false`: an outer bound.",
    "reasons": "Measures that bite, gravest first.",
    "possible": "Measures that may bite, if what is missing says so.",
    "near_misses": "Measures that would bite but for one condition, or but for their state.",
    "near_misses[].why": "The condition that failed, or the state.",
    "lifts": "Exceptions and authorisations that took a bite away or made it lighter.",
    "*.lift": "Id of the lift.",
    "*.leaves": "What is left of the measure's effect.",
    "*.certainty": "The source's own word about how far it goes, if any.",
    "assumed": "Presumptions that were used. A `free` with some rests on them.",
    "derived": "Facts read from other facts of the row.",
    "*.fact": "Name of the fact: a column, `contains.X`, `attrs.x`, `codes.x`, `item:x` or `letter:x`.",
    "*.as": "The value taken.",
    "*.because": "Why it was taken.",
    "next_change": "First later day on which verdict or range differs, as known by `known_by`; `null` if none.",
    "next_verdict": "The verdict of that day.",
    "missing": "Facts to ask for, most decisive first.",
    "branches": "Questions that the law itself leaves open, such as a pause whose end nobody confirmed.",
    "*.why": "Why it is asked, or why it is so.",
    "*.verdicts": "Answer by answer: the verdict it would lead to.",
    "coverage": "What the base can say of each regime that reaches the line.",
    "coverage[].regime": "Id of the regime.",
    "coverage[].status": "`modelled`, `not_modelled`, `not_asked`, `absent` or `outside`.",
    "coverage[].subject": "Why the regime reaches the goods at all, or what that depends on.",
    "coverage[].verdict": "The verdict under this regime alone.",
    "obligations": "Duties to report, listed beside the verdict.",
    "promises": "What is only said, offered or not yet law. Decides nothing.",
    "conflicts": "Measures of one side whose obedience breaches law of the other.",
    "cover": "What open licences of the desk give the line, each licence once; empty without a ledger.",
    "cover[].licence": "The licence.",
    "cover[].granted": "What was granted, in `unit`; left out where the licence counts no quantity.",
    "cover[].used": "What was used: our book, or the total that customs reports, whichever is more.",
    "cover[].reserved": "What is reserved, also for this line.",
    "cover[].left": "What is left for this line, after what lines before it took.",
    "cover[].takes": "What the line takes.",
    "cover[].short": "What is short after this licence.",
    "cover[].unit": "The unit of the licence; its currency, where it counts value only.",
    "cover[].value_left": "What is left of the value, where the licence counts it as well.",
    "cover[].currency": "The currency of the value.",
    "cover[].uses_left": "How often the licence may still be used, where that is counted.",
    "cover[].until": "First day on which the licence is no longer valid, in the authority's zone.",
    "cover[].for": "The measures that it answers.",
    "cover[].provisos": "What is to be kept on that day.",
    "cover_asks": "What must be said before a licence can be used, or a lane turn green; left out where nothing is asked.",
    "cover_asks[].licence": "The licence that waits for it; left out for a measure that only may bite.",
    "uncovered": "Measures that no licence answers in full; left out where there are none, or no ledger.",
    "duty": "Duties on the line, or `null` where none is asked. Never part of the verdict.",
    "duty.rate_percent": "The sum in percentage points, or `null` where a layer is not known.",
    "duty.range_percent": "Lowest and highest sum, or `null`.",
    "duty.layers": "The layers that add up.",
    "*.layer": "Name of the layer.",
    "*.note": "What is special about the layer on this day.",
    "duty.exempt": "Layers that a lift takes away, in the form of `lifts`.",
    "duty.missing": "Facts that the sum waits for.",
    "duty.notes": "What else is to be said about the sum.",
    "duty.amount": "The sum on the line's value; only where both are known.",
    "duty.currency": "The currency of the value.",
    "duty.as_read_percent": "On a day after the last that was read: the sum by the law as last read.",
    "duty.additional_percent": "Where only the base rate is not held: the sum of the layers upon it.",
    "duty.assumed": "What was presumed for the duties, each with its reason.",
    "duty.doubtful": "Exemptions that may apply and are not certain, in the form of `lifts`.",
    "*.rate_percent": "Percentage points, or `null`.",
    "*.range_percent": "Lowest and highest rate of a layer that is not one rate; `null` for a bound that is not known.",
    "*.rate_text": "The rate as the schedule has it, where it is not plain percent.",
    "*.heading": "The heading of chapter 99 of the tariff, where the table names it.",
    "*.amount": "What the layer comes to, where value (or quantity) is stated.",
    "*.currency": "The currency of the amount.",
    "notes": "What else is to be said: a change within the day, law read only up to a day.",
    "rules": "The law used.",
    "rules.version": "Version of the rule base.",
    "rules.sha256": "Hash of the rule base.",
    "*.measure": "Id of the measure.",
    "*.title": "Its title.",
    "*.regime": "Its regime.",
    "*.effect": "Its effect on this line.",
    "*.review_note": "What is special about the review, in words.",
    "*.review": "How applications are reviewed, if the act says.",
    "*.decided": "Whether it decided the verdict.",
    "*.certain": "Whether it bites whatever the missing facts are.",
    "*.state": "How it stands on that day: `in force`, `suspended`, ...",
    "*.standing": "`official`, `reported` or `unverified`.",
    "*.matched": "Condition by condition: the facts that matched.",
    "*.entry": "The list entry that matched, for measures about parties.",
    "*.source": "A source one can open.",
    "*.source.title": "Its title.",
    "*.source.href": "Its address, or `null`.",
}
OPEN_KEYS: Final = ("matched", "verdicts")  # mappings whose keys are facts and answers, not names of the format

# The columns that decide adds in CSV, XLSX and Parquet: which key of the JSON each is.
ABOUT_ANSWERS: Final[dict[str, str]] = {
    "verdict": "as in JSON",
    "lane": "as in JSON",
    "on": "as in JSON",
    "known_by": "as in JSON",
    "range_low": "first of `range`",
    "range_high": "second of `range`",
    "decided_by": "the measures that decided, `;` between",
    "why": "the shortest reason, in words",
    "next": "what to do, or what will change, in words",
    "source": "title of a source of the first deciding measure",
    "source_href": "its address",
    "missing": "facts to ask for, `;` between",
    "assumed": "`fact=value`, `;` between",
    "lifts": "ids of lifts, `;` between",
    "next_change": "as in JSON",
    "duty_percent": "`duty.rate_percent`",
    "duty_low": "first of `duty.range_percent`",
    "duty_high": "second of `duty.range_percent`",
    "duty_amount": "`duty.amount`",
    "duty_currency": "`duty.currency`",
    "coverage": "`regime=status`, `;` between",
    "rules_version": "`rules.version`",
    "rules_sha256": "`rules.sha256`",
}
ABOUT_COVER: Final[dict[str, str]] = {
    "cover": "`licence=amount`, `;` between",
    "cover_short": "what is short after the last of them",
    "uncovered": "`uncovered`, `;` between",
}
ABOUT_VERDICTS: Final = {
    Verdict.FREE: "Nothing stops the line, and every regime that could reach it is covered.",
    Verdict.LICENCE_REQUIRED: "The authority must grant a licence first.",
    Verdict.PRESUMPTION_OF_DENIAL: "A licence may be asked for, and is refused as a rule.",
    Verdict.PROHIBITED: "The act knows no licence for it.",
    Verdict.CANNOT_SAY: "A fact, the law itself or the coverage leaves it open.",
}


def pages(base: RuleBase) -> dict[Path, str]:
    """Every page: where it goes, and its text."""
    return {
        HERE / "commands.md": commands(),
        HERE / "columns.md": columns(base),
        HERE / "errors.md": errors(),
        HERE / "verdicts.md": verdicts(base),
        HERE / "coverage.md": coverage(base),
        HERE / "measures.md": measures(base),
        ROOT / "docs" / "timeline.svg": timeline(),
    }


# --- commands ---------------------------------------------------------------------------------------------------------


def commands() -> str:
    """The commands, their arguments and options."""
    out = _head("Commands", "`greenlane COMMAND --help` says the same. `-h` is `--help`.")
    for path, command in walk(cli, "greenlane"):
        context = click.Context(command, info_name=path)
        out += ["", f"## {path}", "", *_prose(command.help or "")]
        out += ["", "```text", " ".join((path, *command.collect_usage_pieces(context))), "```"]
        options = [one for one in command.params if isinstance(one, click.Option) and "--help" not in one.opts]
        if options:
            rows = [[f"`{_option(one, context)}`", _option_help(one, context)] for one in options]
            out += ["", *_table(("option", "meaning"), rows)]
        if isinstance(command, click.Group):
            names = command.list_commands(context)
            linked = (f"[{name}](#{_anchor(f'{path} {name}')})" for name in names)
            out += ["", "Commands: " + ", ".join(linked) + "."]
    out += [
        "",
        "## Exit codes",
        "",
        *_table(
            ("code", "meaning"),
            [
                ["0", "Done."],
                [
                    "1",
                    "Done, with findings: rows rejected, cases failed, an answer that differs; or a step that the ledger refuses.",
                ],
                ["2", "Bad input or usage, or a rule base that is refused."],
                ["130", "Stopped by the user."],
            ],
        ),
        "",
        "Results go to standard output, talk to standard error.",
        "",
        "## Settings",
        "",
        *_table(
            ("variable", "meaning"),
            [
                ["`GREENLANE_RULES`", "Folder of the rule base, where `--rules` is not given."],
                ["`GREENLANE_DESK`", "Folder that keeps the runs, where `--desk` is not given."],
                ["`GREENLANE_LISTS`", "Folder that keeps editions of party lists (by default `.greenlane/lists` of the desk)."],
                [
                    "`GREENLANE_LEDGER`",
                    "Address of a PostgreSQL database that keeps the ledger of licences, where `--desk` is not given.",
                ],
                [
                    "`GREENLANE_CACHE`",
                    "Folder that keeps loaded rule bases, indexes of lists and answers worked out"
                    " (by default one in the user's cache), or `off`.",
                ],
            ],
        ),
    ]
    return _page(out)


def walk(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """The command and all beneath it, with their full names."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from walk(child, f"{path} {name}")


def _prose(text: str) -> list[str]:
    """A docstring as Markdown: paragraphs, and the examples as a block."""
    out: list[str] = []
    for paragraph in text.strip().split("\n\n"):
        verbatim = paragraph.lstrip().startswith("\b")
        lines = [line for line in paragraph.splitlines() if line.strip() and line.strip() != "\b"]
        if out:
            out.append("")
        if verbatim and lines[0].strip() == "Example:":
            out += ["```text", *(line.strip() for line in lines[1:]), "```"]
        else:
            out.append(_cell(" ".join(line.strip() for line in lines)))
    return out


def _option(option: click.Option, context: click.Context) -> str:
    names = ", ".join((*option.opts, *option.secondary_opts))
    return names if option.is_flag else f"{names} {option.make_metavar(context)}"


def _option_help(option: click.Option, context: click.Context) -> str:
    said = " ".join((option.help or "").split())
    if option.show_default:
        said += f"  [default: {option.get_default(context)}]"
    return _cell(said)


def _anchor(title: str) -> str:
    return title.replace(" ", "-")


# --- columns ----------------------------------------------------------------------------------------------------------


def columns(base: RuleBase) -> str:
    """The columns of an order file, the attributes that rules ask for, what a fact shows, what is presumed."""
    out = _head(
        "Columns of an order file",
        "One line a row: CSV, XLSX, Parquet or JSON Lines. " + ", ".join(f"`{name}`" for name in COMPULSORY) + " are "
        "compulsory. Columns that are not named here are carried through untouched. An empty cell says nothing.",
    )
    flags = {name: flag for flag, name, _ in LINE_OPTIONS}
    rows = []
    for name in COLUMNS:
        form, example, meaning = ABOUT_COLUMNS[name]
        rows.append([f"`{name}`", f"`{flags[name]}`", _cell(form), f"`{example}`", _cell(meaning)])
    out += ["", *_table(("column", "flag of `ask`", "form", "example", "meaning"), rows)]
    out += [
        "",
        "## Attributes",
        "",
        "What may stand in `attrs` and be asked for. The values are those that a rule tests; a number is a threshold. "
        "Other names are carried through.",
        "",
        *_table(("name", "values", "rules that test it"), _attributes(base)),
        "",
        "`letters_received` names the letters that the exporter got, `|` between, or `none`.",
        "",
        "## What a stated fact shows",
        "",
        "Used only where the row does not state the fact itself. Two readings that differ cancel out.",
        "",
        *_table(
            ("derivation", "fact", "value", "why"),
            [[f"`{one.id}`", f"`{one.fact}`", f"`{one.value}`", _cell(one.because)] for one in base.derivations],
        ),
        "",
        "## What is presumed",
        "",
        "Used only where the row is silent, listed in `assumed`, turned off by `--strict`. `=name` is the value of that column.",
        "",
        *_table(("fact", "as", "why"), [[f"`{one.fact}`", f"`{one.value}`", _cell(one.because)] for one in base.presumptions]),
    ]
    return _page(out)


def _attributes(base: RuleBase) -> list[list[str]]:
    setting = base.setting(Moment.of_day(DAY.calendar_day), DAY)
    found: dict[str, tuple[set[str], set[str]]] = {}
    for rule in (*base.measures.values(), *base.lifts.values()):
        for condition in rule.conditions:
            for cut in condition.cuts(setting):
                if cut.fact.startswith("attrs."):
                    values, rules = found.setdefault(cut.fact.removeprefix("attrs."), (set(), set()))
                    values.add(_cut(cut))
                    rules.add(rule.id)
    return [
        [f"`{name}`", " ".join(sorted(values, key=_by_size)), str(len(rules))] for name, (values, rules) in sorted(found.items())
    ]


def _cut(cut: Cut) -> str:
    return f"`{cut.value}`"


def _by_size(text: str) -> tuple[int, float, str]:
    bare = text.strip("`")
    return (0, float(bare), text) if bare.replace(".", "", 1).isdigit() else (1, 0, bare)


# --- errors -----------------------------------------------------------------------------------------------------------

_FAMILIES: Final = (
    ("GL01", "Order lines and files", "A bad cell rejects its row; the others are answered. A bad file stops the run."),
    ("GL02", "Rule files", "What does not read. One problem refuses the whole base; all are shown."),
    ("GL03", "Questions", "A question that cannot be asked so. Exit code 2."),
    ("GL04", "Notices and drafts", "New law on its way into the base. Nothing is changed where one of these stands."),
    ("GL05", "Screening", "No alert is cleared, and nothing is said of a party, where one of these stands."),
    ("GL06", "Official sources", "A source is taken whole or refused whole; what is held stays as it was."),
    ("GL07", "Licences", "A step that the ledger refuses: nothing is booked. Exit code 1; 2 where what was given does not read."),
    ("RB", "Integrity of the rule base", "What reads, but does not hold together. `greenlane rules check` looks for these."),
)


def errors() -> str:
    """Every code, its meaning, and for integrity rules the rule itself."""
    out = _head("Errors", "Each has a code, says what is wrong and where, and then what to do. Codes do not change.")
    rules = {check.code: (check.__doc__ or "").splitlines()[0] for check in CHECKS}
    for start, title, about in _FAMILIES:
        mine = [code for code in sorted(CODES) if code.startswith(start)]
        out += ["", f"## {title}", "", about, ""]
        if start == "RB":
            rows = [[f"`{code}`", _cell(CODES[code]), _cell(rules.get(code, "Refused while reading."))] for code in mine]
            out += _table(("code", "what is wrong", "the rule"), rows)
        else:
            out += _table(("code", "what is wrong"), [[f"`{code}`", _cell(CODES[code])] for code in mine])
    return _page(out)


# --- verdicts ---------------------------------------------------------------------------------------------------------


def verdicts(base: RuleBase) -> str:
    """The words, the keys of the JSON of decide, the columns of its tables."""
    out = _head("Verdicts", "What `decide` and `ask` answer, in words and in JSON Lines.")
    rows = [[f"`{one.value}`", WORDS[one], one.lane, ABOUT_VERDICTS[one]] for one in Verdict]
    out += ["", *_table(("verdict", "on screen", "lane", "meaning"), rows)]
    out += ["", "From light to grave: " + " < ".join(f"`{one.value}`" for one in Verdict if one is not Verdict.CANNOT_SAY) + "."]
    out += [
        "",
        "## Keys of `--format jsonl`",
        "",
        "`[]` is one entry of a list. More keys may be added; none changes its meaning.",
        "",
    ]
    rows = [[f"`{path}`", kind, _cell(meaning(path))] for path, kind in sorted(keys(base).items(), key=lambda one: _order(one[0]))]
    out += _table(("key", "form", "meaning"), rows)
    out += [
        "",
        "## Columns of `--format csv`, `xlsx` and `parquet`",
        "",
        "The row as it came, then these. A column of the same name in the input is kept as `input_` and its name.",
        "",
        *_table(("column", "meaning"), [[f"`{name}`", ABOUT_ANSWERS[name]] for name in ANSWER_COLUMNS]),
        "",
        "At a desk with licences, if a line needs one, these as well:",
        "",
        *_table(("column", "meaning"), [[f"`{name}`", ABOUT_COVER[name]] for name in COVER_COLUMNS]),
    ]
    return _page(out)


def keys(base: RuleBase) -> dict[str, str]:
    """Every key that decisions about the example desk, and about some more days of it, have; with the form of its value."""
    found: dict[str, set[str]] = {}
    for decision in _decisions(base):
        _gather("", decision.plain(), found)
    return {path: " or ".join(sorted(kinds)) for path, kinds in found.items()}


def meaning(path: str) -> str:
    """What a key means. Raises KeyError for a key that nobody described."""
    if path in ABOUT_KEYS:
        return ABOUT_KEYS[path]
    parts = path.replace("[]", "").split(".")
    for start in range(1, len(parts)):
        short = "*." + ".".join(parts[start:])
        if short in ABOUT_KEYS:
            return ABOUT_KEYS[short]
    raise KeyError(f"docs/reference/generate.py says nothing about the key `{path}`")


def _decisions(base: RuleBase) -> Iterable[Decision]:
    """The example desk on its day and on one when the pauses are open, so that every kind of answer is met."""
    desk = ROOT / "examples" / "london-2025-06-10"
    lines, _ = wiring.read_order_file(desk / "orders.csv")
    yield from _with_licences(lines, base, desk)
    asked = (
        (DAY, DAY, True),
        (Asked.read("2026-11-12"), Asked.read("2026-10-10"), False),
        (Asked.read("2025-06-26"), Asked.read("2025-07-02"), False),
    )
    for on, known_by, ahead in asked:
        question = Question(on, known_by, ("cn", "us"), strict=False)
        yield from wiring.answer(lines, base, question, look_ahead=ahead)
    more = (
        {"ship_from": "CN", "ship_to": "US", "codes": "hs:854140", "consignee": "Skydio", "date": "2025-04-10"},
        {"ship_from": "US", "ship_to": "CN", "codes": "hts:2901.10.10", "activity": "load", "exporter": "Enterprise Products",
         "attrs": "substance=ethane", "date": "2025-06-26"},
        {"ship_from": "CN", "ship_to": "US", "codes": "hts:0102.29.40", "activity": "import", "quantity": "100", "unit": "kg",
         "value": "900", "currency": "USD", "date": "2025-06-10"},
        {"ship_from": "CN", "ship_to": "US", "codes": "hts:8501.10.40", "activity": "import", "date": "2025-06-10"},
    )  # fmt: skip
    extra = [wiring.read_one({"line_id": f"X-{number}", **cells}) for number, cells in enumerate(more)]
    yield from wiring.answer(extra, base, Question(DAY, Asked.read("2025-07-02"), ("cn", "us"), strict=False))
    later = Asked.read("2026-11-12")  # after the last day that the base has read
    magnet = {"line_id": "X-9", "ship_from": "CN", "ship_to": "US", "codes": "hts:8505.11.0070", "activity": "import"}
    yield from wiring.answer([wiring.read_one(magnet)], base, Question(later, later, ("cn", "us"), strict=False))


def _with_licences(lines: Sequence[Line], base: RuleBase, desk: Path) -> Iterable[Decision]:
    """The lines with what the licences of the example desk give them; one of them with a customer that is not said."""
    silent = [replace(line, end_user="") for line in lines if line.line_id == "L-04"]
    for day, asked in (("2025-05-31", lines), ("2025-06-10", lines), ("2025-06-10", silent)):
        question = Question(Asked.read(day), Asked.read(day), ("cn", "us"), strict=False)
        decisions = list(wiring.answer(asked, base, question, look_ahead=False))
        yield from cover_run(decisions, desk, question, None)[0]


def _gather(path: str, value: Any, found: dict[str, set[str]]) -> None:
    if path:
        found.setdefault(path, set()).add(_kind(value))
    if isinstance(value, Mapping) and path.rpartition(".")[2] not in OPEN_KEYS:
        for key, inner in value.items():
            _gather(f"{path}.{key}" if path else key, inner, found)
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, Mapping):
                for key, deeper in inner.items():
                    _gather(f"{path}[].{key}", deeper, found)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    for kind, name in ((bool, "true, false"), (str, "text"), (list, "list"), (dict, "mapping")):
        if isinstance(value, kind):
            return name
    raise TypeError(f"a decision holds {value!r}: only text, truth values, lists and mappings are stable")


def _order(path: str) -> tuple[int, str]:
    first = path.replace("[]", "").split(".")[0]
    tops = [name for name in ABOUT_KEYS if "." not in name]
    return (tops.index(first) if first in tops else len(tops), path)


# --- law --------------------------------------------------------------------------------------------------------------


def coverage(base: RuleBase) -> str:
    """What is modelled of each regime."""
    out = _head(
        "Coverage",
        "A line is `free` only if every regime that could reach it is covered by a statement below. "
        "`greenlane rules coverage` says it in more detail.",
    )
    for regime in base.regimes.values():
        count = sum(one.regime == regime.id for one in base.instruments.values())
        out += ["", f"## {regime.id}", "", f"{_cell(regime.title[:1].upper() + regime.title[1:])}. ", ""]
        out[-2] = out[-2].rstrip()
        out += _table(
            ("side", "kind", "days from", "law read up to", "instruments"),
            [[SIDES[regime.side], regime.kind, regime.start.text, regime.known_through.text, str(count)]],
        )
        out.append("")
        if regime.covers:
            out += _table(("covered", "statement"), [[f"`{one.id}`", _cell(one.statement)] for one in regime.covers])
        elif regime.kind == "duty":
            layers = sorted({one.layer for one in base.measures.values() if one.regime == regime.id and one.layer})
            out.append("Duties are answered beside the verdict. Layers held: " + ", ".join(f"`{one}`" for one in layers) + ".")
        else:
            out.append("Nothing is covered: a line that this regime reaches is answered `cannot_say`, unless a measure stops it.")
    return _page(out)


def measures(base: RuleBase) -> str:
    """The instruments of the base."""
    out = _head(
        "Instruments and measures",
        f"Rule base {base.version}: {len(base.instruments)} instruments, {len(base.measures)} measures, {len(base.lifts)} lifts, "
        f"{len(base.acts)} acts. `greenlane rules show ID` shows one whole, with its scope, history, reading and sources.",
    )
    for side, name in SIDES.items():
        mine = sorted((one for one in base.instruments.values() if one.side == side), key=lambda one: (one.known_since.day, one.id))
        rows = [_instrument(one, base) for one in mine]
        out += ["", f"## {name}", "", *_table(("instrument", "title", "known since", "standing", "measures", "sources"), rows)]
    return _page(out)


def _instrument(one: Instrument, base: RuleBase) -> list[str]:
    count = sum(measure.instrument.id == one.id for measure in base.measures.values())
    status = "" if one.status == "in_force" else f", {one.status.replace('_', ' ')}"
    return [
        f"`{one.id}`",
        _cell(one.title),
        one.known_since.day.isoformat(),
        f"{one.standing.value}{status}",
        str(count),
        str(len(one.sources)),
    ]


def timeline() -> str:
    """The picture of the timeline, as the command draws it."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder, "timeline.svg")
        result = CliRunner().invoke(cli, ["rules", "timeline", "--svg", str(picture)], catch_exceptions=False)
        if result.exit_code != 0:
            raise RuntimeError(result.output)
        return picture.read_text(encoding="utf-8")


# --- Markdown ---------------------------------------------------------------------------------------------------------


def _head(title: str, about: str) -> list[str]:
    return [f"# {title}", "", NOTE, "", about]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_row(heads), _row(["---"] * len(heads)), *(_row(row) for row in rows)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("<", "&lt;").replace(">", "&gt;") if "`" not in text else " ".join(text.split())


def _page(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"


def stale(found: Mapping[Path, str], read: Callable[[Path], str]) -> list[Path]:
    """The pages that are not what would be written."""
    return [path for path, text in found.items() if not path.is_file() or read(path) != text]


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with --check only compare."""
    found = pages(wiring.load_rules(ROOT / "rules"))
    old = stale(found, lambda path: path.read_text(encoding="utf-8"))
    for path in old:
        print(path.relative_to(ROOT))
        if "--check" not in arguments:
            path.write_text(found[path], encoding="utf-8", newline="\n")
    return 1 if old and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
