"""The two sides' measures over time, drawn: China above, the United States below. The same rows give the same bytes.

Every state has its own shape, so that the drawing reads without colour: solid in force, stripes suspended, crosses
unenforced, a fading bar with a question mark unknown, a dotted frame only said. Each bar has its words as a `title`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from xml.sax.saxutils import escape

from greenlane.law.rulebase import State
from greenlane.law.timeline import TRACKS_MAX, Row, Span, Statement, Track, held
from greenlane.terms.amounts import show
from greenlane.terms.periods import Bound, Moment

SIDES = {"cn": "China", "us": "United States"}
_INK, _SOFT, _GRID, _BAND = "#1b1f24", "#57606a", "#d8dee4", "#f6f8fa"
_COLOUR = {"cn": "#a4262c", "us": "#1f4e8c"}
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_FONT = "font-family=\"'DejaVu Sans', Verdana, Arial, sans-serif\""
_WIDTH, _LEFT, _RIGHT, _TOP = 1440, 372, 264, 132
_BAR, _ROW, _GAP = 15, 28, 34
_FOLD = 46


@dataclass(frozen=True, slots=True)
class _Scale:
    """Days to places on the sheet."""

    first: date
    last: date  # inclusive

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def at(self, bound: Bound | None) -> float:
        """Where a bound lies, in its authority's own days; no bound lies at the right edge."""
        return self._place(None if bound is None else bound.local)

    def of_day(self, day: date) -> float:
        return self._place(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - a bare calendar day

    def _place(self, local: datetime | None) -> float:
        plot = _WIDTH - _LEFT - _RIGHT
        if local is None:
            return _LEFT + plot
        origin = datetime(self.first.year, self.first.month, self.first.day)  # noqa: DTZ001 - a bare calendar day
        share = (local - origin) / timedelta(days=self.days)
        return _LEFT + plot * min(1.0, max(0.0, share))

    def shows(self, start: Bound, end: Bound | None) -> bool:
        """Whether anything of a span lies in the range."""
        return start.day <= self.last and (end is None or end.day > self.first)


def draw(rows: Sequence[Row], *, first: date, last: date, known_by: date, version: str, sha256: str) -> str:
    """The whole sheet."""
    scale = _Scale(first, last)
    body: list[str] = []
    top = float(_TOP)
    for side in [side for side in SIDES if any(row.side == side for row in rows)]:
        mine = [row for row in rows if row.side == side and _is_shown(row, scale)]
        body.append(_text(16, top + 20, SIDES[side], size=16, weight="700", fill=_COLOUR[side]))
        counted = sum(len(row.instruments) for row in mine)
        body.append(_text(_LEFT - 12, top + 20, f"{counted} instruments", size=10.5, fill=_SOFT, anchor="end"))
        body.append(_line(16, top + 28, _WIDTH - 16, top + 28, _COLOUR[side], 1.5))
        top += 34
        for number, row in enumerate(mine):
            height = _height(row)
            if number % 2 == 0:
                body.append(_rect(16, top, _WIDTH - 32, height, fill=_BAND))
            body.extend(_row(row, scale, top, height))
            top += height
        top += _GAP
    bottom = top - _GAP + 6
    caption = (
        f"As known on {known_by}, for days {first} to {last}. Rule base {version}, sha256 {sha256[:16]}. "
        "Bars lie on the days of the authority that acted. Not legal advice; silence is never clearance."
    )
    total = bottom + 40
    head = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc" lang="en" {_FONT} '
        f'width="{_WIDTH}" height="{total:.0f}" viewBox="0 0 {_WIDTH} {total:.0f}">',
        f'<title id="title">Trade controls of China and the United States, {first} to {last}</title>',
        f'<desc id="desc">{escape(_described(rows, scale, known_by))}</desc>',
        _patterns(),
        _rect(0, 0, _WIDTH, total, fill="#ffffff"),
        _text(16, 32, "Trade controls of China and the United States", size=21, weight="700"),
        _text(16, 52, f"{_long(first)} to {_long(last)}, as known on {known_by}", size=12.5, fill=_SOFT),
        *_legend(),
    ]
    grid = [*_grid(scale, _TOP - 6, bottom), *_known(scale, known_by, _TOP - 6, bottom)]
    return "\n".join([*head, *_lay(body, grid), _text(16, bottom + 26, caption, size=10.5, fill=_SOFT), "</svg>", ""])


