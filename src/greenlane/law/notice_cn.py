"""What does an announcement of a Chinese authority say, in Chinese or in an English rendering?

The authority prints a control code down to a letter (1C902.a), and numbers and letters beneath it (`2.`, `a.`). They are
joined to one code (1C902.a.2.a) only while they count up without a gap under their head and name an element of it; a line
that is out of order is left to a person.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from greenlane.law.notice import Found, NoticeItem, NoticeParty, Reading, Span, leave, left_days, trim
from greenlane.law.notice_codes import FoundCode, Spans, control_codes, customs_codes, narrow
from greenlane.law.notice_dates import FoundDay, days, with_clock
from greenlane.law.notice_words import elements_in, figures_in, form_in

ZONE = "Asia/Shanghai"
_CN = "一二三四五六七八九十"
_MARK = re.compile(
    rf"(?P<section>[{_CN}]{{1,3}}\s*、|[IVX]{{1,5}}\.(?=\s))|(?P<sub>\(\s*(?:[{_CN}]{{1,3}}|[IVX]{{1,5}})\s*\))"
    r"|(?P<number>\d{1,2}\s*[.、](?![\d]))|(?P<letter>[a-z]\s*[.、](?![A-Za-z0-9]))"
)
_BEFORE_MARK = re.compile(r"(?:\A|\n)[ \t]*\Z|[。;:]\s*\Z|\.\s+\Z")
_ITEM_END = re.compile(r"[。；;]|\.(?=\s|\Z)|\n\s*\n|:\s*(?=\n)")
_AGENCIES = {
    "商务部": "MOFCOM", "海关总署": "GAC", "工业和信息化部": "MIIT", "国务院关税税则委员会": "Customs Tariff Commission", "不可靠实体清单工作机制": "MOFCOM (unreliable entity list mechanism)",
    "Ministry of Commerce": "MOFCOM", "MOFCOM": "MOFCOM", "General Administration of Customs": "GAC", "GACC": "GAC", "GAC": "GAC",
}  # fmt: skip
_NUMBER_CN = re.compile(
    r"(?:【发布文号】\s*)?([\u4e00-\u9fff][\u4e00-\u9fff 、和\t]{1,40}?)\s*公告\s*\[?(\d{4})\s*\]?\s*年?\s*第\s*(\d{1,4})\s*号"
)
_NUMBER_EN = (
    re.compile(
        r"(?:([A-Z][A-Za-z,&' ]{3,120}?)[,:]?\s+)?Announcement\s+(?:No\.?|Number)\s*(\d{1,4})\s+of\s+(\d{4})(?:\s+(?:of|by)\s+the\s+([A-Z][A-Za-z&' ]{3,120}))?"
    ),
    re.compile(r"(?:([A-Z][A-Za-z,&' ]{3,120}?)[,:]?\s+)?Announcement\s+(?:\[?(\d{4})\]?)\s+No\.?\s*(\d{1,4})"),
)
_TITLE_WORDS = re.compile(r"决定|公布|Decision|decision|announced?|on (?:the )?(?:implementation|export)", re.IGNORECASE)
_PUBLISHED = re.compile(
    r"(?:【?(?:发文|发布|公布|发文\s*)日期】?|Date of (?:publication|issue)|Published(?: on)?|Issued on)\s*[:\]]?\s*", re.IGNORECASE
)
_AT_ONCE = re.compile(
    r"自(?:公布|发布|印发)之日起(?:正式)?(?:实施|施行|生效|执行)|(?:本公告)?自?即日起(?:正式)?(?:实施|施行|生效|执行)"
    r"|(?:takes?|shall take|comes?|shall come) (?:into )?(?:effect|force) (?:on|from|as of) the date of (?:its )?(?:publication|promulgation|issuance)"
    r"|(?:shall be |is |be )?(?:implemented|effective|in force) (?:as of|from|on|upon) (?:the date of )?(?:its )?(?:publication|promulgation|issuance)"
    r"|effective immediately|with immediate effect",
    re.IGNORECASE,
)  # fmt: skip
_FROM_BEFORE = re.compile(
    r"(?:自|从)\s*\Z|(?:effective|implemented|enforced|in (?:effect|force)|takes? effect|come into (?:effect|force))(?: from| as of| on| since)?(?: and after)?\s*\Z"
    r"|(?:from|as of)\s*\Z",
    re.IGNORECASE,
)
_FROM_AFTER = re.compile(
    r"\A\s*(?:起|之日起)\s*(?:正式)?(?:实施|施行|生效|执行)|\A\s*,?\s*(?:it )?(?:shall|will)?\s*(?:be )?(?:take effect|come into force|implemented)",
    re.IGNORECASE,
)
_PAUSE = re.compile(
    r"暂停实施|暂停执行|停止实施|(?:is|are|shall be) suspended|suspends? (?:the )?(?:implementation|application)|suspension of",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"自?即日起|自?(?:公布|发布)之日起|effective immediately|from (?:now|today)|from the date of publication", re.IGNORECASE
)
_UNTIL_BEFORE = re.compile(r"(?:至|到|until|through|to)\s*\Z", re.IGNORECASE)
_TARGET = re.compile(r"公告\s*\[?(\d{4})\s*\]?\s*年?\s*第\s*(\d{1,4})\s*号|Announcements?\s+(?:No\.?\s*)?(\d{1,4})\s+of\s+(\d{4})")
_EFFECTS = (
    ("prohibited", re.compile(r"禁止[^。;\n]{0,60}出口|不得(?:向[^。;\n]{0,60})?出口[^。;\n]{0,20}(?:两用物项|物项)|prohibited from exporting|(?:is|are|shall be) prohibited|ban(?:s|ned) the export", re.IGNORECASE)),
    ("presumption_of_denial", re.compile(r"原则上不予(?:许可|批准)|in principle[^.;\n]{0,60}not (?:be )?(?:permitted|approved|granted)|presumption of denial", re.IGNORECASE)),
    ("licence_required", re.compile(r"(?:决定)?对[^。;\n]{0,60}实施出口管制|(?:应当|须|必须)[^。\n]{0,120}申请(?:出口)?许可|未经许可[,，]?不得出口|须?(?:必须)?获得[^。;\n]{0,40}许可"
        r"|impose export controls? on|implement export controls? on|shall apply[^.;\n]{0,160}(?:license|licence|permit)|(?:license|licence) (?:is|shall be) required", re.IGNORECASE)),
)  # fmt: skip
_LISTING = re.compile(
    r"列入(?:(?!物项)[^。;\n]){0,24}(?:名单|清单)|(?:added?|includ\w+|plac\w+|list\w*) (?:(?!items)[^.;\n]){0,80}(?:(?:control|entity|watch) list(?! of dual)|unreliable entit)",
    re.IGNORECASE,
)
_SPECIAL = re.compile(r"特殊情况|确需出口|special circumstances", re.IGNORECASE)
_NARROWED = re.compile(
    r"美国|日本|台湾|欧盟|韩国|俄罗斯|特定国家|军事|军队|最终用户|最终用途|用途|United States|\bU\.S\.|Japan|Taiwan|European Union|Korea|military|end[- ]us",
    re.IGNORECASE,
)
_COUNT = re.compile(r"等?\s*(\d{1,3})\s*家|(\d{1,3})\s+(?:U\.?S\.?\s+|American\s+)?(?:entities|companies|firms)", re.IGNORECASE)
_NAMES_BEGIN = re.compile(r"附件|名单\s*[:\n]|Annex|List of", re.IGNORECASE)
_ABROAD = re.compile(r"境外|中国以外|outside (?:of )?(?:the territory of )?China|overseas", re.IGNORECASE)
_EXPORT = re.compile(r"出口经营者|出口上述物项|实施出口管制|export operators?|exporters?|export controls?", re.IGNORECASE)
_PARTY = re.compile(r"([\u4e00-\u9fff·•\w .,&'\-]{2,80}?)\s*\(\s*([A-Z0-9][^\u4e00-\u9fff]{1,160})\)\s*\Z", re.DOTALL)
_LATIN = re.compile(r"[A-Z0-9][A-Za-z0-9 .,&'()/\-]{2,160}\Z")
_IN_LINE = rf"(?:[^。:\n]|\n(?!\s*[({_CN}\dIVXa-z]))"  # a sentence may be cut by a line break, but not by a line that counts
_KNOWN = tuple(
    re.compile(words.replace("(?:~)", _IN_LINE), re.IGNORECASE | re.MULTILINE)
    for words in (
        r"根据《(?:~){0,400}?(?:规定|条例)(?:~){0,400}[。:]",
        r"(?:In accordance with|According to|Pursuant to)\s(?:~){0,700}?(?:Regulations?|Law|Items)(?:~){0,400}[.:]",
        r"出口经营者(?:在)?出口(?:~){0,40}(?:应当|须)(?:~){0,300}申请(?:~){0,40}许可(?:~){0,80}。",
        r"Export operators? (?:who |that )?export\w*(?:~){0,80}shall(?:~){0,300}?\.",
        r"(?:(?<=[。\n])|\A)[^。\n]{0,80}报关(?:~){0,60}备注栏(?:~){0,300}。(?:[^。\n]{0,80}质疑(?:~){0,200}。)?",
        r"(?:(?<=[.\n])|\A)[^.\n]{0,120}(?:customs declaration|declar\w+ to (?:the )?customs|remarks column)(?:~){0,300}?\.",
        r"(?:(?<=[。\n])|\A)(?:[^。\n]{0,60}(?:同步|相应|予以)[^。\n]{0,20}(?:更新|调整)[^。\n]{0,60}(?:清单)[^。]{0,60}。|[^。\n]{0,60}清单》?[^。\n]{0,40}(?:同步|相应|予以)(?:更新|调整)。)",
        r"(?:(?<=[.\n])|\A)[^.\n]{0,120}Export Control List[^.\n]{0,60}(?:updated|adjusted)[^.\n]{0,60}\.",
        r"【(?:发布单位|发布文号|发文日期)】[^\n]*|\[(?:Issuing|Issuer|Release|Date)[^\]\n]*\][^\n]*",
        r"^[ \t]*(?:附件|Annex)[^\n]{0,40}$",
        r"来源:[^\n]*|类型:[^\n]*|Source:[^\n]*",
        rf"^[ \t]*(?:(?:{'|'.join(map(re.escape, _AGENCIES))})[ \t、和]{{0,4}}){{1,6}}$",
        rf"(?:[{_CN}]{{1,3}}\s*、|[IVX]{{1,5}}\.\s)[^。\n]{{0,40}}?(?:相关物项|items)\s*(?=\n|\()",
    )
)  # fmt: skip


def read_announcement(text: str) -> Reading:
    """Read an announcement. The text is the source as given; spans count in it."""
    reading = Reading(narrow(text), "cn")
    faulty = _read_days(reading)
    _read_head(reading)
    _read_effects(reading)
    segments = list(_segments(reading.text))
    _read_items(reading, segments)
    is_listing = any(one.value == "listing" for one in reading.effects) and not reading.items
    if not is_listing:
        reading.effects = [one for one in reading.effects if one.value != "listing"]
    else:
        reading.kind = "listing"
        reading.effects = [one for one in reading.effects if one.value not in ("listing", "licence_required")]
        _read_parties(reading, segments)
    _read_pause(reading)
    _read_scope(reading)
    for known in _KNOWN:
        for one in known.finditer(reading.text):
            reading.cover(one.start(), one.end())
    for day in faulty:
        reading.miss(day.start, day.end, "a day that is none, or with letters among its digits")
    _left_codes(reading)
    left_days(reading, [(one.start, one.end, one.day.isoformat()) for one in days(reading.text) if one.day is not None])
    leave(reading, "no key holds this")
    return reading


def _left_codes(reading: Reading) -> None:
    """No code is passed over: one that is neither drafted nor mentioned nor unread stands in a line that could not be joined."""
    spans = [span for item in reading.items for span in (*item.code.spans, *(span for code in item.customs for span in code.spans))]
    spans += [span for one in reading.mentions for span in one.spans] + [(one.start, one.end) for one in reading.unread]
    known = Spans(spans)
    for code in (*control_codes(reading.text), *customs_codes(reading.text)):
        if not known.meets(code.start, code.start + 1):
            reading.miss(code.start, code.end, "a code in a line that belongs to no item")


# --- head and days --------------------------------------------------------------------------------------------------


def _read_head(reading: Reading) -> None:
    text = reading.text
    chinese = _NUMBER_CN.search(text)
    if chinese is not None:
        issuers = [name for name in re.split(r"[\s、和]+", chinese[1].strip()) if name]
        words = " and ".join(dict.fromkeys(_AGENCIES.get(name, name) for name in issuers))
        _number(reading, words, chinese[2], chinese[3], chinese.span(), chinese.span(1), "商务部" in issuers)
    else:
        for pattern, (year_at, number_at) in zip(_NUMBER_EN, ((3, 2), (2, 3)), strict=True):
            english = pattern.search(text)
            if english is not None:
                given = (english[4] if pattern.groups > 3 else None) or english[1] or ""
                names = [short for name, short in _AGENCIES.items() if re.search(rf"\b{name}\b", given)]
                words = " and ".join(dict.fromkeys(names)) or " ".join(given.split())
                span = english.span(4) if pattern.groups > 3 and english[4] else english.span(1) if english[1] else english.span()
                _number(reading, words, english[year_at], english[number_at], english.span(), span, "MOFCOM" in names)
                break
    for line in re.finditer(r"[^\n]+", text):
        inside = line[0].strip()
        if 6 <= len(inside) <= 200 and _TITLE_WORDS.search(inside) and not re.search(r"[。;]|根据|In accordance", inside):
            start, end = trim(text, *line.span())
            after = (
                reading.number.spans[0][1] if reading.number is not None and start <= reading.number.spans[0][0] < end else start
            )
            start, end = trim(text, after if after < end - 4 else start, end)
            reading.title = Found(" ".join(text[start:end].split()), ((start, end),))
            reading.cover(*line.span())
            break


def _number(reading: Reading, issuer: str, year: str, number: str, span: Span, issuer_span: Span, ministry: bool) -> None:
    issuer_text = reading.text[issuer_span[0] : issuer_span[1]].strip()
    if issuer:
        reading.issuer = Found(issuer, (trim(reading.text, *issuer_span),))
        for one in re.finditer(rf"^[ \t]*{re.escape(issuer_text)}[ \t]*$", reading.text, re.MULTILINE):
            reading.cover(*one.span())
    reading.number = Found(f"Announcement {int(number)} of {year}", (trim(reading.text, *span),))
    reading.id = f"cn-{year}-{int(number):03d}" if ministry else f"cn-other-{year}-{int(number):03d}"
    line_end = reading.text.find("\n", span[1])
    reading.cover(span[0], span[1])
    if line_end >= 0 and not reading.text[span[1] : line_end].strip():
        reading.cover(span[1], line_end)


def _read_days(reading: Reading) -> list[FoundDay]:
    text, found = reading.text, [with_clock(reading.text, one, ZONE) for one in days(reading.text)]
    good = [one for one in found if one.day is not None]
    published = [
        one
        for one in good
        if _PUBLISHED.search(text[max(0, one.start - 40) : one.start].rstrip(" \t[") + " ") and _labelled(text, one)
    ]
    alone = [one for one in good if _stands_alone(text, one)]
    chosen = {one.text for one in published} or {one.text for one in alone[-1:]}
    if len(chosen) == 1:
        first = next(one for one in (published or alone[-1:]) if one.text in chosen)
        reading.published = Found(first.text, ((first.start, first.end),))
        for one in (*published, *alone):
            if one.text == first.text:
                reading.cover(text.rfind("\n", 0, one.start) + 1, one.end)
    for one in good:
        before, after = text[max(0, one.start - 60) : one.start], text[one.end : one.end + 60]
        if _UNTIL_BEFORE.search(before):
            continue
        if _FROM_AFTER.match(after) or (
            _FROM_BEFORE.search(before) and not before.rstrip().endswith(("from", "as of", "自", "从"))
        ):
            reading.effective.append(Found(one.text, ((one.start, one.end),)))
            reading.cover(*_sentence(text, one.start, one.end))
    for at_once in _AT_ONCE.finditer(text):
        span = at_once.span()
        reading.cover(*_sentence(text, *span))
        if reading.published is not None:
            reading.effective.append(
                Found(reading.published.value, (span, *reading.published.spans), "in force from the day of publication")
            )
        else:
            reading.ask("in_force", "it holds from the day of publication, and that day was not found")
    return [one for one in found if one.day is None]


def _labelled(text: str, one: FoundDay) -> bool:
    line = text.rfind("\n", 0, one.start) + 1
    found = _PUBLISHED.search(text, line, one.start)
    return found is not None and not text[found.end() : one.start].strip(" \t:[]】")


def _stands_alone(text: str, one: FoundDay) -> bool:
    """A day on a line of its own, as under a signature or a headline (an hour may stand behind it)."""
    line = text.rfind("\n", 0, one.start) + 1
    end = text.find("\n", one.end)
    rest = text[line : one.start] + text[one.end : len(text) if end < 0 else end]
    return not re.sub(r"\d{1,2}:\d{2}(?::\d{2})?", "", rest).strip()


def _sentence(text: str, start: int, end: int) -> Span:
    begin = max(text.rfind(sign, 0, start) for sign in "。;\n") + 1
    ends = [at for at in (text.find("。", end), text.find("\n", end)) if at >= 0]
    return begin, min(ends) + 1 if ends else len(text)


def _read_effects(reading: Reading) -> None:
    text = reading.text
    for one in _LISTING.finditer(text):
        reading.effects.append(Found("listing", (one.span(),)))
        reading.cover(*_sentence(text, *one.span()))
    is_listing = bool(reading.effects)
    for effect, pattern in _EFFECTS:
        for one in pattern.finditer(text):
            begin, end = _sentence(text, *one.span())
            named = _NARROWED.search(text, begin, end)
            if named is not None and not is_listing:
                reading.ask(
                    "when", f"the sentence of the effect names `{' '.join(named[0].split())}`: say which way or use it means"
                )
            if not _SPECIAL.search(text, begin, end):
                reading.effects.append(Found(effect, (one.span(),)))
                reading.cover(begin, end)


def _read_scope(reading: Reading) -> None:
    text = reading.text
    abroad = _ABROAD.search(text)
    if reading.kind == "pause":
        return
    if abroad is not None:
        reading.ask(
            "when", f"the text speaks of what happens outside of China (`{' '.join(abroad[0].split())}`): say whom it binds"
        )
    elif _EXPORT.search(text) is not None:
        reading.scope = {"activity": ["export"], "ship_from": ["CN"]}


def _read_pause(reading: Reading) -> None:
    text = reading.text
    pauses = list(_PAUSE.finditer(text))
    if not pauses:
        return
    own = reading.number.spans[0] if reading.number is not None else (-1, -1)
    for one in _TARGET.finditer(text):
        if own[0] <= one.start() < own[1]:
            continue
        year, number = (one[1], one[2]) if one[1] else (one[4], one[3])
        name = f"cn-{year}-{int(number):03d}"
        if name not in {target.value for target in reading.suspends}:
            reading.suspends.append(Found(name, (one.span(),)))
        reading.cover(*_sentence(text, *one.span()))
    if not reading.suspends:
        return
    reading.kind = "pause"
    for found in pauses:
        begin, end = _sentence(text, *found.span())
        reading.cover(begin, end)
        _pause_days(reading, begin, end)


def _pause_days(reading: Reading, begin: int, end: int) -> None:
    """The days in a sentence that pauses something."""
    text = reading.text
    for day in days(text):
        if day.day is not None and begin <= day.start < end:
            before = text[max(0, day.start - 12) : day.start]
            if _UNTIL_BEFORE.search(before):
                reading.until = Found(day.text, ((day.start, day.end),))
            elif re.search(r"(?:自|从|from)\s*\Z", before):
                _begins(reading, day.text, ((day.start, day.end),), "")
    now = _NOW.search(text, begin, end)
    if now is not None and reading.published is not None:
        _begins(reading, reading.published.value, (now.span(), *reading.published.spans), "from the day of publication")


def _begins(reading: Reading, day: str, spans: tuple[Span, ...], marked: str) -> None:
    if day not in {one.value for one in reading.effective}:
        reading.effective.append(Found(day, spans, marked))


# --- items ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Segment:
    """A marker (or a control code at the head of a line) with the text up to the next."""

    kind: str  # section sub number letter code
    start: int
    begin: int  # where its words begin
    end: int
    label: str
    code: FoundCode | None = None
    words_end: int = 0


@dataclass(slots=True)
class _Node:
    segment: _Segment
    label: str
    spans: list[Span]
    words: str
    children: list[_Node] = field(default_factory=list)
    is_phantom: bool = False
    customs: list[Found] = field(default_factory=list)


def _segments(text: str) -> Iterator[_Segment]:
    codes = {one.start: one for one in control_codes(text)}
    marks: list[_Segment] = []
    at = 0
    for one in _MARK.finditer(text):
        if one.start() < at or not _BEFORE_MARK.search(text[max(0, one.start() - 24) : one.start()]):
            continue
        kind = str(one.lastgroup)
        label = re.sub(r"\W", "", one[0])
        marks.append(_Segment(kind, one.start(), one.end(), len(text), label))
        at = one.end()
    behind = {re.compile(r"\s*").match(text, mark.begin).end(): mark for mark in marks}  # type: ignore[union-attr]
    for start, code in codes.items():
        heads = start in behind or _BEFORE_MARK.search(text[max(0, start - 24) : start])
        if heads and not re.match(r"\s*(?:项|中|所|to\b|or\b|and\b)", text[code.end : code.end + 6]):
            marks.append(_Segment("code", start, code.end, len(text), code.value, code))
    marks.sort(key=lambda one: one.start)
    for mark, after in zip(marks, [*marks[1:], None], strict=False):
        mark.end = len(text) if after is None else after.start
        mark.words_end = _words_end(text, mark.begin, mark.end)
        yield mark


def _words_end(text: str, start: int, end: int) -> int:
    """Where the words of an item end: at a full stop or semicolon outside brackets, or at an empty line."""
    depth = 0
    for at in range(start, end):
        sign = text[at]
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth = max(0, depth - 1)
        elif depth == 0 or sign == "\n":
            stop = _ITEM_END.match(text, at, end)
            if stop is not None and (depth == 0 or stop[0].count("\n") > 1):
                return stop.end()
    return end


def _read_items(reading: Reading, segments: list[_Segment]) -> None:
    text = reading.text
    customs = customs_codes(text)
    starts = [one.start for one in customs]
    used: set[int] = set()
    heads: list[_Node] = []
    chain: list[_Node] = []
    for segment in segments:
        if segment.kind in ("section", "sub"):
            reading.cover(segment.start, segment.begin)
            chain = []
            continue
        node = _Node(segment, segment.label, [(segment.start, segment.begin)], _words(text, segment))
        for code in customs[bisect_left(starts, segment.begin) :]:
            if code.start >= max(segment.words_end, segment.begin):
                break
            used.add(code.start)
            if code.is_faulty:
                reading.miss(code.start, code.end, f"a faulty customs code: {code.hint}")
            else:
                node.customs.append(Found(code.value, ((code.start, code.end),), code.marked))
        if segment.kind == "code":
            assert segment.code is not None
            if not segment.code.is_faulty and text[segment.code.end : segment.code.end + 1] == ".":
                reading.miss(segment.start, segment.words_end, "a faulty control code: it ends with a dot, a letter may be missing")
                node.is_phantom = True
            elif segment.code.is_faulty:
                reading.miss(segment.start, segment.words_end, f"a faulty control code: {segment.code.hint}")
                node.is_phantom = True
            node.spans = [(segment.code.start, segment.code.end)]
            heads.append(node)
            chain = [node]
        elif chain:
            chain = _attach(reading, chain, node)
    for head in heads:
        if not head.is_phantom:
            _gather(reading, head, [], [])
    labels = [one.label for one in heads if not one.is_phantom]
    for label in dict.fromkeys(one for one in labels if labels.count(one) > 1):
        reading.ask("measures", f"{label} heads two items; if the text is in two languages, draft it from one of them alone")
    _mentions(reading, {(one.segment.start) for one in heads})
    for code in customs:
        if code.start not in used and not _is_in_parties(reading, code):
            why = f"a faulty customs code: {code.hint}" if code.is_faulty else "a customs code that stands in no item"
            reading.miss(code.start, code.end, why)


def _is_in_parties(reading: Reading, code: FoundCode) -> bool:
    return any(start <= code.start < end for party in reading.parties for start, end in party.name.spans)


def _words(text: str, segment: _Segment) -> str:
    """The words of an item without its customs codes."""
    raw = text[segment.begin : segment.words_end]
    raw = re.sub(
        r"\((?:(?!\)).)*?(?:编\s*号|编\s*码|税\s*则|税\s*号|(?i:customs|HS code|tariff))(?:(?!\)).)*\)?", "", raw, flags=re.DOTALL
    )
    raw = re.sub(r"(?<=[\u4e00-\u9fff、,])\s+(?=[\u4e00-\u9fff])", "", raw)
    return " ".join(raw.split()).strip(" 。;:.；：")


def _ordinal(node: _Node) -> int:
    return int(node.label) if node.label.isdigit() else ord(node.label) - ord("a") + 1


def _attach(reading: Reading, chain: list[_Node], node: _Node) -> list[_Node]:
    """Put a numbered or lettered line where it counts on; a line that counts on nowhere is a phantom, with all beneath it."""
    kind = node.segment.kind
    fits = [depth for depth, one in enumerate(chain) if ("letter" if one.label[-1:].isdigit() else "number") == kind]
    if not fits:
        return _lose(reading, chain, len(chain) - 1, node, "a line that belongs to no code")
    counts_on = [depth for depth in fits if _ordinal(node) == _last(chain[depth]) + 1 and _opens(reading.text, chain[depth])]
    if not counts_on:
        depth = max((one for one in fits if chain[one].children), default=fits[-1])
        return _lose(reading, chain, depth, node, f"out of order: `{node.label}` after `{_last_label(chain[depth])}`")
    depth = counts_on[-1]
    parent = chain[depth]
    if parent.is_phantom or any(one.is_phantom for one in parent.children):
        return _lose(reading, chain, depth, node, "a line beneath or behind one that could not be read")
    if not _agrees(chain[: depth + 1], node):
        why = f"the line names another element or form than `{parent.words[:40]}`, under which it stands"
        return _lose(reading, chain, depth, node, why)
    parent.children.append(node)
    return [*chain[: depth + 1], node]


def _lose(reading: Reading, chain: list[_Node], depth: int, node: _Node, why: str) -> list[_Node]:
    """Leave a line to a person; what stands beneath or behind it is then not read either."""
    node.is_phantom = True
    chain[depth].children.append(node)
    reading.miss(node.segment.start, node.segment.words_end, why)
    reading.ask("measures", f"`{_short(reading.text, node.segment)}` could not be joined to a code")
    return [*chain[: depth + 1], node]


def _last(node: _Node) -> int:
    return _ordinal(node.children[-1]) if node.children else 0


def _last_label(node: _Node) -> str:
    return node.children[-1].label if node.children else "nothing"


def _opens(text: str, node: _Node) -> bool:
    """Whether a line announces others beneath it, or already has some: `2. Alloys that contain samarium:`."""
    return bool(node.children) or text[node.segment.begin : node.segment.words_end].rstrip().endswith(":")


def _short(text: str, segment: _Segment) -> str:
    return " ".join(text[segment.start : segment.words_end].split())[:60]


def _agrees(above: list[_Node], node: _Node) -> bool:
    """Whether a line names an element of what stands above it, and under a line with a form that same form."""
    mine = set(elements_in(node.words))
    for parent in reversed(above):
        theirs = set(elements_in(parent.words))
        if theirs:
            if mine and not mine & theirs:
                return False
            break
    if len(above) > 1 and (form := form_in(above[-1].words)) and (own := form_in(node.words)):
        return form == own
    return True


def _gather(reading: Reading, node: _Node, above: list[_Node], inherited: list[Found]) -> None:
    """The lines at the ends of the tree are the items; customs codes of a line hold for those beneath it."""
    if node.is_phantom:
        return
    segment = node.segment
    reading.cover(segment.start, segment.words_end)
    customs = node.customs or inherited
    path = [*above, node]
    good = [one for one in node.children if not one.is_phantom]
    for one in good:
        _gather(reading, one, path, customs)
    if good:
        return
    if node.children and above:
        return  # its lines could not be read; the line itself is not the item
    code = ".".join(one.label for one in path)
    spans = tuple(span for one in path for span in one.spans)
    marks = [one.segment.code.marked for one in path[:1] if one.segment.code is not None and one.segment.code.marked]
    if len(path) > 1:
        marks.append("joined from the head and its numbering")
    words = node.words or next((one.words for one in reversed(above) if one.words), "")
    told = " ".join(one.words for one in path)
    reading.items.append(
        NoticeItem(Found(code, spans, "; ".join(marks)), words, tuple(customs), elements_in(told), figures_in(node.words))
    )


def _mentions(reading: Reading, heads: set[int]) -> None:
    """Codes within the words: they head no item. One that no item lies at or under is left to a person."""
    drafted = [one.code.value for one in reading.items]
    for code in control_codes(reading.text):
        if code.start in heads:
            continue
        if code.is_faulty:
            reading.miss(code.start, code.end, f"a faulty control code: {code.hint}")
            continue
        reading.mentions.append(Found(code.value, ((code.start, code.end),), code.marked))
        if not any(one == code.value or one.startswith(f"{code.value}.") for one in drafted):
            reading.miss(code.start, code.end, "a control code that heads no item")


# --- parties --------------------------------------------------------------------------------------------------------


def _read_parties(reading: Reading, segments: list[_Segment]) -> None:
    text = reading.text
    begin = next((one.end() for one in _NAMES_BEGIN.finditer(text)), None)
    expected = [int(one[1] or one[2]) for one in _COUNT.finditer(text)]
    last = 0
    for segment in segments:
        if segment.kind != "number":
            continue
        line_end = text.find("\n", segment.begin)
        end = min(segment.end, len(text) if line_end < 0 else line_end)
        words = " ".join(text[segment.begin : end].split()).strip(" 。;")
        both = _PARTY.match(words)
        latin = _LATIN.match(words) if begin is not None and segment.start >= begin else None
        if both is None and latin is None:
            continue
        start, stop = trim(text, segment.begin, end)
        name, also = (both[2].strip(), (both[1].strip(),)) if both is not None else (words, ())
        if int(segment.label) != last + 1:
            reading.ask("measures", f"the list counts {segment.label} after {last}: a name may be missing")
        last = int(segment.label)
        reading.parties.append(NoticeParty(Found(name, ((start, stop),)), also))
        reading.cover(segment.start, stop)
    if not reading.parties:
        reading.ask("measures", "the notice lists parties, and none of its names could be read")
    elif expected and len(reading.parties) not in expected:
        reading.ask("measures", f"the notice speaks of {expected[0]} parties, {len(reading.parties)} were read")
