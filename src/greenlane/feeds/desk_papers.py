"""An application as a PDF, and the cliffs of a desk as a calendar. The same values give the same bytes: no clock goes in."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from icalendar import Calendar
from icalendar import Event as Entry
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from greenlane.feeds.exchange import event_id
from greenlane.feeds.receipt_pdf import CHINESE, Pages

NOTE: Final = "Data for a form, not the form itself: the authority's system prints its own. Not legal advice."


def form_pdf(name: str, rows: Sequence[Mapping[str, str]], papers: Sequence[Mapping[str, Any]]) -> bytes:
    """The data of an application form, and its checklist, in Chinese and English."""
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
    out = io.BytesIO()
    page = Pages(Canvas(out, pagesize=A4, invariant=1, pageCompression=1), f"greenlane application {name}")
    page.line(f"许可申请数据  Data of application {name}", size=15, bold=True)
    line = ""
    for row in rows:
        if row["line"] != line:
            line = row["line"]
            page.line(f"第 {line} 项  Line {line}", size=11, bold=True, above=8)
        page.line(f"{row['中文']}  {row['English']}: {row['value'] or '-'}", above=2)
    page.line("材料清单  Papers", size=11, bold=True, above=10)
    for paper in papers:
        lacks = f" ({', '.join(paper['lacks'])})" if paper["lacks"] else ""
        page.line(f"{paper['zh']}  {paper['en']}: {paper['state']}{lacks}", above=2)
        seal = ", sealed" if paper["seal"] else ""
        page.line(f"{paper['made_by'].replace('_', ' ')}, {paper['language']}{seal}; asked: {paper['asked']}", size=8, indent=12)
    page.line(NOTE, size=8, above=10)
    page.close()
    return out.getvalue()


def cliffs_ics(title: str, cliffs: Sequence[Mapping[str, str]], *, stamps: Sequence[datetime], engine: str) -> str:
    """Days on which something ends or falls due, as whole days of the authority; stamped with the moment they were booked."""
    calendar = Calendar()
    calendar.add("prodid", f"-//greenlane//greenlane {engine}//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", title)
    for one, stamp in zip(cliffs, stamps, strict=True):
        entry = Entry()
        entry.add("uid", f"{event_id((one['what'], one['licence'], one['day'], one['words']))}@greenlane")
        entry.add("dtstamp", stamp)
        entry.add("dtstart", date.fromisoformat(one["day"]))
        entry.add("summary", f"{one['licence']}: {one['what'].replace('_', ' ')}")
        entry.add("description", f"{one['words']}\nday of {one['zone']}")
        entry.add("categories", [one["what"]])
        entry.add("transp", "TRANSPARENT")
        calendar.add_component(entry)
    return str(calendar.to_ical(), "utf-8")
