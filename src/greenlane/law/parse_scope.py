"""The conditions of a rule, as written: codes, tests, places, goods items, and the cells of a row that stand for them.

Each function reads one kind of node and raises `RuleError` with file, line and key.
"""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from greenlane.law.node import Node
from greenlane.law.regime import Way
from greenlane.law.scope import (
    ActivityIs,
    AddresseeIs,
    CodesHeld,
    Condition,
    DestinationIs,
    EndUseIs,
    EndUseOnly,
    EntryStated,
    GoodsAre,
    Item,
    NumberTest,
    Part,
    PartiesOff,
    PartyIs,
    PlaceIs,
    PlaceSet,
    Test,
    ValueIs,
    WordsIn,
    WordTest,
)
from greenlane.terms.amounts import read_decimal
from greenlane.terms.codes import CONTROL, Code
from greenlane.terms.goods import ELEMENTS
from greenlane.terms.parties import ROLES
from greenlane.terms.periods import Bound
from greenlane.terms.places import read_place

ACTIVITIES = ("export", "reexport", "transfer", "import", "load", "deliver", "service", "release")
SHARES = ("us_content", "cn_re_content", "owner_share")
PLACE_ATTRIBUTES = ("ultimate_parent_headquarters",)
_OPS = {"at_least": ">=", "more_than": ">", "at_most": "<=", "less_than": "<"}
_ID = re.compile(r"[a-z0-9][a-z0-9\-]{1,79}\Z")
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")
_COMPARISON = re.compile(r"(>=|<=|>|<|=)\s*([+-]?[0-9.]+)\s*(%?)\Z")


def read_id(node: Node) -> str:
    """An instrument or group id: lower case, digits, hyphens."""
    text = node.text()
    if not _ID.match(text):
        raise node.fail("GL0206", f"`{text}` is not an id", "use lower case letters, digits and hyphens")
    return text


def read_bound(node: Node, zone: ZoneInfo) -> Bound:
    """A day or instant."""
    return node.read(lambda text: Bound.read(text, zone), "a day like 2025-04-04 or an instant like 2025-04-10T12:01+08:00")


def read_code(node: Node) -> Code:
    """A goods or control code."""
    return node.read(Code.read)


def read_codes(node: Node | None) -> tuple[Code, ...]:
    """A list of codes, or nothing."""
    return () if node is None else tuple(read_code(one) for one in node.items())


def read_test(node: Node) -> Test:
    """`">= 4800"`, a word, a list of words, or `{not: [...]}`."""
    if isinstance(node.value, dict):
        node.only("not")
        return WordTest(node.need("not").texts(), negate=True)
    if isinstance(node.value, list):
        return WordTest(node.texts())
    text = node.text()
    if text[0] in "<>=":
        found = _COMPARISON.match(text)
        if not found:
            raise node.fail("GL0206", f"`{text}` is not a comparison", "write it as `>= 4800` or `> 0`")
        return NumberTest(found[1], node.read(lambda _: read_decimal(found[2])), found[3])
    return WordTest((text,))


def read_places(node: Node) -> PlaceSet:
    """`[CN, group:us-d5]`, `{not: [...]}`, `{in: [...], not: [...]}`."""
    if isinstance(node.value, dict):
        node.only("in", "not")
        without = node.get("not")
        if node.has("in"):
            base = read_places(node.need("in"))
            return base if without is None else PlaceSet(base.codes, base.groups, without=read_places(without))
        inner = read_places(node.need("not"))
        return PlaceSet(inner.codes, inner.groups, negate=True)
    codes: set[str] = set()
    groups: list[str] = []
    for one in node.items():
        text = one.text()
        if text.startswith("group:"):
            groups.append(text.removeprefix("group:"))
        else:
            codes.add(one.read(read_place))
    return PlaceSet(frozenset(codes), tuple(groups))


