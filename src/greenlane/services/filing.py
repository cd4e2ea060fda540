"""When must I file, or when is it there if I do? Waits of the desk's own cases, the clock of the law, public figures.

The three are never mixed unless somebody names a reading of public figures as a prior. Waits are counted in working days of the
authority from the first submission to the decision, returns included; a case that still waits counts as waiting. Without enough
decided cases it is said, and the clock of the law is all there is: it is no promise, since it starts only with acceptance.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from greenlane.errors import UsageError
from greenlane.licences.application import Dossier
from greenlane.licences.calendar import Calendar
from greenlane.licences.practice import Practice
from greenlane.terms.periods import read_day

if TYPE_CHECKING:
    from greenlane.licences.waits import Case, Estimate, Lean

_SHOWN = (
    "day", "asked", "population", "meaning", "filed", "percent", "percent_below", "percent_above", "said",
)  # fmt: skip
PRIOR_CASES = 5.0  # how many cases a reading of public figures counts as
WORKING_PER_CALENDAR = 248 / 365  # days of the calendar to working days, for a reading that counts the former


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """The answer, as plain values."""

    told: dict[str, Any]


def cases_of(found: Iterable[Dossier], calendar: Calendar, make: Callable[..., Case], *, authority: str, on: date) -> list[Case]:
    """Waits of the desk's applications to an authority, as they stood on a day. Raises UsageError GL0731."""
    cases = []
    for one in found:
        if one.terms is None or one.terms.authority != authority or not one.submitted or one.stage == "withdrawn":
            continue
        start = read_day(one.submitted)
        if start > on:
            continue
        decided = bool(one.decided) and read_day(one.decided) <= on
        end = read_day(one.decided) if decided else on
        days = calendar.between(start, end)
        if days or decided:
            cases.append(
                make(
                    days=days, decided=decided, province=one.terms.province, destination=one.terms.destination, kind=one.terms.kind
                )
            )
    return cases


def file_by(
    cases: list[Case],
    practice: Practice,
    fit: Callable[..., Estimate],
    make_lean: Callable[..., Lean],
    *,
    authority: str,
    on: date,
    goods_by: date | None = None,
    spare: int = 0,
    prior: str | None = None,
    **wanted: str,
) -> Filing:
    """The last day to file for goods that must have a licence by a day; without one, when it is there if it is filed for on `on`.

    Raises UsageError.
    """
    calendar, law = practice.calendars.get(authority), practice.clock(authority)
    asked = {"licence_by": goods_by.isoformat()} if goods_by is not None else {"filed": on.isoformat()}
    told: dict[str, Any] = {"authority": authority, **asked, "on": on.isoformat(), **wanted}
    told["cases"] = {"decided": sum(one.decided for one in cases), "waiting": sum(not one.decided for one in cases)}
    lean = None
    if prior is not None:
        reading = practice.priors.get(prior)
        if reading is None:
            raise UsageError("GL0304", f"there is no reading `{prior}`", hint=", ".join(practice.priors))
        known = {row["id"] for row in known_by(practice, on, authority)}
        later = [name for name in reading.rests_on if name not in known]
        factor = WORKING_PER_CALENDAR if reading.counts == "calendar" else 1.0
        lean = make_lean(
            id=reading.id, p10=reading.p10 * factor, p50=reading.p50 * factor, p90=reading.p90 * factor, cases=PRIOR_CASES
        )
        told["prior"] = {
            "id": reading.id, "asked": reading.asked, "population": reading.population, "standing": reading.standing.value,
            "note": f"counts as {PRIOR_CASES:g} cases; from {reading.starts}, so the check of the province comes on top",
            "hindsight": bool(later),
        }  # fmt: skip
    if calendar is None:
        told["estimate"] = None
        told["why"] = f"no calendar of working days is held for {authority}, so no day can be said"
    else:
        _estimated(told, cases, fit, lean, calendar, goods_by=goods_by, on=on, spare=spare, wanted=wanted)
    if law is None:
        told["no_clock"] = f"no clock of the law is held for {authority}"
    else:
        told["clock"] = _by_law(law, calendar, on, goods_by, spare)
    told["customs"] = (
        f"{spare} working days are kept in hand for customs, who clear goods that have their licence by a clock of their own"
        if spare
        else "customs clear goods that have their licence by a clock of their own: nothing is kept for it here (--spare)"
    )
    told["public"] = [{key: row[key] for key in _SHOWN if key in row} for row in known_by(practice, on, authority)]
    return Filing(told=told)


def known_by(practice: Practice, on: date, authority: str) -> list[Mapping[str, str]]:
    """The public figures of a day about an authority; one dated by month or year counts from its end."""
    rows = (row for row in (*practice.shares, *practice.waits) if row.get("authority", "CN") == authority)
    return [row for row in rows if _since(row["day"]) <= on.isoformat()]


def _since(day: str) -> str:
    return day if len(day) == 10 else f"{day}-99"


def _estimated(
    told: dict[str, Any], cases: list[Case], fit: Callable[..., Estimate], lean: Lean | None, calendar: Calendar,
    *, goods_by: date | None, on: date, spare: int, wanted: dict[str, str],
) -> None:  # fmt: skip
    try:
        fitted = fit(cases, lean=lean, **wanted)
    except UsageError as error:
        if error.code != "GL0736":
            raise
        told["estimate"] = None
        told["why"] = error.message
        return
    told["counted_on"] = {"calendar": calendar.title, "standing": calendar.standing(min(on, goods_by or on), goods_by or on).value}
    days = {"p50": math.ceil(fitted.p50), "p90": math.ceil(fitted.p90)}
    told["estimate"] = {
        "unit": "working days from submission to decision",
        **{f"{name}_days": count for name, count in days.items()},
        "rests_on": fitted.rests_on,
        "like": fitted.like,
        "shape": fitted.shape,
        "observed_p50_days": fitted.observed_p50,
        "observed_p90_days": fitted.observed_p90,
    }
    for name, count in days.items():
        key = f"there_{name}" if goods_by is None else f"file_by_{name}"
        try:
            found = calendar.after(on, count + spare) if goods_by is None else calendar.before(goods_by, count + spare)
        except UsageError as error:
            told["estimate"][key] = None
            told["estimate"][f"{name}_why"] = error.message
            continue
        told["estimate"][key] = found.isoformat()
        if goods_by is not None and (latest := found) < on:
            told["estimate"][f"{name}_late_days"] = calendar.between(latest, on)


def _by_law(law: Any, calendar: Calendar | None, on: date, goods_by: date | None, spare: int) -> dict[str, Any]:
    told = {
        "days": law.days, "counts": law.counts, "starts": law.starts, "standing": law.standing.value,
        "note": " ".join(law.reading.split()), "source": law.sources[0].title,
    }  # fmt: skip
    try:
        if goods_by is None:
            told["ends"] = law.end(on if not spare or calendar is None else calendar.after(on, spare), calendar).isoformat()
        else:
            by = goods_by if not spare or calendar is None else calendar.before(goods_by, spare)
            told[f"{law.starts}_by"] = law.latest(by, calendar).isoformat()
    except UsageError as error:
        told["why"] = error.message
    return told
