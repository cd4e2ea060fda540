"""What does an application say, what is in its pack, whose move is it, and what was shown to whom? The fold of its entries.

An application is its entries and nothing else: `read_dossier` makes of them the terms as last drafted, the papers, the way it went
and everything that was disclosed. A submission shows the form and every paper of the pack to the office; it need not be logged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from greenlane.errors import UsageError
from greenlane.licences import stages
from greenlane.licences.calendar import Calendar, Clock
from greenlane.licences.events import Entry
from greenlane.licences.licence import read_words
from greenlane.licences.practice import Ground, PaperKind, Practice
from greenlane.terms.amounts import read_decimal
from greenlane.terms.periods import read_day
from greenlane.terms.sources import Standing as Sureness

# Form fields with their names in both languages; those of a line are apart.
FORM: Final[Mapping[str, tuple[str, str]]] = {
    "authority": ("受理机关", "Authority"),
    "province": ("省级商务主管部门", "Province"),
    "kind": ("许可类型", "Kind of licence"),
    "exporter": ("出口经营者", "Exporter"),
    "importer": ("进口商", "Importer"),
    "consignee": ("收货人", "Consignee"),
    "end_user": ("最终用户", "End user"),
    "end_customer": ("最终用户的客户", "Customer of the end user"),
    "destination": ("最终目的国（地区）", "Country of destination"),
    "end_use": ("最终用途", "End use"),
    "contract": ("合同号", "Contract"),
    "trade_mode": ("贸易方式", "Mode of trade"),
    "payment": ("付款方式", "Payment"),
    "customs_office": ("报关口岸", "Customs office"),
    "mode": ("运输方式", "Mode of transport"),
}
LINE: Final[Mapping[str, tuple[str, str]]] = {
    "codes": ("商品编码和管制编码", "Goods and control codes"),
    "words": ("商品名称和规格", "Goods and specification"),
    "contains": ("成分", "Composition"),
    "quantity": ("数量", "Quantity"),
    "unit": ("单位", "Unit"),
    "value": ("总值", "Value"),
    "currency": ("币种", "Currency"),
}
NEEDED: Final = (
    "exporter", "importer", "consignee", "end_user", "destination", "end_use", "contract", "trade_mode", "payment",
    "customs_office", "mode",
)  # fmt: skip
NEEDED_OF_A_LINE: Final = ("codes", "words", "quantity", "unit", "value", "currency")
LINES_MAX: Final = 100
OFFICES: Final[Mapping[str, str]] = {"submit": "province", "forward": "ministry"}
MOVES: Final[Mapping[str, str]] = {
    "at_province": "province",
    "at_ministry": "ministry",
    "under_review": "ministry",
    "halted": "those whom the ministry asked",
    "returned": "exporter",
    "granted": "nobody: the licence is there",
    "refused": "nobody",
    "withdrawn": "nobody",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedLine:
    """One line of goods as applied for; amounts are plain decimals as text."""

    codes: str = ""
    words: str = ""
    contains: str = ""
    quantity: str = ""
    unit: str = ""
    value: str = ""
    currency: str = ""

    def __post_init__(self) -> None:
        """Check itself. Raises UsageError GL0735."""
        for name in LINE:
            _check_text(getattr(self, name), name)
        for name in ("quantity", "value"):
            text = getattr(self, name)
            try:
                if text and read_decimal(text) <= 0:
                    raise ValueError(f"{text} is not above zero")
            except ValueError as error:
                raise UsageError("GL0735", f"{name}: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The terms of an application as drafted."""

    authority: str = "CN"
    province: str = ""
    kind: str
    exporter: str
    importer: str = ""
    consignee: str = ""
    end_user: str = ""
    end_customer: str = ""
    destination: str = ""
    end_use: str = ""
    contract: str = ""
    trade_mode: str = ""
    payment: str = ""
    customs_office: str = ""
    mode: str = ""
    lines: tuple[AppliedLine, ...] = ()

    def __post_init__(self) -> None:
        """Check itself. Raises UsageError GL0735."""
        for name in FORM:
            _check_text(getattr(self, name), name)
        if not self.exporter or not self.kind:
            raise UsageError("GL0735", "an application says who exports, and which kind of licence is asked for")
        if not 1 <= len(self.lines) <= LINES_MAX:
            raise UsageError("GL0735", f"an application has 1 to {LINES_MAX} lines, not {len(self.lines)}")

    def plain(self) -> dict[str, Any]:
        """What it says; what is empty is left out."""
        told: dict[str, Any] = {name: text for name in FORM if (text := getattr(self, name))}
        told["lines"] = [{name: text for name in LINE if (text := getattr(line, name))} for line in self.lines]
        return told

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Application:
        """The terms from what `plain` says. Raises UsageError GL0735 for what is no such thing."""
        known = {one.name for one in fields(cls)}
        lines = told.get("lines", [])
        if set(told) - known or not isinstance(lines, list) or not all(isinstance(one, dict) for one in lines):
            odd = ", ".join(sorted(set(told) - known)) or "lines"
            raise UsageError("GL0735", f"an application has no `{odd}` of this form", hint=f"known: {', '.join((*FORM, 'lines'))}")
        for one in lines:
            if set(one) - set(LINE):
                raise UsageError("GL0735", f"a line has no `{min(set(one) - set(LINE))}`", hint=f"known: {', '.join(LINE)}")
        try:
            return cls(**{**told, "lines": tuple(AppliedLine(**one) for one in lines)})
        except TypeError as error:
            raise UsageError("GL0735", "an application says who exports, and which kind of licence is asked for") from error

    def missing(self) -> tuple[str, ...]:
        """The fields of the form that are empty."""
        empty = [name for name in NEEDED if not getattr(self, name)]
        for number, line in enumerate(self.lines, start=1):
            empty += [f"line {number} {name}" for name in NEEDED_OF_A_LINE if not getattr(line, name)]
        return tuple(empty)


