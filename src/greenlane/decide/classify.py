"""Which goods codes and list entries may be meant by a description, a composition and some figures, on what evidence?

It proposes and never decides: no proposal goes into a line by itself, and that nothing is proposed says nothing about the
goods. Evidence is what the rule base holds of an item (what it is, judged three-valued by the same machinery that decides), and
words: titles of measures and entries, headings of a schedule. An item that what is stated rules out is not proposed.

    goods = read_goods(line, words, rules)              # facts, and what was read from the words
    propose(goods, catalogue(rules), hits, rules)       # hits: what a text search found for goods.query
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final

from greenlane.decide.line import Line
from greenlane.decide.prepare import prepare
from greenlane.law.effect import Effect
from greenlane.law.facts import Basis, Facts
from greenlane.law.rulebase import RuleBase
from greenlane.law.scope import GoodsAre, Item, NumberTest, Setting, Truth, ValueIs, WordsIn, WordTest, judge_item, stated_codes
from greenlane.terms.amounts import Share, read_decimal
from greenlane.terms.codes import CONTROL, TARIFF, Code
from greenlane.terms.goods import ELEMENTS
from greenlane.terms.periods import Asked, Moment

NOTE: Final = "Proposals, not a classification: nothing here decides, and what is not proposed may be meant all the same."
TOP: Final = 5
_WORD_POINTS: Final = 4.0
_POINTS: Final = {"contains": 3.0, "number": 3.0, "word": 3.0, "form": 1.0}
_PLAIN_FORMS: Final = frozenset(
    "metal powder ingot block wafer compound oxide ore gas liquid waste alloy target magnet part equipment technology".split()
)
_FITS_POINTS: Final = 4.0
_ENOUGH: Final = 2.0  # of the points of tests: a form alone ("powder") speaks for nothing
_PROVES: Final = 1.2  # of an item's points, for its own customs codes
_LIES: Final = 0.9  # and for the headings in which it can lie
_HS6: Final = 6
_SIBLINGS_MAX: Final = 2  # of one six-digit heading, so that others are seen too
_NEAR: Final = 0.4  # a text hit below this part of the best one is chance


@dataclass(frozen=True, slots=True)
class Word:
    """What a word of a description means: further words to look for, and a fact it shows; `beside` one of these words."""

    phrase: str
    language: str
    means: str
    fact: str
    value: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A text that can be searched: a code or the name of a measure, its own words, and the headings above."""

    key: str
    own: str
    above: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that holds some of the words looked for, with its score and those words."""

    text: Text
    score: float
    own_words: tuple[str, ...]
    above_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """What is known of the goods: facts, the words to look for, and what was read from the description (to be confirmed)."""

    facts: Facts
    query: tuple[str, ...]
    read: tuple[tuple[str, str], ...]
    english: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that goods may be: a list entry by its code, or an item that its notice gives no code (then `code` is empty)."""

    key: str
    code: str
    title: str
    items: tuple[Item, ...]
    measures: tuple[str, ...]
    lies_in: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A code that may be meant, how well it fits, and why. `points` only orders the proposals of one answer."""

    code: str
    scheme: str
    title: str
    basis: str  # fits: all that the item asks for is said; partly: some of it, the rest is asked; words: only words
    evidence: tuple[str, ...]
    measures: tuple[str, ...]
    points: float = field(compare=False)


@dataclass(frozen=True, slots=True)
class Ask:
    """A fact that would tell proposals apart."""

    fact: str
    why: str
    decides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assay:
    """What the shares of elements rest on: a test report that the line names, the line alone, or only its words."""

    shares: tuple[str, ...]  # by mass, as said: Dy 3.1 %
    basis: str  # tested, stated, words, none
    report: str = ""
    laboratory: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Proposals:
    """What may be meant, the likelier first, and what to ask."""

    goods_codes: tuple[Proposal, ...]
    control_codes: tuple[Proposal, ...]
    asks: tuple[Ask, ...]
    read: tuple[tuple[str, str], ...]


def assay_of(line: Line, read: Sequence[tuple[str, str]]) -> Assay:
    """What is known of the composition of a line, and from where: `test_report`, `tested_by` and `tested_on` name a report."""
    attrs = dict(line.attrs)
    if line.contains:
        report = attrs.get("test_report", "")
        told = (report, attrs.get("tested_by", ""), attrs.get("tested_on", "")) if report else ("", "", "")
        return Assay(tuple(f"{element} {share}" for element, share in line.contains), "tested" if report else "stated", *told)
    words = tuple(f"{name.partition('.')[2]} {says}" for name, says in read if name.startswith("contains."))
    return Assay(words, "words" if words else "none")


# --- from words to facts --------------------------------------------------------------------------------------------

_STOP: Final = frozenset(
    """
    a an and any are as at be by for from has have having in into is it its made more most of on or other
    otherwise per than that the their this to type types used use using with without not no non free under
    over up up-to each all new old high low small large part parts component components accessory accessories
    assembly assemblies material materials product products item items goods article articles thing things
    machine machines machinery equipment device devices apparatus system systems kind grade grades size model
    quality piece pieces pcs kg g mm cm m um w kw v etc set sets unit units industrial commercial civil
    special specially designed purpose general standard custom customer order sample spare mass weight share
    percent high-grade least above below about approx thickness diameter length containing contains contain
    content
    """.split()
)  # fmt: skip
_TOKEN = re.compile(r"[a-z0-9][a-z0-9.\-]*[a-z0-9]|[a-z0-9]")
_CJK = re.compile(r"[\u3400-\u9fff]")
_NUMBER = r"(\d+(?:[.,]\d+)?)"
_FIGURES: Final = (
    ("attrs.energy_density_wh_kg", re.compile(rf"{_NUMBER}\s*wh/kg", re.IGNORECASE)),
    ("attrs.density_g_cm3", re.compile(rf"{_NUMBER}\s*g/(?:cm3|cm³|cc)", re.IGNORECASE)),
    ("attrs.flexural_strength_mpa", re.compile(rf"{_NUMBER}\s*mpa", re.IGNORECASE)),
    ("attrs.capacity_mah_g", re.compile(rf"{_NUMBER}\s*mah/g", re.IGNORECASE)),
    ("attrs.mean_size_um", re.compile(rf"{_NUMBER}\s*(?:µm|μm|um|micron|microns|micrometres?)\b", re.IGNORECASE)),
    ("attrs.purity", re.compile(rf"purity(?:\s+of)?\s*[:>=≥]*\s*{_NUMBER}\s*%|{_NUMBER}\s*%\s*(?:pure|purity)\b", re.IGNORECASE)),
    ("attrs.tpp", re.compile(rf"\btpp\s*(?:of|=|:)?\s*{_NUMBER}\b", re.IGNORECASE)),
    ("attrs.performance_density", re.compile(rf"\bperformance density\s*(?:of|=|:)?\s*{_NUMBER}", re.IGNORECASE)),
)  # fmt: skip


def read_goods(line: Line, words: Sequence[Word], rules: RuleBase) -> Goods:
    """What is known of the goods of a line: what it states goes before what its description says."""
    english = _english(line.description, words)
    stated = line.facts()
    attrs = dict(line.attrs)
    contains = dict(line.contains)
    read: dict[str, str] = {}
    expand: list[str] = []
    forms: list[str] = []
    said = Line(line_id="words", ship_from="", ship_to="", description=english).facts()
    setting = rules.setting(Moment.of_day(known_day(rules)), Asked.of(known_day(rules)), strict=True)
    tokens = set(_TOKEN.findall(english.casefold()))
    for element, share in _shares(english, words):
        if stated.get(f"contains.{element}") is None and element not in contains:
            contains[element] = share
            read[f"contains.{element}"] = str(share)
    for name, pattern in _FIGURES:
        found = pattern.search(english)
        if found is not None and stated.get(name) is None:
            attrs[name.removeprefix("attrs.")] = next(group for group in found.groups() if group).replace(",", ".")
            read[name] = found[0].strip()
    # Of two words for one fact the longer phrase knows more: "gallium nitride" goes before "gallium".
    for word in sorted(words, key=lambda one: (-len(one.phrase.split()), -len(one.phrase), one.phrase, one.fact)):
        if word.language != "en" or (word.beside and tokens.isdisjoint(word.beside)):
            continue
        if WordsIn((word.phrase,)).judge(said, setting).truth is not Truth.YES:
            continue
        expand += _TOKEN.findall(word.means.casefold())
        if not word.fact or stated.get(word.fact) is not None:
            continue
        if word.fact == "attrs.form" and word.fact in read:  # an oxide may come as a powder: both are said
            if word.value not in attrs["form"].split("|"):
                attrs["form"] += f"|{word.value}"
                read[word.fact] = f"{attrs['form']} (the description says {forms[-1]} and {word.phrase})"
            continue
        if word.fact in read:
            continue
        if word.fact.startswith("contains."):
            if (element := word.fact.removeprefix("contains.")) not in contains:
                contains[element] = Share.read(word.value)
                read[word.fact] = f"> 0 (the description says {word.phrase})"
        elif word.fact.startswith("attrs.") and (name := word.fact.removeprefix("attrs.")) not in attrs:
            attrs[name] = word.value
            read[word.fact] = f"{word.value} (the description says {word.phrase})"
            forms = [word.phrase] if name == "form" else forms
    full = replace(line, description=english, attrs=tuple(sorted(attrs.items())), contains=tuple(sorted(contains.items())))
    facts = prepare(full, rules, setting, {})
    for name in facts.names():
        known = facts.get(name)
        if known is not None and known.basis is Basis.DERIVED and known.value != "none":
            read.setdefault(name, f"{known.value} ({known.note})")
    query = tuple(dict.fromkeys(one for one in (*_TOKEN.findall(english.casefold()), *expand) if _tells(one)))
    return Goods(facts=facts, query=query, read=tuple(sorted(read.items())), english=english)


def known_day(rules: RuleBase) -> date:
    """The last day of public knowledge the base has read: lists are taken as they stood then."""
    return max((regime.known_through.day for regime in rules.regimes.values()), default=date(2025, 1, 1))


def _english(text: str, words: Sequence[Word]) -> str:
    """The description with its Chinese words put into English, the longest first; the rest stays as it is."""
    if _CJK.search(text):
        for word in sorted((one for one in words if one.language == "zh"), key=lambda one: (-len(one.phrase), one.phrase)):
            text = text.replace(word.phrase, f" {word.means} ")
    return re.sub(r"([A-Za-z])-free\b", r"\1 free", " ".join(text.split()))


def _shares(text: str, words: Sequence[Word]) -> Iterable[tuple[str, Share]]:
    """Shares that the description gives: `3 % Dy`, `Dy 3.1%`, `dysprosium 3 %`; `without Tb`, `Tb free` says none."""
    names = {word.phrase: word.fact.removeprefix("contains.") for word in words if word.fact.startswith("contains.")}
    either = "|".join([*sorted(ELEMENTS, key=lambda one: (-len(one), one)), *sorted(f"(?i:{name})" for name in names)])
    sign = rf"(?<![A-Za-z0-9])({either})(?![A-Za-z0-9])"
    found: dict[str, Share] = {}

    def put(name: str, share: Share) -> None:
        found.setdefault(names.get(name.casefold(), name), share)

    for match in re.finditer(rf"{_NUMBER}\s*%\s*(?:of\s+)?{sign}|{sign}\s*[:=]?\s*{_NUMBER}\s*%", text):
        number, name = (match[1], match[2]) if match[1] else (match[4], match[3])
        value = read_decimal(number.replace(",", "."))
        if value <= Decimal(100):
            put(name, Share(value))
    for match in re.finditer(rf"(?i:\b(?:without|no|zero))\s+{sign}|{sign}\s+(?i:free)\b", text):
        name = match[1] or match[2]
        if name != "No":
            put(name, Share(Decimal(0)))
    return found.items()


def _tells(token: str) -> bool:
    """Whether a word tells anything about goods."""
    return len(token) > 1 and token not in _STOP and not re.fullmatch(r"[\d.\-]+", token)


# --- what goods may be ----------------------------------------------------------------------------------------------


def catalogue(rules: RuleBase) -> tuple[Entry, ...]:
    """Every list entry and every item of the rule base, once, with the measures that name it."""
    found: dict[str, tuple[str, str, list[Item], list[str], list[Code]]] = {}
    for group in rules.groups.values():
        for member in group.members if group.kind == "goods" else ():
            listed = Code.read(member.value)
            if listed.scheme in CONTROL and not listed.is_outside:
                found.setdefault(str(listed), (str(listed), member.title, [], [], []))
    for measure in rules.measures.values():
        if measure.effect in (Effect.DUTY, Effect.REPORT, Effect.NONE):
            continue
        for condition in measure.conditions:
            if not isinstance(condition, GoodsAre):
                continue
            codes = {str(item.control) for item in condition.items if item.control is not None}
            for item in condition.items:
                if item.control is not None and not item.control.is_outside:
                    key = code = str(item.control)
                elif item.control is None and item.tests:
                    # A measure about one entry tells its items apart without repeating the code.
                    code = next(iter(codes)) if len(codes) == 1 else ""
                    key = code or measure.id
                else:
                    continue
                _, title, items, measures, lies_in = found.setdefault(key, (code, measure.title, [], [], []))
                if not title:
                    found[key] = (code, measure.title, items, measures, lies_in)
                if item not in items:
                    items.append(item)
                if measure.id not in measures:
                    measures.append(measure.id)
                lies_in += [one for one in item.reach if one.scheme in CONTROL and not one.is_outside and one not in lies_in]
    # Goods that one measure gives a code need no second name from another that tells them in the same terms.
    coded = {_terms(item) for code, _, items, _, _ in found.values() if code for item in items} - {frozenset()}
    kept = {
        key: (code, title, [item for item in items if code or _terms(item) not in coded], measures, lies_in)
        for key, (code, title, items, measures, lies_in) in found.items()
    }
    return tuple(
        Entry(key=key, code=code, title=title, items=tuple(items), measures=tuple(measures), lies_in=tuple(lies_in))
        for key, (code, title, items, measures, lies_in) in sorted(kept.items())
        if code or items
    )


def _terms(item: Item) -> frozenset[ValueIs]:
    """What an item asks for besides its form."""
    return frozenset(test for test in item.tests if test.fact != "attrs.form")


def texts(entries: Iterable[Entry], titles: Iterable[Text]) -> tuple[Text, ...]:
    """What can be searched: entries by their titles, headings by ours. Titles of duties speak of duties, and are left out."""
    return (*(Text(entry.key, entry.title) for entry in entries if entry.title), *titles)


# --- proposals ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the items of an entry say about the goods: the best of them."""

    truth: Truth
    points: float
    evidence: tuple[str, ...]
    unknown: tuple[ValueIs, ...]
    item: Item | None
    stated: bool = False  # by a code

    @property
    def speaks(self) -> bool:
        """Whether what is said speaks for the entry: half of what it asks for, and more than a form, which fits half the list."""
        enough = self.points - (_FITS_POINTS if self.truth is Truth.YES else 0.0) >= _ENOUGH
        return self.stated or (enough and len(self.evidence) >= len(self.unknown))


