"""Which day, which knowledge, which side and which name does a rules command ask about?

The options that the commands share, and how they are read: a day that cannot be read and a name that the base lacks give
the same error in every command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import click

from greenlane import wiring
from greenlane.errors import UsageError
from greenlane.law.rulebase import RuleBase
from greenlane.terms.periods import Asked, read_day

F = TypeVar("F", bound=Callable[..., Any])
_NEAREST_MAX = 5

SIDES = {"cn": "China", "us": "United States"}
RULES_OPTION = click.option("--rules", "folder", type=click.Path(path_type=Path, file_okay=False), help="Another rule base.")
ON_OPTION = click.option("--on", metavar="DATE", help="The day asked for.  [default: today, printed]")
KNOWN_BY_OPTION = click.option("--known-by", metavar="DATE", help="Use only law public by this day.")
SIDE_OPTION = click.option("--side", type=click.Choice(tuple(SIDES)), help="Only this side.")


def format_option(*forms: str) -> Callable[[F], F]:
    """The option that chooses the form of the answer, out of these forms."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default="table", show_default=True, help="Form of the answer."
    )


def read_asked(text: str, option: str) -> Asked:
    """The day or instant given with an option. Raises UsageError."""
    try:
        return Asked.read(text)
    except ValueError as error:
        raise UsageError("GL0304", f"{option}: {error}", hint="a day like 2025-06-10, or an instant with offset") from error


def read_date(text: str, option: str) -> date:
    """The calendar day given with an option. Raises UsageError."""
    try:
        return read_day(text)
    except ValueError as error:
        raise UsageError("GL0304", f"{option}: {error}", hint="a day like 2025-06-10") from error


def day_or_today(on: str | None) -> Asked:
    """The day asked for; without one today, which is then said. Raises UsageError."""
    if on is not None:
        return read_asked(on, "--on")
    day = wiring.today()
    click.echo(f"on {day.isoformat()} (today)", err=True)
    return Asked.of(day)


def known_through(base: RuleBase) -> date:
    """The last day of public knowledge the base has read."""
    return max(regime.known_through.day for regime in base.regimes.values())


def known_by_or_all(text: str | None, base: RuleBase) -> Asked:
    """The day of knowledge asked for; without one, the last day the base has read. Raises UsageError."""
    known = Asked.of(known_through(base)) if text is None else read_asked(text, "--known-by")
    warn_if_unread(base, known)
    return known


def warn_if_unread(base: RuleBase, known: Asked) -> None:
    """Say so if the base has not read public law up to this day of knowledge."""
    through = known_through(base)
    if known.is_after(through):
        click.echo(f"the base has read public law up to {through}; what became public later is not in it", err=True)


def unknown_name(name: str, known: Iterable[str], what: str) -> UsageError:
    """The error for a name that the rule base lacks, with the nearest names it has."""
    names = sorted(set(known))
    near = get_close_matches(name, names, n=_NEAREST_MAX, cutoff=0.5)
    near += [one for one in names if name.lower() in one.lower() and one not in near]
    hint = f"nearest: {', '.join(near[:_NEAREST_MAX])}" if near else "greenlane rules list shows what there is"
    return UsageError("GL0305", f"`{name}` is no {what} of the rule base", hint=hint)