def read_attribute(name: str, node: Node, prefix: str = "attrs.") -> Condition:
    """A test on one attribute."""
    if not _ATTRIBUTE.match(name):
        raise node.fail("GL0206", f"`{name}` is not an attribute name", "use lower case letters, digits and underscores")
    if name in PLACE_ATTRIBUTES:
        return PlaceIs(f"{prefix}{name}", read_places(node))
    return ValueIs(f"{prefix}{name}", read_test(node))


def read_value(node: Node) -> ValueIs:
    """A test on the value of the line, with its currency: `{at_most: "5000 USD"}`."""
    node.only(*_OPS)
    given = [key for key in _OPS if node.has(key)]
    if len(given) != 1:
        raise node.fail("GL0204", f"a test of the value needs exactly one of {', '.join(_OPS)}")
    limit = node.need(given[0])
    number, _, currency = limit.text().partition(" ")
    if not re.match(r"[A-Z]{3}\Z", currency):
        raise limit.fail("GL0206", f"`{limit.text()}` is not an amount with its currency", "write it as `5000 USD`")
    return ValueIs(f"value.{currency}", NumberTest(_OPS[given[0]], limit.read(lambda _: read_decimal(number))))


def read_share(node: Node) -> ValueIs:
    """A value-share test with its direction."""
    node.only("fact", *_OPS, "direction")
    fact = node.need("fact").choice(*SHARES)
    given = [key for key in _OPS if node.has(key)]
    if len(given) != 1:
        raise node.fail("GL0204", "a share test needs exactly one of at_least, more_than, at_most, less_than")
    direction = node.get("direction")
    if direction is None:
        raise node.fail("RB10", "a share test without a direction", "say `direction: floor` (catches from there up) or `ceiling`")
    floor = direction.choice("floor", "ceiling") == "floor"
    if floor is not (given[0] in ("at_least", "more_than")):
        raise node.fail("RB10", f"`{given[0]}` and `direction: {direction.text()}` contradict each other")
    threshold = node.need(given[0])
    text = threshold.text()
    if not text.endswith("%"):
        raise threshold.fail("GL0206", f"`{text}` needs its percent sign")
    return ValueIs(
        fact, NumberTest(_OPS[given[0]], threshold.read(lambda t: read_decimal(t.removesuffix("%").strip())), "%"), floor
    )


def read_item(node: Node) -> Item:
    """One goods item."""
    node.only("control", "customs", "reach", "reach_reading", "is", "list", "but", "part", "codes")
    control, grouped = node.get("control"), node.get("codes")
    tests: list[ValueIs] = []
    shape = node.get("is")
    if shape is not None:
        for name, value in shape.mapping().items():
            if name == "contains":
                for symbol, share in value.mapping().items():
                    if symbol not in ELEMENTS:
                        raise share.fail("GL0206", f"`{symbol}` is not a chemical symbol")
                    test = read_test(share)
                    if not isinstance(test, NumberTest):
                        raise share.fail("GL0206", f"`{share.text()}` is not a comparison", 'write it as "> 0" or ">= 10 %"')
                    tests.append(ValueIs(f"contains.{symbol}", test))
            else:
                condition = read_attribute(name, value)
                if not isinstance(condition, ValueIs):
                    raise value.fail("GL0203", f"`{name}` is not a property of goods")
                tests.append(condition)
    listed = node.get("list")
    reading = node.get("reach_reading")
    item = Item(
        control=None if control is None else read_code(control),
        customs=read_codes(node.get("customs")),
        reach=read_codes(node.get("reach")),
        tests=tuple(tests),
        list=None if listed is None else listed.text(),
        reach_reading="" if reading is None else reading.text(),
        but=read_codes(node.get("but")),
        part=_read_part(node.get("part")),
        codes=None if grouped is None else read_id(grouped),
    )
    if item.control is None and not item.customs and not item.tests and item.list is None and item.codes is None:
        raise node.fail("GL0204", "an item needs at least one of control, customs, is, list, codes")
    for key in ("list", "codes"):
        if node.has(key) and len(node.mapping()) > 1:
            raise node.fail("GL0203", f"an item with `{key}` has no other keys")
    _check_but(item, node)
    if item.part is not None and item.control is None:
        raise node.need("part").fail("GL0203", "`part` tells a part of a control entry", "add `control:`, or say it with `is:`")
    return item