def propose(
    goods: Goods,
    entries: Sequence[Entry],
    hits: Sequence[Hit],
    rules: RuleBase,
    *,
    schedule: Sequence[Hit] = (),
    titles: Mapping[str, str] | None = None,
    top: int = TOP,
) -> Proposals:
    """The codes that may be meant, at most `top` of each kind; nothing where there is no evidence.

    `hits` are of `texts(...)`, `schedule` of an official schedule; `titles` name headings that no search has found.
    """
    day = known_day(rules)
    setting = rules.setting(Moment.of_day(day), Asked.of(day), strict=True)
    found = {hit.text.key: hit for hit in _near(hits)}
    best = max((hit.score for hit in hits), default=0.0)
    control: dict[str, Proposal] = {}
    headings: dict[str, tuple[float, list[str]]] = {}
    asks: dict[str, tuple[str, list[str]]] = {}
    ranked: list[tuple[float, Entry, _Judged, Hit | None]] = []
    for entry in entries:
        judged = _judge(entry, goods.facts, setting)
        hit = found.get(entry.key)
        if judged is None or (not judged.speaks and hit is None):
            continue
        points = judged.points + (_WORD_POINTS * hit.score / best if hit is not None and best else 0.0)
        ranked.append((points, entry, judged, hit))
    ranked.sort(key=lambda one: (-one[0], not one[1].code, one[1].key))
    for points, entry, judged, hit in ranked[: 4 * top]:
        basis = ("fits" if judged.truth is Truth.YES else "partly") if judged.speaks else "words"
        evidence = (*judged.evidence, *((_words_said(hit),) if hit is not None else ()))
        for code in (entry.code,) if entry.code or not entry.lies_in else tuple(map(str, entry.lies_in)):
            if code and code in control:
                continue
            name = code or entry.key
            control[name] = Proposal(
                code=code, scheme=code.partition(":")[0] or _scheme_of(entry, rules), title=_title(entry), basis=basis,
                evidence=evidence, measures=entry.measures, points=points,
            )  # fmt: skip
            for test in judged.unknown:
                asks.setdefault(test.fact, (f"whether {test.test}", []))[1].append(name)
        if judged.item is not None and basis != "words":
            for place in (*judged.item.customs, *judged.item.reach):
                if place.scheme in TARIFF:
                    proves = place in judged.item.customs
                    name = entry.code or entry.key
                    weight, said = headings.get(str(place), (0.0, []))
                    said.append(f"a customs code of {name}" if proves else f"where {name} can lie")
                    headings[str(place)] = (max(weight, points * (_PROVES if proves else _LIES)), said)
    chosen = sorted(control.values(), key=lambda one: (-one.points, not one.code, one.code, one.title))[:top]
    names = {one.code or next(iter(one.measures), "") for one in chosen}
    goods_codes = _goods_codes(goods, headings, found, best, schedule, titles or {}, top)
    return Proposals(goods_codes, tuple(chosen), _asks(asks, names, chosen, goods), goods.read)