def _lay(body: Iterable[str], grid: Iterable[str]) -> Iterable[str]:
    """Row bands first, the grid over them, everything else on top."""
    parts = list(body)
    bands = [part for part in parts if part.startswith("<rect") and f'fill="{_BAND}"' in part]
    return [*bands, *grid, *(part for part in parts if part not in bands)]


# --- rows -----------------------------------------------------------------------------------------------------------


def _is_shown(row: Row, scale: _Scale) -> bool:
    spans = [span for track in row.tracks for span in track.spans if span.state is not State.ENDED]
    return any(scale.shows(one.start, one.end) for one in spans) or any(scale.shows(one.start, one.end) for one in row.said)


def _height(row: Row) -> float:
    if _is_stacked(row):
        return _FOLD + (_BAR + 6 if row.said else 0)
    lanes = len(row.tracks) + (1 if row.said else 0)
    return max(_ROW, lanes * (_BAR + 3) + 8)


def _is_stacked(row: Row) -> bool:
    return row.kind == "folded" or len(row.tracks) > TRACKS_MAX


def _row(row: Row, scale: _Scale, top: float, height: float) -> Iterable[str]:
    middle = top + height / 2
    yield _text(16, middle - 2, _short(row.title, 56), size=11)
    yield _text(16, middle + 10.5, _id_words(row), size=9, fill=_SOFT)
    x = _WIDTH - _RIGHT + 10
    if _is_stacked(row):
        yield from _stack(row, scale, top + 5, _FOLD - 10)
        yield _text(x, top + _FOLD / 2 + 3.5, _short(_stack_words(row, scale), 48), size=9.5, fill=_SOFT)
        lane, y = _BAR + 3.0, top + _FOLD
    else:
        lane = (height - 8) / (len(row.tracks) + (1 if row.said else 0))
        y = top + 4 + (lane - _BAR) / 2
        for track in row.tracks:
            for span in _joined(track.spans):
                if scale.shows(span.start, span.end):
                    yield from _bar(row, span, scale, y)
            yield from _published(track, scale, y)
            names = _names(track) if len(row.tracks) > 1 else ""
            yield _text(x, y + 11, _short(names + _then(track, scale), 48), size=9.5, fill=_SOFT)
            y += lane
    if row.said:
        for one in row.said:
            if scale.shows(one.start, one.end):
                yield from _said(row, one, scale, y)
        yield _text(x, y + 11, _short(_said_words(row.said), 48), size=9.5, fill=_SOFT)


def _joined(history: Sequence[Span]) -> Iterable[Span]:
    """Spans as they are drawn: what is unknown is one bar, also where a statement claims a part of it."""
    found: list[Span] = []
    for span in history:
        if found and found[-1].state is State.UNKNOWN and span.state is State.UNKNOWN:
            found[-1] = replace(found[-1], end=span.end)
        else:
            found.append(span)
    return found