def _read_part(node: Node | None) -> Part | None:
    if node is None:
        return None
    node.only("key", "words")
    return Part(node.need("key").text(), node.need("words").text())


def _check_but(item: Item, node: Node) -> None:
    whole = (*((item.control,) if item.control else ()), *item.customs)
    for code in item.but:
        if not any(code.is_within(wide) and code != wide for wide in whole):
            raise node.need("but").fail("GL0206", f"{code} takes nothing out: it lies beneath none of {', '.join(map(str, whole))}")


def read_conditions(node: Node | None, instrument: str) -> tuple[Condition, ...]:
    """The conditions of a `when`."""
    if node is None:
        return ()
    found: list[Condition] = []
    for key, value in node.mapping().items():
        if key == "activity":
            found.append(_read_activities(value))
        elif key in ("ship_from", "ship_to", "origin", "end_use_country"):
            found.append(PlaceIs(key, read_places(value)))
        elif key == "destination":
            found.append(DestinationIs(read_places(value)))
        elif key == "end_use":
            found.append(EndUseIs(value.texts()))
        elif key == "end_use_only":
            found.append(EndUseOnly(value.texts()))
        elif key == "party":
            found.append(_read_party(value))
        elif key == "addressee":
            value.choice("exporter")
            found.append(AddresseeIs(instrument))
        elif key == "attr":
            found.extend(read_attribute(name, test) for name, test in value.mapping().items())
        elif key == "share":
            found.append(read_share(value))
        elif key == "value":
            found.append(read_value(value))
        elif key == "goods":
            found.append(GoodsAre(tuple(read_item(one) for one in value.items())))
        elif key == "words":
            found.append(WordsIn(value.texts()))
        elif key == "entry_stated":
            found.append(EntryStated(value.choice(*CONTROL)))
        else:
            raise value.fail("GL0203", f"`{key}` is not a condition", "see docs/reference/rule-format.md, Conditions")
    return tuple(found)


def read_entries(node: Node) -> CodesHeld:
    """The control list of a regime, and the group that holds its entries (none: those that measures name)."""
    node.only("scheme", "held")
    held = node.get("held")
    return CodesHeld(node.need("scheme").choice(*CONTROL), None if held is None else read_id(held))


def read_parties_off(node: Node) -> PartiesOff:
    """The roles of a regime, and the lists on which none of its parties may be found."""
    node.only("role", "not_on")
    return PartiesOff(
        tuple(one.choice(*ROLES) for one in node.need("role").items()), tuple(map(read_id, node.need("not_on").items()))
    )


def read_way(node: Node, regime: str) -> Way:
    """One way in which a regime reaches a line."""
    keys = node.mapping()
    asked_while = keys.get("asked_while")
    rest = {key: value for key, value in keys.items() if key != "asked_while"}
    conditions = read_conditions(Node(rest, node.file, node.line, node.key), regime)
    return Way(conditions=conditions, asked_while=() if asked_while is None else asked_while.texts())


def _read_activities(node: Node) -> ActivityIs:
    if isinstance(node.value, dict):
        node.only("not")
        others = tuple(one.choice(*ACTIVITIES) for one in node.need("not").items())
        return ActivityIs(tuple(word for word in ACTIVITIES if word not in others))
    return ActivityIs(tuple(one.choice(*ACTIVITIES) for one in node.items()))


def _read_party(node: Node) -> PartyIs:
    node.only("role", "listed", "named")
    roles = tuple(one.choice(*ROLES) for one in node.need("role").items())
    listed, named = node.get("listed"), node.get("named")
    if (listed is None) is (named is None):
        raise node.fail("GL0204", "a party condition needs either `listed` or `named`")
    return PartyIs(roles, listed=None if listed is None else read_id(listed), named=() if named is None else named.texts())
