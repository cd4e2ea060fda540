"""What does a passage of the Federal Register or of the Code of Federal Regulations say?

Three shapes are read: additions to the Entity List (rows of a table, cells split by `|`), entries of the control list with
their paragraphs, and headings of chapter 99 with the rate they add. All else stays unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from greenlane.law.notice import Found, NoticeDuty, NoticeItem, NoticeParty, Reading, Span, leave, left_days, trim
from greenlane.law.notice_codes import Spans, control_codes, customs_codes, narrow
from greenlane.law.notice_dates import FoundDay, days, with_clock
from greenlane.law.notice_words import elements_in, figures_in

ZONE = "America/New_York"
_MARKS = re.compile(
    r"Federal Register|\b15 CFR\b|Bureau of Industry and Security|Harmonized Tariff Schedule of the United States|\bHTSUS\b"
    r"|Executive Order \d{5}|Proclamation \d{4,5}|United States Trade Representative",
    re.IGNORECASE,
)
_NUMBERS = (
    (re.compile(r"FR Doc\.?\s*(?:No\.?\s*)?:?\s*(\d{4})-(\d{4,6})"), "FR Doc. {0}-{1}", "us-fr-{0}-{1}"),
    (re.compile(r"Executive Order (\d{5})"), "Executive Order {0}", "us-eo-{0}"),
    (re.compile(r"Proclamation (?:No\. )?(\d{4,5})"), "Proclamation {0}", "us-proc-{0}"),
    (re.compile(r"(?i:\b15 CFR (?:part )?|§\s*)(\d{3})(?:\.(\d{1,3}))?"), "15 CFR {0}", "us-cfr-{0}"),
)
_AGENCIES = (
    ("Bureau of Industry and Security", re.compile(r"Bureau of Industry and Security|\bBIS\b", re.IGNORECASE)),
    ("Office of the United States Trade Representative", re.compile(r"United States Trade Representative|\bUSTR\b", re.IGNORECASE)),
    ("U.S. Customs and Border Protection", re.compile(r"Customs and Border Protection", re.IGNORECASE)),
    ("President of the United States", re.compile(r"Executive Order|Proclamation|By the President", re.IGNORECASE)),
)
_PUBLISHED_BEFORE = re.compile(r"Federal Register\s*(?:/\s*Vol\.|Volume)[^\n]{0,80}\Z", re.IGNORECASE)
_EFFECTIVE_BEFORE = re.compile(
    r"(?:effective(?: date)?(?: is| of)?|takes? effect|in effect|on or after)\s*(?:on|as of|from|:)?\s*\Z", re.IGNORECASE
)
_AGENCY_LINE = re.compile(r"^AGENCY:", re.MULTILINE)
_HEAD_LINE = re.compile(r"^(?:AGENCY|ACTION|SUMMARY|DATES|FOR FURTHER|SUPPLEMENTARY|\[?Docket|RIN|BILLING|\[)", re.IGNORECASE)
_ALL_ITEMS = re.compile(r"items subject to the EAR", re.IGNORECASE)
_POLICY = re.compile(r"denial|case[- ]by[- ]case|§\s*744", re.IGNORECASE)
_FIRM = r"(?:Co\.,? ?Ltd\.?|Ltd\.?|Limited|Inc\.?|LLC|L\.L\.C\.|Corp\.?|Corporation|GmbH|B\.V\.|S\.A\.)"
_BODY = (
    r"(?:Company|University|Institutes?|Cent(?:er|re)|Laborator(?:y|ies)|Group|Academy|Technology|Technologies|Bureau|Association)"
)
_NAMES = (re.compile(rf"(.+?{_FIRM})(?=[,;.]?\s|[,;.]?\Z)"), re.compile(rf"(.+?{_BODY})(?=[,;.]|\Z)"))
_ADDRESS = re.compile(r"[,.]\s+(?=\d|No\.|Room|Floor|Building|Unit|Block)")
_ALIASES = re.compile(r",?\s*a\.k\.a\.,?\s*(?:the following [a-z]+ alias(?:es)?\s*:)?\s*", re.IGNORECASE)
_ENTRY = re.compile(r"^[ \t]*(?:ECCN[ \t]+)?(?=[0-9][A-E][0-9]{3}\b)", re.MULTILINE)
_PARAGRAPH = re.compile(r"^[ \t]*([a-z](?:\.(?:\d{1,2}|[a-z]))*)\.[ \t]+(?=\S)", re.MULTILINE)
_THROUGH = re.compile(r"through ([a-z](?:\.[a-z0-9]{1,2})*)\.?\s*\[?reserved", re.IGNORECASE)
_STARS = re.compile(r"^[ \t]*\*(?:[ \t]*\*){2,}[ \t]*$", re.MULTILINE)
_ENTRY_END = re.compile(
    r"^[ \t]*(?:\d{1,2}\. |BILLING CODE|\[FR Doc|Dated:|PART \d+|Supplement No|\*{3})|^[A-Z][a-z]+ [A-Z]\. [A-Z][a-z]+,$",
    re.MULTILINE,
)
_CONTROLS = re.compile(r"Reason for Control:[^\n]*|License Requirements?\b[^\n]*|a license is required[^.\n]*", re.IGNORECASE)
_HEADING = re.compile(r"(?<![\d.])9903\.\d{2}\.\d{2}(?![\d.]\d)")
_RATE = (
    re.compile(r"applicable (?:sub)?heading\s*\+\s*(\d{1,3}(?:\.\d+)?)\s*(?:%|percent)", re.IGNORECASE),
    re.compile(
        r"(?:deleting|striking|removing)\s*['\"]?\d{1,3}(?:\.\d+)?\s*(?:%|percent)['\"]?[^.]{0,60}?insert\w*\s*['\"]?(\d{1,3}(?:\.\d+)?)\s*(?:%|percent)",
        re.IGNORECASE,
    ),
    re.compile(r"additional (?:ad valorem )?(?:rate of )?(?:duty|duties) of (\d{1,3}(?:\.\d+)?)\s*(?:%|percent)", re.IGNORECASE),
    re.compile(r"(\d{1,3}(?:\.\d+)?)\s*(?:%|percent) ad valorem", re.IGNORECASE),
)
_COUNTRIES = {"China": "CN", "Hong Kong": "HK", "Macau": "MO", "Macao": "MO", "Canada": "CA", "Mexico": "MX", "Japan": "JP", "Korea": "KR",
              "Taiwan": "TW", "Vietnam": "VN", "Viet Nam": "VN", "India": "IN"}  # fmt: skip
_OF = re.compile(
    r"(?:products?|articles? the (?:product|growth)|imports|goods|originating) (?:of|in|from) ([A-Z][^.;|]{2,100})", re.IGNORECASE
)
_ANY_COUNTRY = re.compile(r"\b(?:any|all|every) countr", re.IGNORECASE)
_KNOWN = tuple(
    re.compile(words, re.IGNORECASE | re.MULTILINE)
    for words in (
        r"^\[?(?:Federal Register|Docket No|RIN|FR Doc)[^\n]*$",
        r"^(?:DEPARTMENT OF COMMERCE|Bureau of Industry and Security|OFFICE OF THE UNITED STATES TRADE REPRESENTATIVE)\.?[ \t]*$",
        r"^(?:AGENCY|ACTION|BILLING CODE):?[^\n]*$",
        r"^15 CFR Parts? [\d, and]+$",
        r"^(?:Bureau of Industry and Security, Department of Commerce|Office of the United States Trade Representative|Final rule|Notice)\.?$",
        r"^(?:DATES|SUMMARY|Items|Country|Entity|License requirement|License review policy|Federal Register citation):?[ \t]*$",
        r"^[A-Z][A-Z,' ]{2,40}$",
        r"^[ \t]*Country[ \t]*\|[^\n]*$",
        r"^[ \t]*Heading/?[^\n]*\|[^\n]*$",
        r"^[ \t]*\*(?:[ \t]*\*){2,}[ \t]*$",
    )
)


def is_american(text: str) -> bool:
    """Whether a text has the marks of the Federal Register or of the Code of Federal Regulations."""
    return _MARKS.search(text) is not None


def read_passage(text: str) -> Reading:
    """Read a passage. The text is the source as given; spans count in it."""
    reading = Reading(narrow(text), "us", kind="rule")
    _read_head(reading)
    _read_days(reading)
    _read_parties(reading)
    _read_duties(reading)
    _read_entries(reading)
    for one in _CONTROLS.finditer(reading.text) if reading.items else ():
        reading.effects.append(Found("licence_required", (one.span(),)))
        reading.cover(*one.span())
    if reading.items:
        reading.ask("when", "say for which destinations and activities the reasons for control ask for a licence")
    _left_codes(reading)
    left_days(reading, [(one.start, one.end, one.day.isoformat()) for one in days(reading.text) if one.day is not None])
    for known in _KNOWN:
        for one in known.finditer(reading.text):
            reading.cover(*one.span())
    leave(reading, "no key holds this")
    return reading


def _read_head(reading: Reading) -> None:
    text = reading.text
    for pattern, shown, name in _NUMBERS:
        found = pattern.search(text)
        if found is not None:
            parts = [part or "" for part in found.groups()]
            reading.number = Found(shown.format(*parts) + (f".{parts[1]}" if "CFR" in shown and parts[1] else ""), (found.span(),))
            reading.id = name.format(*parts)
            reading.cover(*found.span())
            break
    for issuer, pattern in _AGENCIES:
        found = pattern.search(text)
        if found is not None:
            reading.issuer = Found(issuer, (found.span(),))
            break
    agency = _AGENCY_LINE.search(text)
    if agency is None:
        return
    lines = [
        one for one in re.finditer(r"[^\n]+", text[: agency.start()]) if one[0].strip() and not _HEAD_LINE.match(one[0].strip())
    ]
    if lines:
        start, end = trim(text, *lines[-1].span())
        reading.title = Found(" ".join(text[start:end].split()), ((start, end),))
        reading.cover(start, end)


def _read_days(reading: Reading) -> None:
    text = reading.text
    for one in (with_clock(text, found, ZONE) for found in days(text)):
        if one.day is None:
            reading.miss(one.start, one.end, "a day that is none")
        elif _PUBLISHED_BEFORE.search(text[max(0, one.start - 140) : one.start]) and reading.published is None:
            reading.published = Found(one.text, ((one.start, one.end),))
            reading.cover(*_line(text, one))
        elif _EFFECTIVE_BEFORE.search(text[max(0, one.start - 40) : one.start].replace("\n", " ")) and one.text not in {
            known.value for known in reading.effective
        }:
            reading.effective.append(Found(one.text, ((one.start, one.end),)))
            reading.cover(*_line(text, one))


def _line(text: str, one: FoundDay) -> Span:
    end = text.find("\n", one.end)
    return text.rfind("\n", 0, one.start) + 1, len(text) if end < 0 else end


# --- the Entity List ------------------------------------------------------------------------------------------------


def _cells(text: str) -> Iterator[list[tuple[str, int, int]]]:
    """The rows of tables: cells split by `|`, each with its span."""
    for line in re.finditer(r"[^\n]+", text):
        if line[0].count("|") < 2:
            continue
        cells, at = [], line.start()
        for part in line[0].split("|"):
            start, end = trim(text, at, at + len(part))
            cells.append((text[start:end], start, end))
            at += len(part) + 1
        yield cells


def _read_parties(reading: Reading) -> None:
    for cells in _cells(reading.text):
        wanted = next((at for at, cell in enumerate(cells) if at and _ALL_ITEMS.search(cell[0])), None)
        if wanted is None:
            continue
        policy = next((cell[0] for cell in cells[wanted + 1 :] if _POLICY.search(cell[0])), "")
        entry, start, end = cells[wanted - 1]
        name, also = _entity(entry)
        if not name:
            reading.miss(start, end, "an entry whose name cannot be told from its address")
            reading.ask("measures", f"an entry whose name could not be read: {entry[:60]}")
            continue
        reading.kind = "listing"
        span = (start, start + len(name))
        reading.parties.append(NoticeParty(Found(name, (span,)), also, _plain(cells[wanted][0]), _plain(policy)))
        reading.cover(cells[0][1], cells[-1][2])
    if reading.parties:
        reading.effects.append(Found("licence_required", reading.parties[0].name.spans))


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(".")


def _entity(entry: str) -> tuple[str, tuple[str, ...]]:
    """The name of an entry and its other names; no name where it cannot be told from the address."""
    split = _ALIASES.search(entry)
    if split is not None:
        name = entry[: split.start()].rstrip(", ")
        rest = entry[split.end() :]
        parts = [part.strip(" ;,") for part in re.split(r"—|--|;\s*(?:and\s+)?", rest)]
        parts = [re.sub(r"\s*;?\s*and$", "", part).strip() for part in parts if part]
        if not parts:
            return name, ()
        parts[-1] = _name_in(parts[-1]) or parts[-1].split(". ")[0].rstrip(".")
        return name, tuple(part if re.search(rf"{_FIRM}\Z", part) else part.rstrip(".") for part in parts if part)
    return _name_in(entry), ()


def _name_in(text: str) -> str:
    """The name at the head of a text, up to the word that says what sort of firm or body it is; empty if there is none."""
    address = _ADDRESS.search(text)
    head = text if address is None else text[: address.start() + 1]
    return next((found[1] for pattern in _NAMES if (found := pattern.match(head)) is not None), "")


# --- the control list -----------------------------------------------------------------------------------------------


def _read_entries(reading: Reading) -> None:
    text = reading.text
    codes = {one.start: one for one in control_codes(text) if not one.is_faulty}
    heads = [codes[one.end()] for one in _ENTRY.finditer(text) if one.end() in codes]
    for head, after in zip(heads, [*heads[1:], None], strict=False):
        stop = _ENTRY_END.search(text, head.end)
        end = min(len(text) if after is None else after.start, len(text) if stop is None else stop.start())
        line_end = text.find("\n", head.end)
        words = _plain(text[head.end : min(end, len(text) if line_end < 0 else line_end)]).strip(" .:—-")
        if len(words) < 4 and after is not None and after.start - head.end < 4:
            continue
        reading.cover(head.start, head.end + max(0, (line_end if line_end >= 0 else end) - head.end))
        _paragraphs(reading, head.value, (head.start, head.end), words, head.end, end, head.marked)


def _paragraphs(reading: Reading, code: str, at: Span, words: str, start: int, end: int, marked: str) -> None:
    """The paragraphs of an entry; each must count on from the one before, unless stars say that some are left out."""
    text = reading.text
    marks = list(_PARAGRAPH.finditer(text, start, end))
    rows: list[tuple[tuple[str, ...], Span, Span, str]] = []
    last: tuple[str, ...] = ()
    before = start
    for one, after in zip(marks, [*marks[1:], None], strict=False):
        stop = end if after is None else after.start()
        blank = re.compile(r"\n\s*\n|\n[ \t]*\*").search(text, one.end(), stop)
        stop = stop if blank is None else blank.start()
        path = tuple(one[1].split("."))
        if not _counts_on(last, path, _STARS.search(text, before, one.start()) is not None):
            why = f"paragraph `{one[1]}` does not count on from `{'.'.join(last) or 'the head'}`"
            reading.miss(one.start(), stop, why)
            reading.ask("measures", f"{code}: {why}")
            before = stop
            continue
        rows.append((path, one.span(1), (one.start(), stop), _plain(text[one.end() : stop])))
        through = _THROUGH.match(rows[-1][3])
        last, before = path if through is None else (*path[:-1], through[1].rpartition(".")[2]), stop
    leaves = [row for row in rows if not any(other[0][: len(row[0])] == row[0] and other[0] != row[0] for other in rows)]
    for path, span, whole, told in leaves:
        reading.cover(*whole)
        if not re.fullmatch(r"\[?reserved\]?", told, re.IGNORECASE) and _THROUGH.match(told) is None:
            found = Found(
                f"{code}.{'.'.join(path)}",
                (at, span),
                "; ".join(part for part in (marked, "joined from the entry and its paragraph") if part),
            )
            reading.items.append(
                NoticeItem(found, re.sub(r"[;,.]?\s*(?:or|and)?\s*$", "", told) or words, (), elements_in(told), figures_in(told))
            )
    for _, _, whole, _ in rows:
        reading.cover(*whole)
    if not leaves:
        reading.items.append(NoticeItem(Found(code, (at,), marked), words, (), elements_in(words), figures_in(words)))


def _counts_on(last: tuple[str, ...], path: tuple[str, ...], gap: bool) -> bool:
    if gap:
        return not last or _key(path) > _key(last)
    if len(path) > len(last):
        return path[: len(last)] == last and all(_value(part) == 1 for part in path[len(last) :])
    size = len(path)
    return path[: size - 1] == last[: size - 1] and _value(path[-1]) == _value(last[size - 1]) + 1


def _value(part: str) -> int:
    return int(part) if part.isdigit() else ord(part) - ord("a") + 1


def _key(path: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(_value(part) for part in path)


# --- chapter 99 -----------------------------------------------------------------------------------------------------


def _read_duties(reading: Reading) -> None:
    text = reading.text
    seen: set[str] = set()
    for one in _HEADING.finditer(text):
        line = text.rfind("\n", 0, one.start()) + 1
        prefix = text[line : one.start()].strip(" |'\"\t").lower()
        is_row = not prefix or re.search(r"(?:new )?heading\s*\Z", prefix) is not None
        stop = re.compile(r"\n\s*\n|\n(?=[^\n]{0,40}9903\.\d{2}\.\d{2})").search(text, one.end())
        end = len(text) if stop is None else stop.start()
        words = text[one.end() : end]
        if one[0] in seen or not is_row:
            continue
        rate = None
        for pattern in _RATE:
            rates = list(pattern.finditer(words))
            if len({found[1] for found in rates}) == 1:
                span = (one.end() + rates[0].start(1), one.end() + rates[0].end(1))
                rate = Found(rates[0][1], (span,))
                break
            if rates:
                break
        if rate is None and not prefix.endswith("heading") and "|" not in words and "duty" not in words.lower():
            continue
        seen.add(one[0])
        origins: list[str] = []
        for of in _OF.finditer(words):
            origins += [code for name, code in _COUNTRIES.items() if re.search(rf"\b{name}\b", of[1]) and code not in origins]
        if _ANY_COUNTRY.search(words):
            origins = []
        reading.duties.append(NoticeDuty(Found(one[0], (one.span(),)), rate, _plain(words.replace("|", " ")), tuple(origins)))
        reading.cover(line, end)
        if rate is None:
            reading.ask(f"measures.{one[0]}.steps", "no single rate was read for this heading")
        if not origins:
            reading.ask(f"measures.{one[0]}.when", "say products of which origin the heading reaches")
        for code in customs_codes(words):
            if code.value and not code.value.startswith("9903"):
                reading.ask(
                    f"measures.{one[0]}.when", f"its words name {words[code.start : code.end]}: say whether they are in or out"
                )
    if reading.duties:
        reading.kind = "tariff"
        reading.effects.append(Found("duty", reading.duties[0].heading.spans))


def _left_codes(reading: Reading) -> None:
    """Codes that head nothing: mentioned, and left to a person where nothing that was read holds them."""
    drafted = {one.code.value for one in reading.items}
    spans = {span for one in reading.items for span in one.code.spans}
    for code in control_codes(reading.text):
        if code.is_faulty:
            reading.miss(code.start, code.end, f"a faulty control code: {code.hint}")
        elif (code.start, code.end) not in spans:
            reading.mentions.append(Found(code.value, ((code.start, code.end),), code.marked))
            if not any(one == code.value or one.startswith(f"{code.value}.") for one in drafted):
                reading.miss(code.start, code.end, "a control code that heads no entry")
    headings = {span for one in reading.duties for span in one.heading.spans}
    inside = Spans(reading.covered)
    for code in customs_codes(reading.text):
        if code.is_faulty:
            reading.miss(code.start, code.end, f"a faulty customs code: {code.hint}")
        elif (code.start, code.end) not in headings:
            reading.mentions.append(Found(code.value, ((code.start, code.end),), code.marked))
            if not inside.meets(code.start, code.start + 1):
                reading.miss(code.start, code.end, "a customs code that no measure holds")