def _bar(row: Row, span: Span, scale: _Scale, y: float) -> Iterable[str]:
    if span.state is State.ENDED:
        return
    left, right = scale.at(span.start), scale.at(span.end)
    width = max(1.2, right - left)
    colour = _COLOUR[row.side]
    edge = f"{span.why}, {span.by}; known since {span.known_since}"
    words = f"{row.id}: {span_words(span)}, from {span.start} to {span.end or 'no known end'}; {edge}"
    yield f"<g><title>{escape(words)}</title>"
    if span.state is State.NOT_BEGUN:
        yield _line(left, y + _BAR / 2, right, y + _BAR / 2, colour, 1.2, dash="2 4")
    elif row.kind == "exceptions":
        yield _rect(left, y + 4, width, _BAR - 8, fill="#ffffff", stroke=colour, stroke_width=1.4)
    elif span.is_nil:
        yield _line(left, y + _BAR / 2, right, y + _BAR / 2, colour, 1.2)
        yield _inside(left, width, y - 3, "0 %", fill=colour)
    elif span.is_duty and span.rate is None:
        yield _rect(left, y, width, _BAR, fill=f"url(#fade-{row.side})")
        yield _inside(left, width, y, _rate(span), fill=_INK, plate=True) or _inside(left, width, y, "?", fill=_INK, plate=True)
    elif span.state is State.IN_FORCE:
        yield _rect(left, y, width, _BAR, fill=colour, stroke="#ffffff", stroke_width=0.8)
        if span.is_duty:
            yield _inside(left, width, y, _rate(span), fill="#ffffff")
    elif span.state is State.UNKNOWN:
        yield _rect(left, y, width, _BAR, fill=f"url(#fade-{row.side})")
        if span.stated_end is not None:
            yield _rect(
                left,
                y + 1,
                scale.at(span.stated_end) - left,
                _BAR - 2,
                fill="none",
                stroke=colour,
                stroke_width=1.3,
                dash="2 2.5",
            )
        yield _inside(left, width, y, "?", fill=colour, plate=True)
    else:
        name = "stripes" if span.state is State.SUSPENDED else "crosses"
        yield _rect(left, y, width, _BAR, fill=f"url(#{name}-{row.side})", stroke=colour, stroke_width=1)
        word = "suspended" if span.state is State.SUSPENDED else "not enforced"
        if span.leaves.restricts:
            word += f", {span.leaves.value.replace('_', ' ')} stays"
        yield _inside(left, width, y, word, fill=_INK, plate=True)
    yield "</g>"


def _said(row: Row, one: Statement, scale: _Scale, y: float) -> Iterable[str]:
    left, right = scale.at(one.start), scale.at(one.end)
    width = max(3.0, right - left)
    words = f"{one.id}: {one.status}, decides nothing: {one.title}; known since {one.known_since}"
    yield f"<g><title>{escape(words)}</title>"
    yield _rect(
        left,
        y + 1,
        width,
        _BAR - 2,
        fill="#ffffff",
        fill_opacity=0.75,
        stroke=_COLOUR[row.side],
        stroke_width=1.3,
        dash="2 2.5",
    )
    yield _inside(left, width, y, one.status, fill=_INK)
    yield "</g>"


def _published(track: Track, scale: _Scale, y: float) -> Iterable[str]:
    """A mark on the day a rule became public, where that was after it began to bind."""
    first = track.spans[0]
    known = track.rules[0].known_since
    if first.state is not State.NOT_BEGUN and first.start < known and scale.first <= known.day <= scale.last:
        x, middle = scale.at(known), y + _BAR / 2
        points = f"{x:.1f},{middle - 6:.1f} {x + 5:.1f},{middle:.1f} {x:.1f},{middle + 6:.1f} {x - 5:.1f},{middle:.1f}"
        yield f"<g><title>became public on {escape(str(known))}</title>{_diamond(points)}</g>"


def _diamond(points: str) -> str:
    return f'<polygon points="{points}" fill="#ffffff" stroke="{_INK}" stroke-width="1.2"/>'


_STACK = (State.IN_FORCE, State.SUSPENDED, State.UNENFORCED, State.UNKNOWN)


def _counts(row: Row, moment: Moment) -> dict[State, int]:
    found = dict.fromkeys(_STACK, 0)
    for track in row.tracks:
        span = held(track.spans, moment)
        if span is not None and span.state in found and not span.is_nil:
            found[span.state] += 1 if row.kind == "folded" else len(track.rules)
    return found


