"""Tables beside a rule file: long lists as rows, each a measure, a lift or a member of groups.

A row says the same as an entry in YAML, in fewer signs; so it becomes the node of that entry and goes the same way. What a
cell does not say, the defaults beside the table's name do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from greenlane.law.node import Node

MEASURE_COLUMNS = (
    "id", "title", "control", "but", "part", "part_words", "customs", "destination", "ship_to", "origin", "effect", "review",
    "review_note", "standing", "reading", "from", "until", "known_since", "source",
)  # fmt: skip
LIFT_COLUMNS = (
    "id", "title", "lifts", "leaves", "exception", "control", "but", "part", "part_words", "customs", "destination", "ship_to",
    "value_at_most", "standing", "reading", "from", "until", "known_since", "source",
)  # fmt: skip
MEMBER_COLUMNS = (
    "member", "marks", "name", "also", "from", "until", "known_since", "until_known_since", "effect", "review", "source",
)  # fmt: skip
_SAME = ("id", "title", "effect", "review", "review_note", "standing", "reading", "known_since", "leaves")
_PLACES = ("destination", "ship_to", "origin")


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file as read: each a mapping of texts, empty cells left out, with file, line and column."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Node, ...]

    def only(self, allowed: tuple[str, ...], needed: tuple[str, ...]) -> None:
        """Refuse columns other than these, and a row without a cell that must be there. Raises RuleError."""
        top = Node("", self.file, 1)
        for column in self.columns:
            if column not in allowed:
                top.key = column
                raise top.fail("GL0203", f"`{column}` is not a column here", f"known columns: {', '.join(allowed)}")
        for row in self.rows:
            for column in needed:
                row.need(column)


def as_measure(row: Node) -> Node:
    """The row as the entry of `measures:` that says the same."""
    return _entry(row, {})


def as_lift(row: Node) -> Node:
    """The row as the entry of `lifts:` that says the same."""
    when: dict[str, Node] = {}
    if (exception := row.get("exception")) is not None:
        when["attr"] = _under(exception, {"licence_exception": _list(exception)})
    if (most := row.get("value_at_most")) is not None:
        when["value"] = _under(most, {"at_most": most})
    entry = _entry(row, when)
    if (lifts := row.get("lifts")) is not None:
        entry.mapping()["lifts"] = _list(lifts)
    return entry


def _entry(row: Node, when: dict[str, Node]) -> Node:
    cells = row.mapping()
    found = {key: cells[key] for key in _SAME if key in cells}
    for key in _PLACES:
        if key in cells:
            when[key] = _places(cells[key])
    goods = _goods(row, cells)
    if goods:
        when["goods"] = Node(goods, row.file, row.line, "goods")
    if when:
        found["when"] = Node(when, row.file, row.line, "when")
    if "source" in cells:
        found["source"] = _list(cells["source"])
    if "from" in cells:
        period: dict[str, Node] = {key: cells[key] for key in ("from", "until", "known_since") if key in cells}
        first = found["source"].items()[0] if "source" in found else None
        if first is not None:
            period["source"] = first
        found["in_force"] = Node([Node(period, row.file, row.line, "in_force")], row.file, row.line, "in_force")
    elif "until" in cells:
        raise cells["until"].fail("GL0204", "`until` without `from`", "say when the row begins")
    return Node(found, row.file, row.line, "row")


def _goods(row: Node, cells: Mapping[str, Node]) -> list[Node]:
    """One item for each control code, with what is taken out of it; and one for the customs codes."""
    but = [] if "but" not in cells else _list(cells["but"]).items()
    part = None
    if "part" in cells:
        part = Node({"key": cells["part"], "words": row.need("part_words")}, row.file, row.line, "part")
    found: list[Node] = []
    used: set[str] = set()
    for code in [] if "control" not in cells else _list(cells["control"]).items():
        item = {"control": code}
        mine = [one for one in but if one.text().startswith(f"{code.text()}.")]
        used.update(one.text() for one in mine)
        if mine:
            item["but"] = Node(mine, row.file, row.line, "but")
        if part is not None:
            item["part"] = part
        found.append(Node(item, row.file, row.line, "control"))
    for one in but:
        if one.text() not in used:
            raise cells["but"].fail("GL0206", f"`{one.text()}` takes nothing out: it lies beneath no code of `control`")
    if "customs" in cells:
        found.append(Node({"customs": _list(cells["customs"])}, row.file, row.line, "customs"))
    return found


def _places(cell: Node) -> Node:
    """`group:us-d1;AE;!group:us-a5` as a set of places; what follows a `!` is taken out again."""
    inside: list[Node] = []
    out: list[Node] = []
    for one in _list(cell).items():
        text = one.text()
        if text.startswith("!"):
            out.append(Node(text[1:].strip(), one.file, one.line, one.key))
        else:
            inside.append(one)
    if not out:
        return Node(inside, cell.file, cell.line, cell.key)
    sets = {"not": Node(out, cell.file, cell.line, cell.key)}
    if inside:
        sets["in"] = Node(inside, cell.file, cell.line, cell.key)
    return _under(cell, sets)


def _list(cell: Node) -> Node:
    """The texts between semicolons."""
    parts = [part.strip() for part in cell.text().split(";")]
    return Node([Node(part, cell.file, cell.line, cell.key) for part in parts if part], cell.file, cell.line, cell.key)


def _under(cell: Node, mapping: dict[str, Node]) -> Node:
    return Node(mapping, cell.file, cell.line, cell.key)