def _near(hits: Sequence[Hit]) -> Iterable[Hit]:
    """The hits that are not chance: near the best one."""
    best = max((hit.score for hit in hits), default=0.0)
    return (hit for hit in hits if best > 0 and hit.score >= _NEAR * best)


def _judge(entry: Entry, facts: Facts, setting: Setting) -> _Judged | None:
    """The best item of an entry; None if what is stated rules out all of them."""
    if not entry.items:
        scheme = entry.code.partition(":")[0]
        code = Code.read(entry.code)
        stated = stated_codes(facts, scheme)
        if any(one.is_within(code) for one in stated):
            return _Judged(Truth.YES, _FITS_POINTS, (f"the stated code is {entry.code}",), (), None, stated=True)
        if stated and all(one.excludes(code) for one in stated):
            return None
        return _Judged(Truth.UNKNOWN, 0.0, (), (), None)
    judged = []
    silent = not any(stated_codes(facts, scheme) for scheme in (*CONTROL, *TARIFF))
    for item in entry.items:
        if silent and not item.tests:  # nothing is stated that could speak of it
            judged.append(_Judged(Truth.UNKNOWN, 0.0, (), (), item))
            continue
        finding = judge_item(item, facts, setting)
        if finding.truth is Truth.NO:
            continue
        points, evidence, unknown = 0.0, [], []
        for test in item.tests:
            said = test.judge(facts, setting)
            if said.truth is Truth.YES:
                points += _POINTS[_kind(test)]
                evidence.append(f"{said.says} (wanted: {test.test})")
            elif said.truth is Truth.UNKNOWN:
                unknown.append(test)
        if finding.truth is Truth.YES:
            points += _FITS_POINTS
            evidence = evidence or [finding.says]
        by_code = finding.truth is Truth.YES and finding.says.startswith(("stated code", "customs code"))
        judged.append(_Judged(finding.truth, points, tuple(evidence), tuple(unknown), item, by_code))
    return max(judged, key=lambda one: (one.truth is Truth.YES, one.points), default=None)