def _stack(row: Row, scale: _Scale, top: float, height: float) -> Iterable[str]:
    """Several histories in one row: how many are in which state, as steps one upon the other."""
    bounds = {span.start.utc: span.start for track in row.tracks for span in track.spans}
    inside = [bound for bound in sorted(bounds.values(), key=lambda bound: bound.utc) if scale.first < bound.day <= scale.last]
    starts: list[tuple[float, Moment]] = [(scale.of_day(scale.first), Moment.of_day(scale.first))]
    starts += [(scale.at(bound), Moment.of_instant(bound.utc)) for bound in inside]
    edges = [*(x for x, _ in starts[1:]), scale.at(None)]
    total = sum(1 if row.kind == "folded" else len(track.rules) for track in row.tracks)
    colour = _COLOUR[row.side]
    # One shape for each state, so that neighbours of equal height show no seam.
    ups: dict[State, list[tuple[float, float, float, float]]] = {state: [] for state in _STACK}
    for (left, moment), right in zip(starts, edges, strict=True):
        base = top + height
        for state, count in _counts(row, moment).items():
            tall = height * count / total
            if count and right > left:
                ups[state].append((left, right, base - tall, base))
            base -= tall
    fills = {
        State.IN_FORCE: colour, State.SUSPENDED: f"url(#stripes-{row.side})",
        State.UNENFORCED: f"url(#crosses-{row.side})", State.UNKNOWN: f"url(#fade-{row.side})",
    }  # fmt: skip
    for state, shapes in ups.items():
        if shapes:
            path = " ".join(f"M{left:.1f} {high:.1f}H{right:.1f}V{low:.1f}H{left:.1f}Z" for left, right, high, low in shapes)
            yield f'<path d="{path}" fill="{fills[state]}"><title>{escape(row.id)}: {state.value}</title></path>'
    yield _line(_LEFT, top + height, _WIDTH - _RIGHT, top + height, colour, 0.8)
    shown = ""
    for (left, moment), right in zip(starts, edges, strict=True):
        text = str(_counts(row, moment)[State.IN_FORCE])
        if text not in ("0", shown) and right - left > 18:
            yield _inside(left, right - left, top + height - 14, text, fill="#ffffff")
            shown = text


def _stack_words(row: Row, scale: _Scale) -> str:
    moment = Moment.of_day(scale.last)
    counts = _counts(row, moment)
    nil = sum(len(track.rules) for track in row.tracks if (span := held(track.spans, moment)) is not None and span.is_nil)
    words = [f"{count} {state.value}" for state, count in counts.items() if count] + ([f"{nil} at 0 %"] if nil else [])
    return ", ".join(words) or "none in force"


# --- words ----------------------------------------------------------------------------------------------------------


def span_words(span: Span) -> str:
    """A state in words, with the rate of a duty, what still bites, and the end that was only stated."""
    text = span.state.value
    if span.is_duty and span.state is State.IN_FORCE:
        text = f"duty {_rate(span)}" if span.rate is not None or span.branches else "duty, rate not known"
    if span.leaves.restricts:
        text += (
            f"; {span.leaves.value.replace('_', ' ')} still bites"
            if span.state is State.SUSPENDED
            else f" ({span.leaves.value.replace('_', ' ')} at least)"
        )
    if span.stated_end is not None:
        speaker = span.stated_by.partition("/")[0]
        text += f"; said to stay suspended to {span.stated_end} by {speaker}, no instrument carries it"
    return text


def _rate(span: Span) -> str:
    if span.rate is not None:
        return f"{show(span.rate)} %"
    return "? (" + " or ".join(f"{show(rate)} %" for _, rate in span.branches) + ")" if span.branches else "?"