def _check_text(text: object, name: str) -> None:
    if not isinstance(text, str):
        raise UsageError("GL0735", f"{name} must be a text")
    read_words(text, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper as it lies in the pack."""

    kind: str
    document: str = ""  # a name or digest
    dated: str = ""
    language: str = ""
    translation: str = ""
    sealed: bool = False
    original: bool = False
    consent: str = ""  # who allowed it to be shown
    put_in: str = ""  # the day


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Something about somebody that was shown to somebody."""

    day: str
    to: str
    what: str
    about: str
    sensitivity: str
    consent: str
    application: str
    entry: int
    by: str

    def plain(self) -> dict[str, Any]:
        """As one row."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One step of the way."""

    day: str
    kind: str
    stage: str  # after it
    words: str
    by: str
    doc: str
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """An application as it stands."""

    id: str
    terms: Application | None  # None: a log of disclosures without an application
    papers: Mapping[str, Paper]
    way: tuple[Happened, ...]
    shown: tuple[Shown, ...]
    licence: str  # that was awarded

    @property
    def stage(self) -> str:
        """Where it is."""
        return self.way[-1].stage if self.way else stages.NONE

    @property
    def since(self) -> str:
        """Since when it is there."""
        last = next((n for n in range(len(self.way), 0, -1) if n == 1 or self.way[n - 2].stage != self.stage), 0)
        return self.way[last - 1].day if last else ""

    @property
    def submitted(self) -> str:
        """The first day on which it was sent in, or empty."""
        return next((one.day for one in self.way if one.kind == "submit"), "")

    @property
    def accepted(self) -> str:
        """The day on which the review that still runs (or ended) was accepted, or empty; a return ends it."""
        day = ""
        for one in self.way:
            day = one.day if one.kind == "accept" else "" if one.kind in ("return", "submit") else day
        return day

    @property
    def decided(self) -> str:
        """The day of grant or refusal, or empty."""
        return self.way[-1].day if self.stage in ("granted", "refused") else ""

    @property
    def returns(self) -> int:
        """How often it came back."""
        return sum(one.kind == "return" for one in self.way)


def read_dossier(entries: Iterable[Entry], practice: Practice | None = None) -> Dossier:
    """An application from its entries, the oldest first. `practice` says how sensitive a paper is."""
    entries = list(entries)
    kinds = {} if practice is None else {one.id: one for one in practice.papers}
    steps: list[tuple[str, int, str]] = []
    terms: Application | None = None
    papers: dict[str, Paper] = {}
    shown: list[Shown] = []
    told_of: dict[int, tuple[Entry, dict[str, Any]]] = {}
    for entry in entries:
        told = stages.read_more(entry)
        told_of[entry.seq] = (entry, told)
        if entry.kind == "paper":
            papers[told["paper"]] = _paper(entry, told)
        elif entry.kind == "disclose":
            shown.append(_shown(entry, told))
        elif entry.kind in stages.STEPS:
            steps.append((entry.day, entry.seq, entry.kind))
            if entry.kind in ("apply", "redraft"):
                terms = Application.read(told)
            if entry.kind in OFFICES:
                to = told.get("to") or OFFICES[entry.kind]
                shown += _pack_shown(entry, to, terms, papers, kinds)
    way: list[Happened] = []
    stage, licence = stages.NONE, ""
    for day, seq, kind in sorted(steps):
        stage = stages.WAYS[stage].get(kind, stage)
        entry, told = told_of[seq]
        licence = told["licence"] if kind == "award" else licence
        words = "; ".join(text for name in ("ground", "words", "office", "licence") if (text := told.get(name)))
        way.append(Happened(day=day, kind=kind, stage=stage, words=words, by=entry.by, doc=entry.doc, entry=seq))
    id = entries[0].licence if entries else ""
    return Dossier(id=id, terms=terms, papers=papers, way=tuple(way), shown=tuple(shown), licence=licence)


def _paper(entry: Entry, told: Mapping[str, Any]) -> Paper:
    return Paper(
        kind=told["paper"],
        document=told.get("document", ""),
        dated=told.get("dated", ""),
        language=told.get("language", ""),
        translation=told.get("translation", ""),
        sealed=bool(told.get("sealed")),
        original=bool(told.get("original")),
        consent=told.get("consent", ""),
        put_in=entry.day,
    )


def _shown(entry: Entry, told: Mapping[str, Any]) -> Shown:
    return Shown(
        day=entry.day,
        to=told["to"],
        what=told["what"],
        about=told.get("about", ""),
        sensitivity=told.get("sensitivity", ""),
        consent=told.get("consent", ""),
        application=entry.licence,
        entry=entry.seq,
        by=entry.by,
    )


def _pack_shown(
    entry: Entry, to: str, terms: Application | None, papers: Mapping[str, Paper], kinds: Mapping[str, PaperKind]
) -> list[Shown]:
    """What a submission, or its being passed on, shows: the form's fields and the papers in the pack at that moment."""
    if terms is None:
        return []
    whom = " / ".join(dict.fromkeys(name for name in (terms.consignee, terms.end_user, terms.end_customer) if name))
    form = [name for name in FORM if getattr(terms, name)]
    rows = [("form: " + ", ".join(form), "commercial", "", whom)]
    for kind, paper in papers.items():
        known = kinds.get(kind)
        about = terms.exporter if known is not None and known.made_by == "exporter" and kind != "dealings" else whom
        rows.append((f"paper: {kind}", "" if known is None else known.sensitivity, paper.consent, about))
    return [
        Shown(
            day=entry.day, to=to, what=what, about=about, sensitivity=sensitivity, consent=consent, application=entry.licence,
            entry=entry.seq, by=entry.by,
        )
        for what, sensitivity, consent, about in rows
    ]  # fmt: skip


# --- the pack ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One paper of the checklist."""

    kind: PaperKind
    state: str  # there, lacking, missing
    lacks: tuple[str, ...]
    age_days: int | None
    grounds: tuple[Ground, ...]  # of return, predicted

    def plain(self) -> dict[str, Any]:
        """As one row."""
        return {
            "paper": self.kind.id,
            "zh": self.kind.zh,
            "en": self.kind.en,
            "state": self.state,
            "lacks": list(self.lacks),
            "made_by": self.kind.made_by,
            "language": self.kind.language + (f", translated to {self.kind.translation}" if self.kind.translation else ""),
            "seal": self.kind.seal,
            "original": self.kind.original,
            "age_days": self.age_days,
            "asked": self.kind.asked,
            "sensitivity": self.kind.sensitivity,
            "standing": self.kind.standing.value,
            "grounds": [{"ground": one.id, "words": one.en, "standing": one.standing.value} for one in self.grounds],
            "source": {"title": self.kind.sources[0].title, "href": self.kind.sources[0].href},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """The checklist of an application on a day."""

    held: bool  # whether it is known what this kind takes
    items: tuple[Item, ...]
    form_lacks: tuple[str, ...]
    differs: tuple[str, ...]  # between form and order
    grounds: tuple[Ground, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing that a source confirms would bring it back; what is unverified is shown and does not decide."""
        return self.held and all(one.standing is Sureness.UNVERIFIED for one in self.grounds)


def check_pack(dossier: Dossier, practice: Practice, *, on: date, differs: Sequence[str] = ()) -> Pack:
    """What is missing from an application before it goes, and which known grounds of return that is."""
    terms = dossier.terms
    if terms is None:
        raise UsageError("GL0735", f"{dossier.id} is a log of disclosures, not an application")
    wanted = practice.papers_for(terms.authority, terms.kind, on)
    items = tuple(_item(kind, dossier.papers.get(kind.id), practice, on) for kind in wanted)
    by_when = {one.when: one for one in practice.grounds.values()}
    found = {ground.id: ground for item in items for ground in item.grounds}
    lacks = terms.missing()
    if wanted and lacks and (ground := by_when.get("missing")) is not None:
        found.setdefault(ground.id, ground)
    if wanted and differs and (ground := by_when.get("mismatch")) is not None:
        found[ground.id] = ground
    return Pack(held=bool(wanted), items=items, form_lacks=lacks, differs=tuple(differs), grounds=tuple(found.values()))


def _item(kind: PaperKind, paper: Paper | None, practice: Practice, on: date) -> Item:
    by_when = {one.when: one for one in practice.grounds.values()}
    if paper is None:
        when = {"notice": "missing", "practice": "practice"}.get(kind.asked)
        ground = by_when.get(when) if when else None
        return Item(kind=kind, state="missing", lacks=(), age_days=None, grounds=() if ground is None else (ground,))
    lacks, whens = [], []
    if kind.seal and not paper.sealed:
        lacks.append("seal")
        whens.append("seal")
    if kind.original and not paper.original:
        lacks.append("original")
        whens.append("missing")
    if kind.language not in ("any", paper.language) or (
        kind.translation and kind.translation not in (paper.language, paper.translation)
    ):
        lacks.append(f"in {kind.translation or kind.language}")
        whens.append("language")
    if kind.sensitivity == "trade_secret" and not paper.consent:
        lacks.append("consent of its owner")  # no ground of return, but nothing to be shown without asking
    if not paper.dated:
        lacks.append("date")
    age = (on - read_day(paper.dated)).days if paper.dated else None
    if age is not None and age < 0:
        lacks.append("a date that has come")
    grounds = tuple(ground for when in dict.fromkeys(whens) if (ground := by_when.get(when)) is not None)
    return Item(
        kind=kind,
        state="lacking" if lacks else "there",
        lacks=tuple(lacks),
        age_days=age,
        grounds=grounds if kind.asked == "notice" else (),
    )


# --- the board --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an application is, whose move it is and since when, and what the clock of the law says."""

    stage: str
    move: str
    since: str
    working_days: int | None  # in this stage; None where a year is not held
    clock: str  # in words


def standing(dossier: Dossier, practice: Practice, *, on: date) -> Standing:
    """The application as the board shows it on a day."""
    terms = dossier.terms
    authority = "CN" if terms is None else terms.authority
    calendar, law = practice.calendars.get(authority), practice.clock(authority)
    since = dossier.since
    move = MOVES.get(dossier.stage, "")
    if dossier.stage == "drafted" and terms is not None:
        pack = check_pack(dossier, practice, on=on)
        owners = dict.fromkeys(item.kind.made_by for item in pack.items if item.state != "there" and item.kind.asked == "notice")
        move = ", ".join(owner.replace("_", " ") for owner in owners) or "exporter"
    days = None
    if calendar is not None and since:
        try:
            days = calendar.between(read_day(since), on)
        except UsageError:
            days = None
    return Standing(stage=dossier.stage, move=move, since=since, working_days=days, clock=_clock(dossier, law, calendar, on))


def _clock(dossier: Dossier, law: Clock | None, calendar: Calendar | None, on: date) -> str:
    if law is None:
        return "no clock is held"
    start = dossier.accepted if law.starts == "accepted" else dossier.submitted
    if not start or dossier.stage in ("returned", "withdrawn"):
        return f"{law.days} {law.counts} days, not started"
    if dossier.stage == "halted":
        return "halted: no end can be said"
    try:
        end = statutory_end(dossier, law, calendar)
        if dossier.decided:
            over = read_day(dossier.decided) > end
            return f"decided {'after' if over else 'within'} {law.days} {law.counts} days (last day {end})"
        if on > end:
            late = (on - end).days if law.counts == "calendar" or calendar is None else calendar.between(end, on)
            return f"over by {late} {law.counts} days (last day was {end})"
        left = (end - on).days if law.counts == "calendar" or calendar is None else calendar.between(on, end)
    except UsageError as error:
        return f"started {start}; {error.message}"
    return f"{left} of {law.days} {law.counts} days left (last day {end})"


def statutory_end(dossier: Dossier, law: Clock, calendar: Calendar | None) -> date:
    """The last day of the clock of a case, with the days left out on which it was halted. Raises UsageError GL0731."""
    start = read_day(dossier.accepted if law.starts == "accepted" else dossier.submitted)
    end = law.end(start, calendar)
    halted: date | None = None
    for one in dossier.way:
        if one.kind == "halt":
            halted = read_day(one.day)
        elif one.kind == "proceed" and halted is not None and halted >= start:
            back = read_day(one.day)
            if calendar is None or law.counts == "calendar":
                end += back - halted
            else:
                end = calendar.after(end, calendar.between(halted, back))
            halted = None
    return end