def _kind(test: ValueIs) -> str:
    if test.fact.startswith("contains."):
        return "contains"
    if test.fact == "attrs.form" and isinstance(test.test, WordTest) and not _PLAIN_FORMS.isdisjoint(test.test.words):
        return "form"
    return "number" if isinstance(test.test, NumberTest) else "word"


def _words_said(hit: Hit) -> str:
    return f"its title says {', '.join(hit.own_words or hit.above_words)}"


def _title(entry: Entry) -> str:
    return entry.title or entry.key


def _scheme_of(entry: Entry, rules: RuleBase) -> str:
    """The list that an item without a code stands on."""
    side = next((rules.measures[name].instrument.side for name in entry.measures if name in rules.measures), "")
    return {"cn": "cn", "us": "eccn"}.get(side, "")


def _goods_codes(
    goods: Goods,
    headings: Mapping[str, tuple[float, list[str]]],
    found: Mapping[str, Hit],
    best: float,
    schedule: Sequence[Hit],
    known: Mapping[str, str],
    top: int,
) -> tuple[Proposal, ...]:
    """Tariff codes: where the items lie, what our titles and the schedule say; a code beneath another goes before it."""
    stated = stated_codes(goods.facts)
    points: dict[str, float] = {}
    evidence: dict[str, list[str]] = {}
    titles: dict[str, str] = {}

    def put(code: str, more: float, says: str, title: str = "") -> None:
        points[code] = points.get(code, 0.0) + more
        evidence.setdefault(code, []).append(says)
        if title:
            titles[code] = title

    for code, (weight, said) in headings.items():
        named = ", ".join(dict.fromkeys(said[:2]))
        put(code, weight, named + (f" and {len(said) - 2} more" if len(said) > 2 else ""))
    for key, hit in found.items():
        if key.partition(":")[0] in TARIFF:
            put(key, _WORD_POINTS * hit.score / best, _words_said(hit), hit.text.own)
    top_score = max((hit.score for hit in schedule), default=0.0)
    for hit in _near(schedule):
        own = f"{hit.text.above}: {hit.text.own}" if hit.text.above else hit.text.own
        words = (*hit.own_words, *hit.above_words)
        put(hit.text.key, _WORD_POINTS * hit.score / top_score, f"the schedule says {', '.join(words)}", own)
    codes = {key: Code.read(key) for key in points}
    # What holds of a heading holds of the codes beneath it; the words of a chapter say little of any one of them.
    above = {key: [other for other in points if other != key and code.is_within(codes[other])] for key, code in codes.items()}
    part = {key: 1.0 if key in headings or len(code.value) >= _HS6 else len(code.value) / 8 for key, code in codes.items()}
    total = {key: points[key] + max((points[other] * part[other] for other in above[key]), default=0.0) for key in points}
    allowed = [key for key, code in codes.items() if not stated or not all(one.excludes(code) for one in stated)]
    chosen: list[str] = []
    for key in sorted(allowed, key=lambda key: (-total[key], key)):
        near = sum(codes[other].value[:_HS6] == codes[key].value[:_HS6] for other in chosen)
        if len(chosen) < top and near < _SIBLINGS_MAX and not any(codes[other].is_within(codes[key]) for other in chosen):
            chosen.append(key)
    return tuple(
        Proposal(
            code=key, scheme=codes[key].scheme, title=titles.get(key) or _nearest_title(codes[key], known),
            basis="partly" if any(one in headings for one in (key, *above[key])) else "words",
            evidence=(*evidence[key], *(f"beneath {other}: {says}" for other in above[key] for says in evidence[other][:1])),
            measures=(), points=total[key],
        )
        for key in chosen
    )  # fmt: skip