def _then(track: Track, scale: _Scale) -> str:
    """How it stands at the right edge, and what comes next."""
    last = Moment.of_day(scale.last)
    now = held(track.spans, last)
    if now is None:
        return "not begun"
    word = _now(now)
    if now.state is State.ENDED:
        return f"ended {now.start.day}"
    if now.end is None:
        return word
    after = held(track.spans, Moment.of_instant(now.end.utc))
    following = "" if after is None or _now(after) == word else f", then {_now(after)}"
    return f"{word} to {now.end.day}{following}"


def _now(span: Span) -> str:
    return _rate(span) if span.is_duty and span.state is State.IN_FORCE else span.state.value


def _names(track: Track) -> str:
    names = [rule.id.partition("/")[2] or rule.id for rule in track.rules]
    return f"{names[0]}{f' +{len(names) - 1}' if len(names) > 1 else ''}: "


def _said_words(said: Sequence[Statement]) -> str:
    last = said[-1]
    return (
        f"{last.status} {last.known_since.day}"
        + (f", to {last.end.day}" if last.end is not None else "")
        + ("; decides nothing" if last.status == "noted" else "; not law")
    )


def _id_words(row: Row) -> str:
    if row.kind == "folded":
        return "stacked: how many are in force; --all shows each"
    count = sum(len(track.rules) for track in row.tracks)
    what = {"measures": "measure", "exceptions": "exception"}.get(row.kind, "")
    return row.id + (f"  ({count} {what}{'s' if count > 1 else ''})" if what and count else "")


def _described(rows: Sequence[Row], scale: _Scale, known_by: date) -> str:
    """The drawing in sentences, for those who do not see it."""
    parts = [f"One row for each instrument, as known on {known_by}."]
    for side, name in SIDES.items():
        mine = [row for row in rows if row.side == side and _is_shown(row, scale)]
        if mine:
            parts.append(f"{name}:")
        for row in mine:
            if _is_stacked(row):
                now = _stack_words(row, scale)
            elif row.tracks:
                now = "; ".join(_then(track, scale) for track in row.tracks)
            else:
                now = _said_words(row.said)
            parts.append(f"{row.title} ({row.id}): {now}.")
    return " ".join(parts)


def _short(text: str, size: int) -> str:
    return text if len(text) <= size else f"{text[: size - 1].rstrip()}…"


def _long(day: date) -> str:
    months = _MONTHS
    return f"{day.day} {months[day.month - 1]} {day.year}"


# --- the sheet ------------------------------------------------------------------------------------------------------


def _grid(scale: _Scale, top: float, bottom: float) -> Iterable[str]:
    months = list(_months(scale.first, scale.last))
    step = max(1, math.ceil(len(months) / 24))
    for number, day in enumerate(months):
        x = scale.of_day(day)
        if number and day.month != 1 and number % step:
            continue
        year = day.month == 1
        yield _line(x, top, x, bottom, "#8c959f" if year else _GRID, 1 if year else 0.7)
        if number % step == 0:
            yield _text(x + 3, top + 4, _MONTHS[day.month - 1][:3], size=9.5, fill=_SOFT)
        if (year or number == 0) and x < scale.at(None) - 36:
            yield _text(x + 3, top - 9, str(day.year), size=11.5, weight="700", fill=_INK)
    yield _text(_WIDTH - _RIGHT + 10, top - 9, f"On {_long(scale.last)}, and next", size=11, weight="700")
    yield _line(scale.at(None), top, scale.at(None), bottom, _INK, 1)


def _known(scale: _Scale, known: date, top: float, bottom: float) -> Iterable[str]:
    """Where knowledge ends, if the sheet goes further: beyond it the law may change without a trace here."""
    if scale.first <= known < scale.last:
        x = scale.of_day(known + timedelta(days=1))
        yield _line(x, top - 16, x, bottom, _INK, 1.2, dash="6 3")
        yield _text(x - 4, top - 9, "known to here", size=9.5, anchor="end")


