"""greenlane licences: what was granted, reserved, used and reported, and what is left."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click

from greenlane import wiring
from greenlane.cli import licences_applications, licences_customs, licences_waits
from greenlane.cli.licences_asking import BY, DESK, DOC, FORMAT, OWN_ID, day_of, several
from greenlane.cli.licences_inspections import inspections
from greenlane.cli.licences_match import affected, match, share
from greenlane.errors import LedgerRefusal, UsageError
from greenlane.licences.amounts import QUANTITY_SCALE, VALUE_SCALE, scaled
from greenlane.licences.ledger import State
from greenlane.licences.licence import WINDOW_HINT, ZONES, Kind, Licence, LicenceLine, Proviso, ScopeRow, Window, read_iso_day
from greenlane.services import licensing as desk_work
from greenlane.services.licensing import Done, Wish
from greenlane.services.ports import Ledger
from greenlane.terms.amounts import read_decimal, read_unit
from greenlane.terms.periods import Asked, day_before, read_day
from greenlane.wiring import applying as applying_room
from greenlane.wiring import licensing as room

_SCOPE: Final = ("consignee", "end-user", "destination", "customs-office", "mode", "contract", "end-use")
_KINDS: Final = [one.value for one in Kind if one is not Kind.DOSSIER]
Run = Callable[..., int]


@click.group()
def licences() -> None:
    """Licences: grant, reserve, commit, release, draw, observe and so on; the register; verify.

    Every step is an entry in the ledger of the desk. A step that would take more than is left, or that the state of the licence does
    not allow, is refused: exit code 1, and nothing is booked. The same step under the same id is acknowledged again.

    \b
    Example:
        greenlane licences grant --licence L-1 --authority CN --kind single --holder "Example Magnetics" --quantity 1500 --unit kg --from 2025-06-01 --until 2025-12-01
        greenlane licences draw --licence L-1 --quantity 10 --unit kg --on 2025-06-10 --id ORDER-7/1
        greenlane licences register
    """  # noqa: E501  (an example is one line)


licences.add_command(match)
licences.add_command(affected)
licences.add_command(share)
licences.add_command(inspections)


# --- options ----------------------------------------------------------------------------------------------------------

_LICENCE = click.option("--licence", required=True, metavar="ID", help="The licence.")
_QUANTITY = click.option("--quantity", metavar="DECIMAL", help="How much, as a plain decimal.")
_UNIT = click.option("--unit", help="Unit of the quantity.  [default: the licence's]")
_VALUE = click.option("--value", metavar="DECIMAL", help="What it is worth, where the licence counts value.")
_CURRENCY = click.option("--currency", help="Currency of the value.")
_LINE = click.option("--line", type=click.IntRange(1, 999), default=1, show_default=True, help="Line of the licence.")
_SITE = click.option("--site", default="", help="Site to which some of the licence was allocated.")
_ON = click.option("--on", metavar="DATE", help="Day on which it happened, in the authority's zone.  [default: today, printed]")
_ID = click.option("--id", "id_", required=True, help="Your own id of this step; of a commit or release: the reservation it ends.")
_TOLERANCE = click.option("--tolerance", metavar="RULE", help="A tolerance of the rule base that this step relies on.")
_AMOUNTS = (_QUANTITY, _UNIT, _VALUE, _CURRENCY, _LINE, _SITE)
_RECORD = (_ON, BY, DOC, DESK, FORMAT)


def _decimal(text: str | None, option: str) -> Decimal | None:
    if text is None:
        return None
    try:
        return read_decimal(text)
    except ValueError as error:
        raise UsageError("GL0304", f"{option}: {error}", hint="a plain decimal such as 1500 or 0.5") from error


def _unit(text: str | None) -> str:
    try:
        return read_unit(text) if text else ""
    except ValueError as error:
        raise UsageError("GL0304", f"--unit: {error}") from error


def _wish(kind: str, *, id_: str | None, on: str | None, sign: int = 1, uses: int = 0, **given: Any) -> Wish:
    """What the options say. Without an id of its own a step has one made of what it says."""
    day = day_of(on)
    quantity, value = _decimal(given.get("quantity"), "--quantity"), _decimal(given.get("value"), "--value")
    site, licence, line = given.get("site") or "", given["licence"], given.get("line", 1)
    if id_ is None:
        told = [kind, licence, day, *(str(one) for one in (quantity, value, uses or None, site or None) if one is not None)]
        told += [f"line {line}"] if line != 1 else []
        told += [json.dumps(given["more"], sort_keys=True)] if given.get("more") else []
        id_ = "/".join(told)
    return Wish(
        kind=kind,
        licence=licence,
        day=day,
        id=id_,
        line=line,
        site=site,
        quantity=None if quantity is None else sign * quantity,
        unit=_unit(given.get("unit")),
        value=None if value is None else sign * value,
        currency=given.get("currency") or "",
        uses=uses,
        ref=given.get("ref") or "",
        by=given["by"],
        doc=given["doc"],
        more=given.get("more"),
    )


def _book(wish: Wish, desk: Path | None, form: str, *, tolerance: str | None = None) -> int:
    with closing(room.open_ledger(desk)) as ledger:
        if tolerance is not None:
            wish = _with_tolerance(ledger, wish, tolerance)
        _tell(desk_work.book(ledger, wish), form)
    return 0


def _with_tolerance(ledger: Ledger, wish: Wish, name: str) -> Wish:
    found, state = room.tolerances().get(name), ledger.states([wish.licence]).get(wish.licence)
    if found is None:
        raise UsageError("GL0305", f"the rule base holds no tolerance {name}", hint="greenlane licences tolerances")
    return wish if state is None else replace(wish, more=desk_work.relied_on(found, state.licence.authority, wish.day))


def _tell(done: Done, form: str) -> None:
    row = desk_work.rows_of(done.state, use_on=done.wish.day)[done.wish.line - 1]
    if form == "jsonl":
        told = {"entry": done.booked.seq, "again": done.booked.again, "id": done.wish.id, "step": done.wish.kind}
        click.echo(json.dumps(told | row, ensure_ascii=False))
        return
    again = ", booked before" if done.booked.again else ""
    click.echo(f"entry {done.booked.seq}: {done.wish.kind} {done.wish.id}{again}")
    click.echo(_summary(row))


def _summary(row: Mapping[str, Any]) -> str:
    unit = row["unit"]
    parts = [f"{row['licence']}: {row['status']}"]
    if row["left"] is not None:
        parts.append(f"{row['left']} {unit} left of {row['granted']}, {row['reserved']} reserved, {row['used']} used")
    else:
        parts.append(f"{row['reserved']} {unit} reserved, {row['used']} used, quantity not metered")
    if "window_on" in row:
        left = [f"{row['window_left']} {unit}"] if "window_left" in row else []
        left += [f"{row['window_value_left']} {row['currency']}"] if "window_value_left" in row else []
        parts.append(f"{row['window']}: {' and '.join(left)} left for a use on {row['window_on']}")
    elif "window_from" in row:
        used = [f"{row['window_used']} {unit}"] if "window_used" in row else []
        used += [f"{row['window_value_used']} {row['currency']}"] if "window_value_used" in row else []
        parts.append(f"{row['window']}: {' and '.join(used)} used from {row['window_from']} through {row['window_through']}")
    if row.get("value_left") is not None:
        parts.append(f"{row['value_left']} {row['currency']} left of {row['value_granted']}")
    if "uses_left" in row:
        parts.append(f"{row['uses_left']} of {row['max_uses']} uses left")
    return "; ".join(parts)


# --- what was granted ---------------------------------------------------------------------------------------------------


@licences.command()
@several(_LICENCE)
@click.option("--authority", required=True, help=f"Who granted it: {', '.join(ZONES)}, or another with --zone.")
@click.option(
    "--kind",
    type=click.Choice(_KINDS),
    required=True,
    help="What sort of licence it is.",
)
@click.option("--holder", required=True, help="Who holds it.")
@click.option("--codes", default="", help="Goods and list codes, `;` between.")
@click.option("--words", default="", help="The goods in the licence's own words.")
@click.option("--quantity", metavar="DECIMAL", help="How much is granted.  [default: quantity is not metered]")
@click.option("--unit", required=True, help="Unit in which the licence counts.")
@click.option("--value", metavar="DECIMAL", help="The value granted.  [default: value is not metered]")
@click.option("--currency", default="", help="Currency of the value.")
@click.option("--max-uses", type=click.IntRange(1), help="How often it may be used.  [default: uses are not metered]")
@click.option("--window", metavar="STRETCH", help="A limit in time: `90 days`, `12 months` (rolling), `each year`, `each month`.")
@click.option("--window-quantity", metavar="DECIMAL", help="How much may be used in the window.")
@click.option("--window-value", metavar="DECIMAL", help="What value may be used in the window.")
@click.option("--from", "since", required=True, metavar="DATE", help="First day on which it is valid.")
@click.option("--until", required=True, metavar="DATE", help="First day on which it no longer is.")
@click.option("--zone", help="Zone in which its days count.  [default: the authority's]")
@click.option("--procedure", default="ordinary", show_default=True, help="How it was granted: ordinary, green_channel and so on.")
@click.option("--consignee", multiple=True, help="Only for this consignee; may be given again.")
@click.option("--end-user", multiple=True, help="Only for this end user; may be given again.")
@click.option("--destination", multiple=True, help="Only to this country; may be given again.")
@click.option("--customs-office", multiple=True, help="Only through this customs office; may be given again.")
@click.option("--mode", multiple=True, help="Only by this mode of transport; may be given again.")
@click.option("--contract", multiple=True, help="Only under this contract; may be given again.")
@click.option("--end-use", multiple=True, help="Only for this end use; may be given again.")
@click.option("--transit", multiple=True, help="Only through this country; may be given again.")
@click.option("--third-party", multiple=True, help="Only with this third party; may be given again.")
@click.option("--proviso", multiple=True, help="A condition to be kept, in its words, perhaps after `from DATE until DATE:`.")
@click.option("--clause", multiple=True, metavar="DIM=TEXT", help="The words of a condition, as end_user=TEXT; may be given again.")
@click.option("--no-splitting", is_flag=True, help="The whole of it goes at once, or nothing.")
@click.option("--predecessor", default="", help="The licence that this one replaces.")
@click.option("--on", metavar="DATE", help="Day on which it was granted.  [default: --from]")
@several(OWN_ID, BY, DOC, DESK, FORMAT)
def grant(
    licence: str,
    authority: str,
    kind: str,
    holder: str,
    codes: str,
    words: str,
    quantity: str | None,
    unit: str,
    value: str | None,
    currency: str,
    max_uses: int | None,
    window: str | None,
    window_quantity: str | None,
    window_value: str | None,
    since: str,
    until: str,
    zone: str | None,
    procedure: str,
    proviso: tuple[str, ...],
    clause: tuple[str, ...],
    no_splitting: bool,
    predecessor: str,
    on: str | None,
    id_: str | None,
    by: str,
    doc: str,
    desk: Path | None,
    form: str,
    **scope: tuple[str, ...],
) -> int:
    """Take a granted licence into the ledger.

    A meter that is not given is not counted. A condition that is not given means any.

    \b
    Example:
        greenlane licences grant --licence CN-6M-0042 --authority CN --kind single --holder "Example Magnetics" --consignee "Example Antriebe" --codes cn:1C905.a.4 --quantity 1500 --unit kg --from 2025-06-01 --until 2025-12-01
        greenlane licences grant --licence US-LVS-3A001 --authority US --kind exception --holder "Example Chips" --consignee "Example Labs" --codes eccn:3A001 --unit pcs --currency USD --window "each year" --window-value 60000 --from 2025-01-01 --until 2027-01-01
    """  # noqa: E501
    if zone is None and authority not in ZONES:
        raise UsageError("GL0304", f"of the authority {authority} no zone is known", hint="say it: --zone Asia/Seoul")
    amount, worth = _decimal(quantity, "--quantity"), _decimal(value, "--value")
    line = LicenceLine(
        codes=tuple(one.strip() for one in codes.split(";") if one.strip()),
        words=words,
        unit=_unit(unit),
        quantity=None if amount is None else scaled(amount, QUANTITY_SCALE, what="the quantity"),
        currency=currency,
        value=None if worth is None else scaled(worth, VALUE_SCALE, what="the value"),
        window=_window(window, window_quantity, window_value),
    )
    clauses = _clauses(clause)
    rows = [ScopeRow(dimension=name, value=one, words=clauses.get(name, "")) for name, values in scope.items() for one in values]
    if idle := clauses.keys() - {row.dimension for row in rows}:
        raise UsageError("GL0304", f"--clause: the licence has no condition {', '.join(sorted(idle))}")
    terms = Licence(
        id=licence,
        authority=authority,
        kind=Kind(kind),
        holder=holder,
        lines=(line,),
        since=read_iso_day(since, "--from"),
        until=read_iso_day(until, "--until"),
        zone=zone or ZONES[authority],
        procedure=procedure,
        max_uses=max_uses,
        scope=tuple(rows),
        provisos=tuple(_proviso(f"P{number}", text) for number, text in enumerate(proviso, start=1)),
        unsplit=no_splitting,
        predecessor=predecessor,
    )
    day = terms.since if on is None else read_iso_day(on, "--on")
    id_ = id_ or f"grant/{licence}"
    _note_length(terms)
    with closing(room.open_ledger(desk)) as ledger:
        booked, state = desk_work.grant(ledger, terms, id=id_, day=day, by=by, doc=doc)
    _tell(Done(Wish(kind="grant", licence=licence, day=day, id=id_), booked, state), form)
    return 0


def _note_length(terms: Licence) -> None:
    """Say so where a licence is longer than such a licence is said to be; what it states is booked all the same."""
    profile = applying_room.load_practice().longest(terms.authority, terms.kind.value)
    if profile is None or profile.months is None:
        return
    stretch = Window(length=profile.months, unit="months", quantity=0)
    if stretch.ending(day_before(read_day(terms.until)).isoformat())[0] > terms.since:
        said = f"{profile.standing.value}; {profile.sources[0].title}"
        click.echo(
            f"note: longer than {profile.months} months, at most so long such a licence is said to be valid ({said})", err=True
        )


def _window(stretch: str | None, quantity: str | None, value: str | None) -> Window | None:
    if stretch is None:
        if quantity is not None or value is not None:
            raise UsageError("GL0304", "--window-quantity and --window-value need --window", hint=WINDOW_HINT)
        return None
    amount, worth = _decimal(quantity, "--window-quantity"), _decimal(value, "--window-value")
    return Window.read(
        stretch,
        quantity=None if amount is None else scaled(amount, QUANTITY_SCALE, what="the quantity of the window"),
        value=None if worth is None else scaled(worth, VALUE_SCALE, what="the value of the window"),
    )


def _clauses(texts: Sequence[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        name, equals, words = text.partition("=")
        if not equals or not words.strip():
            raise UsageError("GL0304", f"--clause {text!r} is not written DIM=TEXT", hint="end_user=the words of the condition")
        found[name.strip().replace("-", "_")] = words.strip()
    return found


_DATED = re.compile(r"(?:from (?P<since>[0-9-]+) ?)?(?:until (?P<until>[0-9-]+))? *: *(?P<words>.+)\Z")


def _proviso(id: str, text: str) -> Proviso:
    """A proviso in its words; `from DATE until DATE:` before them (either may be left out) are days of its own."""
    found = _DATED.match(text)
    if found is None or not (found["since"] or found["until"]):
        return Proviso(id=id, words=text)
    return Proviso(id=id, words=found["words"], since=found["since"] or "", until=found["until"] or "")


@licences.command()
@several(_LICENCE, *_AMOUNTS)
@click.option("--minus", is_flag=True, help="Take the amounts away instead of adding them.")
@click.option("--uses", type=int, default=0, help="How many more uses (or fewer, with --minus).")
@click.option("--until", metavar="DATE", help="The new first day on which it is no longer valid.")
@click.option("--by-authority", is_flag=True, help="The authority itself cut it, also below what is used and reserved.")
@several(OWN_ID, *_RECORD)
def amend(minus: bool, uses: int, until: str | None, by_authority: bool, desk: Path | None, form: str, **given: Any) -> int:
    """Add to what is granted, take from it, or move its last day. What is used goes on.

    Refused if less would be granted than is used and reserved, unless the authority itself says so.

    \b
    Example:
        greenlane licences amend --licence CN-6M-0042 --quantity 500 --unit kg --on 2025-08-01
    """
    more: dict[str, Any] = {}
    if until is not None:
        more["until"] = read_iso_day(until, "--until")
    if by_authority:
        more["by_authority"] = True
    sign = -1 if minus else 1
    return _book(_wish("amend", sign=sign, uses=sign * uses, more=more or None, **given), desk, form)


# --- our own use --------------------------------------------------------------------------------------------------------


@licences.command()
@several(_LICENCE, *_AMOUNTS)
@click.option("--uses", type=click.IntRange(0), default=1, show_default=True, help="How many uses (declarations) it will be.")
@several(_ID, _TOLERANCE, *_RECORD)
def reserve(uses: int, tolerance: str | None, desk: Path | None, form: str, **given: Any) -> int:
    """Set aside what a shipment will need; nobody else can take it then.

    \b
    Example:
        greenlane licences reserve --licence CN-6M-0042 --quantity 10 --unit kg --on 2025-06-10 --id ORDER-7/1
    """
    return _book(_wish("reserve", uses=uses, **given), desk, form, tolerance=tolerance)


@licences.command()
@several(_LICENCE, *_AMOUNTS, _ID, _TOLERANCE, *_RECORD)
def commit(tolerance: str | None, desk: Path | None, form: str, **given: Any) -> int:
    """End a reservation: the goods have gone. The rest of it is released; without an amount all of it is used.

    \b
    Example:
        greenlane licences commit --licence CN-6M-0042 --quantity 10 --unit kg --on 2025-06-11 --id ORDER-7/1
    """
    return _book(_wish("commit", **given), desk, form, tolerance=tolerance)


@licences.command()
@several(_LICENCE, *_AMOUNTS, _ID, *_RECORD)
def release(desk: Path | None, form: str, **given: Any) -> int:
    """End a reservation: the goods do not go. All of it is left again.

    \b
    Example:
        greenlane licences release --licence CN-6M-0042 --on 2025-06-11 --id ORDER-7/1
    """
    return _book(_wish("release", **given), desk, form)


@licences.command()
@several(_LICENCE, *_AMOUNTS)
@click.option("--uses", type=click.IntRange(0), default=1, show_default=True, help="How many uses (declarations) it was.")
@several(_ID, _TOLERANCE, *_RECORD)
def draw(uses: int, tolerance: str | None, desk: Path | None, form: str, **given: Any) -> int:
    """Use some of a licence at once: a reservation and its commit in one.

    \b
    Example:
        greenlane licences draw --licence CN-6M-0042 --quantity 10 --unit kg --on 2025-06-10 --id ORDER-7/2
    """
    return _book(_wish("draw", uses=uses, **given), desk, form, tolerance=tolerance)


@licences.command()
@several(_LICENCE, *_AMOUNTS)
@click.option("--uses", type=click.IntRange(0), default=0, show_default=True, help="How many uses are taken back with it.")
@click.option("--of", "ref", required=True, metavar="ID", help="The draw or reservation whose use is taken back.")
@several(_ID, *_RECORD)
def contra(uses: int, desk: Path | None, form: str, **given: Any) -> int:
    """Take back a use, or part of it: the goods came back, or the declaration was annulled.

    \b
    Example:
        greenlane licences contra --licence CN-6M-0042 --of ORDER-7/2 --quantity 4 --unit kg --on 2025-06-20 --id ORDER-7/2-back
    """
    return _book(_wish("contra", uses=uses, **given), desk, form)


@licences.command()
@several(_LICENCE, *_AMOUNTS)
@click.option("--minus", is_flag=True, help="Less was used, not more.")
@click.option("--uses", type=int, default=0, help="How many more uses (or fewer, with --minus).")
@several(_ID, *_RECORD)
def adjust(minus: bool, uses: int, desk: Path | None, form: str, **given: Any) -> int:
    """Correct what is booked as used, without naming one use; say in --doc on what it rests.

    \b
    Example:
        greenlane licences adjust --licence CN-6M-0042 --quantity 0.4 --unit kg --on 2025-06-20 --id SLIP-17 --doc "weighing slip"
    """
    sign = -1 if minus else 1
    return _book(_wish("adjust", sign=sign, uses=sign * uses, **given), desk, form)


@licences.command()
@several(_LICENCE, _QUANTITY, _UNIT, _VALUE, _CURRENCY, _LINE)
@click.option("--run", type=click.IntRange(0), help="Number of the report.  [default: the day, as 20250610]")
@click.option("--mark", type=click.Choice(["O", "A", "C", "L", "M"]), default="O", show_default=True, help="Original, adjusted, contra, late, message only.")  # fmt: skip  # noqa: E501
@several(OWN_ID, *_RECORD)
def observe(run: int | None, mark: str, on: str | None, desk: Path | None, form: str, **given: Any) -> int:
    """Book the total that customs reports as used so far: never what was added since the last report.

    The report of the highest run counts, in whatever order they come. What customs counts and the desk does not is no longer left.

    \b
    Example:
        greenlane licences observe --licence CN-6M-0042 --quantity 400 --unit kg --on 2025-07-01 --run 17
    """
    day = day_of(on)
    more = {"run": int(day.replace("-", "")) if run is None else run, "mark": mark}
    return _book(_wish("observe", on=day, more=more, **given), desk, form)


# --- sites --------------------------------------------------------------------------------------------------------------


@licences.command()
@several(_LICENCE, *_AMOUNTS, _ID, *_RECORD)
def allocate(desk: Path | None, form: str, **given: Any) -> int:
    """Give part of a licence to a site, which then draws on it with --site.

    \b
    Example:
        greenlane licences allocate --licence CN-6M-0042 --site Ningbo --quantity 300 --unit kg --on 2025-06-10 --id SHARE-1
    """
    return _book(_wish("allocate", **given), desk, form)


@licences.command()
@several(_LICENCE, *_AMOUNTS, _ID, *_RECORD)
def recall(desk: Path | None, form: str, **given: Any) -> int:
    """Take back what a site has neither reserved nor used.

    \b
    Example:
        greenlane licences recall --licence CN-6M-0042 --site Ningbo --quantity 100 --unit kg --on 2025-07-10 --id SHARE-1-BACK
    """
    return _book(_wish("recall", **given), desk, form)


# --- the state of a licence ---------------------------------------------------------------------------------------------


def _phase(name: str, about: str, detail: str) -> None:
    @licences.command(name=name)
    @several(_LICENCE, OWN_ID, *_RECORD)
    @wraps(_phase, assigned=(), updated=())
    def command(desk: Path | None, form: str, **given: Any) -> int:
        return _book(_wish(name, **given), desk, form)

    example = f"greenlane licences {name} --licence CN-6M-0042 --on 2025-07-01"
    command.help = f"{about}\n\n{detail}\n\n\b\nExample:\n    {example}"


_phase("suspend", "The authority suspends a licence from a day on.", "Nothing is reserved from then on; goods that went before may still be booked.")  # fmt: skip  # noqa: E501
_phase("resume", "The authority lifts a suspension from a day on.", "What is left can be used again from that day.")
_phase("revoke", "The authority revokes a licence from a day on.", "Nothing is reserved any more; goods that went before may still be booked.")  # fmt: skip  # noqa: E501
_phase("surrender", "The holder gives a licence back from a day on.", "Nothing is reserved any more; goods that went before may still be booked.")  # fmt: skip  # noqa: E501
_phase("expire", "Book that a licence has ended by its own terms.", "Refused while it is valid.")
_phase("close", "Close the books of a licence.", "Refused while reservations are open or sites hold some of it; nothing but reports is booked after.")  # fmt: skip  # noqa: E501


# --- answers ------------------------------------------------------------------------------------------------------------


@licences.command()
@click.option("--on", metavar="DATE", help="Say of each what it is on this day.  [default: what was booked]")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write an .xlsx, .json, .csv or .parquet file.")
@several(DESK, FORMAT)
def register(on: str | None, out: Path | None, desk: Path | None, form: str) -> int:
    """Every licence of the desk, with what is granted, reserved, used and left.

    The days on which licences end are a calendar of their own: `greenlane licences calendar`.

    \b
    Example:
        greenlane licences register --format jsonl
        greenlane licences register --out register.xlsx
    """
    day = None if on is None else read_iso_day(on, "--on")
    with closing(room.open_ledger(desk)) as ledger:
        rows = desk_work.register(ledger.states().values(), on=day)
    if out is not None:
        applying_room.write_rows(out, rows)
        click.echo(f"{len(rows)} lines: {out}", err=True)
        return 0
    if form == "jsonl":
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return 0
    today = wiring.today().isoformat()
    if day is None and (past := sorted({row["licence"] for row in rows if row["status"] == "active" and row["until"] <= today})):
        click.echo(f"past their last day, and not booked as expired: {', '.join(past)}", err=True)
    _table(rows)
    return 0


@licences.command()
@click.argument("licence", required=False)
@click.option("--licence", "named", metavar="ID", help="The licence, as in the other commands.")
@click.option("--on", metavar="DATE", help="Show the balance at the end of this day.")
@click.option("--known-by", metavar="DATE", help="Only what was booked by the end of this day.  [default: all]")
@click.option("--entries", is_flag=True, help="Show every entry.")
@several(DESK, FORMAT)
def show(
    licence: str | None, named: str | None, on: str | None, known_by: str | None, entries: bool, desk: Path | None, form: str
) -> int:
    """One licence: its terms, provisos, balance, open reservations, and where customs counts otherwise; or where an application is.

    \b
    Example:
        greenlane licences show CN-6M-0042 --on 2025-06-30 --known-by 2025-07-15
    """
    id = licence or named
    if id is None:
        raise UsageError("GL0304", "say which licence", hint="greenlane licences show CN-6M-0042")
    with closing(room.open_ledger(desk)) as ledger:
        return _show_one(ledger, id, on, known_by, form, entries=entries)


def _show_one(ledger: Ledger, id: str, on: str | None, known_by: str | None, form: str, *, entries: bool) -> int:
    state = ledger.states([id]).get(id)
    if state is None:
        raise LedgerRefusal("GL0701", f"the ledger holds no licence {id}", hint="greenlane licences register lists those it holds")
    if state.licence.kind is Kind.DOSSIER:
        licences_applications.show_application(ledger, id, on, form)
        _show_entries(ledger, state, form, entries=entries)
        return 0
    told: list[dict[str, Any]] = []
    if on is not None or known_by is not None:
        day = desk_work.END_OF_DAYS if on is None else read_iso_day(on, "--on")
        known = desk_work.END_OF_DAYS if known_by is None else read_iso_day(known_by, "--known-by")
        told += [desk_work.balance(ledger, state, line, on=day, known_by=known) for line in range(1, len(state.lines) + 1)]
    else:
        told += desk_work.rows_of(state, use_on=wiring.today().isoformat())
    today = wiring.today().isoformat()
    extra: dict[str, list[dict[str, Any]]] = {
        "scope": [
            {"dimension": row.dimension, "allow": row.allow, "value": row.value} | ({"words": row.words} if row.words else {})
            for row in state.licence.scope
        ],
        "provisos": [{"id": one.id, "words": one.words, "from": one.since, "until": one.until} for one in state.licence.provisos],
        "reservations": [desk_work.plain_reservation(key, ref, state) for key, ref in ledger.reservations(id)],
        "questions": desk_work.open_questions(ledger, state, today=today),
    }
    if form == "jsonl":
        for row in told:
            click.echo(json.dumps(row | {key: value for key, value in extra.items() if value}, ensure_ascii=False))
    else:
        _show(state, told, extra)
    _show_entries(ledger, state, form, entries=entries)
    return 0


def _show_entries(ledger: Ledger, state: State, form: str, *, entries: bool) -> None:
    for entry in ledger.entries(state.licence.id) if entries else ():
        plain = desk_work.plain_entry(entry, state.licence.lines[entry.line - 1])
        if form == "jsonl":
            click.echo(json.dumps(plain, ensure_ascii=False))
        else:
            click.echo("  ".join(str(value) for key, value in plain.items() if key not in ("more", "line")))


def _show(state: State, told: Sequence[Mapping[str, Any]], extra: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    licence = state.licence
    click.echo(f"{licence.id}  {licence.authority}, {licence.kind.value}, {licence.procedure}; holder {licence.holder}")
    click.echo(f"  valid from {state.since}, no longer from {state.until} ({licence.zone})")
    for row in told:
        if "on" in row:
            day = "now" if row["on"] == desk_work.END_OF_DAYS else f"at the end of {row['on']}"
            known = "all that is booked" if row["known_by"] == desk_work.END_OF_DAYS else f"what was booked by {row['known_by']}"
            click.echo(f"  {day}, from {known}:")
        click.echo(f"  {_summary(row)}")
    for row in extra["scope"]:
        words = f" ({row['words']})" if "words" in row else ""
        click.echo(f"  {'only' if row['allow'] else 'not'} {row['dimension'].replace('_', ' ')}: {row['value']}{words}")
    if licence.unsplit:
        click.echo("  no splitting: the whole of it goes at once")
    for row in extra["provisos"]:
        days = f"{'from ' + row['from'] + ' ' if row['from'] else ''}{'until ' + row['until'] if row['until'] else ''}".strip()
        click.echo(f"  proviso {row['id']}: {row['words']}{f' ({days})' if days else ''}")
    for row in extra["reservations"]:
        click.echo(f"  reserved: {row['id']}, {row['quantity']} {row['unit']}")
    for row in extra["questions"]:
        click.echo(f"  open since {row['since']} ({row['days']} days): {row['question']}")


def _table(rows: Sequence[Mapping[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        click.echo("no licences", err=True)
        return
    console = Console(width=None if sys.stdout.isatty() else 118, highlight=False)
    grid = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    heads = ("licence", "status", "granted", "reserved", "used", "left", "unit", "until", "holder")
    for name in heads:
        grid.add_column(name, justify="right" if name in ("granted", "reserved", "used", "left") else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(Text("-" if row[name] is None else str(row[name])) for name in heads))
    console.print(grid)


@licences.command()
@click.option("--on", metavar="DATE", help="Only those in force on this day.")
@several(FORMAT)
def tolerances(on: str | None, form: str) -> int:
    """The tolerances of the rule base: by how much a licence may be exceeded, since when, and who says so.

    \b
    Example:
        greenlane licences tolerances --on 2025-06-10
    """
    day = None if on is None else Asked.read(read_iso_day(on, "--on"))
    for one in room.tolerances().values():
        if day is not None and not one.holds(day):
            continue
        source = one.sources[0]
        told = {
            "tolerance": one.id,
            "side": one.side,
            "percent": f"{one.per_mille / Decimal(10):f}",
            "meter": one.meter,
            "of": one.of,
            "standing": one.standing.value,
            "in_force": [[str(p.period.start), str(p.period.end) if p.period.end else None] for p in one.periods],
            "source": {"title": source.title, "href": source.href},
        }
        if form == "jsonl":
            click.echo(json.dumps(told, ensure_ascii=False))
        else:
            used = "" if one.confirmed else "; never used"
            click.echo(f"{one.id}: {told['percent']} % of the {one.meter} {one.of}, {one.standing.value}{used}")
            click.echo(f"  {one.title}; since {one.periods[0].period.start}; {source.title}")
    return 0


@licences.command()
@several(DESK, FORMAT)
def verify(desk: Path | None, form: str) -> int:
    """Replay the journal: every hash, every step, every balance. Exit code 0 only if all holds.

    A desk that is not there is no sound one: exit code 2.

    \b
    Example:
        greenlane licences verify
    """
    if desk is not None and not desk.is_dir():
        raise UsageError("GL0304", f"there is no desk {desk}", hint="name the folder that keeps the ledger: --desk DIRECTORY")
    with closing(room.open_ledger(desk)) as ledger:
        found = ledger.verify()
        head = ledger.head() if not found else None
    if form == "jsonl":
        told = {"sound": not found, "problems": list(found)}
        click.echo(
            json.dumps(told | ({} if head is None else {"entries": head.seq, "sha256": head.sha256.hex()}), ensure_ascii=False)
        )
    elif found:
        for problem in found:
            click.echo(f"error[GL0307]: {problem}", err=True)
    elif head is not None:
        click.echo(f"sound: {head.seq} entries, head {head.sha256.hex()}")
    return 1 if found else 0


@licences.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@several(DESK)
def backup(file: Path, desk: Path | None) -> int:
    """Write a copy of the ledger to a file, while others go on booking. From PostgreSQL as well, the file is one of SQLite.

    \b
    Example:
        greenlane licences backup ledger-2025-06-10.sqlite
    """
    head = room.back_up(desk, file)
    click.echo(f"{file}: {head.seq} entries, head {head.sha256.hex()}")
    return 0


@licences.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@several(DESK)
def restore(file: Path, desk: Path | None) -> int:
    """Take in a backup that holds, at a desk that has no ledger. Nothing is overwritten.

    With GREENLANE_LEDGER it is taken into that database: entries, hashes and answers are the same there.

    \b
    Example:
        greenlane licences restore ledger-2025-06-10.sqlite --desk new-desk
    """
    head = room.restore(desk, file)
    click.echo(f"restored {head.seq} entries, head {head.sha256.hex()}")
    return 0


for _command in (*licences_applications.COMMANDS, *licences_waits.COMMANDS, *licences_customs.COMMANDS):
    licences.add_command(_command)