def _nearest_title(code: Code, known: Mapping[str, str]) -> str:
    """The title of a heading, or of the nearest above it."""
    found = (known.get(f"hs:{one.pretty}") for one in (code, *code.wider))
    return next((title for title in found if title), "")


def _asks(asks: Mapping[str, tuple[str, list[str]]], names: set[str], chosen: Sequence[Proposal], goods: Goods) -> tuple[Ask, ...]:
    """What to ask: facts that decide proposals, the paragraph of a bare entry, whether a thing is specially designed."""
    found = [
        Ask(fact, why, tuple(name for name in dict.fromkeys(decides) if name in names))
        for fact, (why, decides) in asks.items()
        if any(name in names for name in decides)
    ]
    order = {one.code or next(iter(one.measures), ""): number for number, one in enumerate(chosen)}
    found.sort(key=lambda one: (min(order[name] for name in one.decides), -len(one.decides), one.fact))
    bare = [one.code for one in chosen if one.scheme == "eccn" and one.code and "." not in one.code]
    if bare:
        found.append(
            Ask("codes.eccn", "the paragraph: an entry alone chooses none, and its figures stand in the paragraphs", tuple(bare))
        )
    designed = [one.code for one in chosen if "designed" in one.title.casefold() or "for " in one.title.casefold()]
    if designed and goods.facts.get("attrs.specially_designed") is None:
        found.append(
            Ask("specially designed", "whether the thing was made for what the entry names, by its own definition", tuple(designed))
        )
    return tuple(found)