def _months(first: date, last: date) -> Iterable[date]:
    day = first
    while day <= last:
        yield day
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _legend() -> Iterable[str]:
    ink = "#444c56"
    shapes = (
        ("in force", _rect(0, 0, 30, 12, fill=ink)),
        ("suspended", _rect(0, 0, 30, 12, fill="url(#stripes-key)", stroke=ink, stroke_width=1)),
        (
            "in force by its text, not enforced",
            _rect(0, 0, 30, 12, fill="url(#crosses-key)", stroke=ink, stroke_width=1),
        ),
        (
            "unknown: nobody confirmed",
            _rect(0, 0, 30, 12, fill="url(#fade-key)") + _text(10, 10, "?", size=10, weight="700"),
        ),
        ("announced, not begun", _line(0, 6, 30, 6, ink, 1.4, dash="2 4")),
        (
            "said or noted, decides nothing",
            _rect(0, 0, 30, 12, fill="#ffffff", stroke=ink, stroke_width=1.3, dash="2 2.5"),
        ),
        ("exception", _rect(0, 3, 30, 6, fill="#ffffff", stroke=ink, stroke_width=1.4)),
        ("duty of 0 %", _line(0, 6, 30, 6, ink, 1.4)),
        (
            "became public",
            _diamond("15,0 20,6 15,12 10,6"),
        ),
    )
    x = 16.0
    for word, shape in shapes:
        yield f'<g transform="translate({x:.1f} 68)">{shape}{_text(37, 10, word, size=10.5)}</g>'
        x += 37 + 5.75 * len(word) + 15


def _patterns() -> str:
    parts = ["<defs>"]
    for name, colour in (*_COLOUR.items(), ("key", "#444c56")):
        white = '<rect width="7" height="7" fill="#ffffff"/>'
        parts += [
            f'<pattern id="stripes-{name}" width="6" height="6" patternUnits="userSpaceOnUse"',
            f' patternTransform="rotate(45)">{white}',
            f'<rect width="2.2" height="6" fill="{colour}" fill-opacity="0.75"/></pattern>',
            f'<pattern id="crosses-{name}" width="7" height="7" patternUnits="userSpaceOnUse">{white}',
            f'<path d="M0 0L7 7M7 0L0 7" stroke="{colour}" stroke-width="1"/></pattern>',
            f'<linearGradient id="fade-{name}"><stop offset="0" stop-color="{colour}" stop-opacity="0.6"/>',
            f'<stop offset="1" stop-color="{colour}" stop-opacity="0.04"/></linearGradient>',
        ]
    return "".join([*parts, "</defs>"])


def _inside(left: float, width: float, y: float, text: str, *, fill: str, plate: bool = False) -> str:
    """A word on a bar, if it fits; on a white plate where the bar is patterned."""
    wide = 5.6 * len(text) + 6
    if wide > width:
        return ""
    x = left + width / 2
    back = _rect(x - wide / 2, y + 2, wide, _BAR - 4, fill="#ffffff", fill_opacity=0.88) if plate else ""
    return back + _text(x, y + 11, text, size=9, fill=fill, anchor="middle", weight="700")


def _text(x: float, y: float, words: str, *, size: float, fill: str = _INK, weight: str = "", anchor: str = "") -> str:
    more = (f' font-weight="{weight}"' if weight else "") + (f' text-anchor="{anchor}"' if anchor else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}"{more}>{escape(words)}</text>' if words else ""


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, wide: float, *, dash: str = "") -> str:
    more = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{wide}"{more}/>'


def _rect(
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    fill: str,
    stroke: str = "",
    stroke_width: float = 0,
    dash: str = "",
    fill_opacity: float = 1,
) -> str:
    more = f' stroke="{stroke}" stroke-width="{stroke_width}"' if stroke else ""
    more += f' stroke-dasharray="{dash}"' if dash else ""
    more += f' fill-opacity="{fill_opacity}"' if fill_opacity != 1 else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"{more}/>'
