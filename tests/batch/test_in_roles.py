"""Conditions on parties that are judged role by role find what they find of all roles at once."""

from __future__ import annotations

from itertools import product

import pytest

from greenlane.batch.engine import Engine
from greenlane.batch.law_bits import bits_of
from greenlane.law.scope import Truth
from greenlane.terms.parties import ROLES
from tests.decide.real import real_base


@pytest.mark.parametrize("strict", [False, True])
def test_roles_by_themselves_say_what_they_say_together(*, strict: bool) -> None:
    base = real_base()
    engine = Engine(base, on=None, known_by=None, strict=strict)
    lines, remains = engine.lines, engine.answers.remains
    groups = [one for one in base.groups.values() if one.kind == "parties"]
    listed = [next(iter(sorted(member.value for member in one.members))) for one in groups if one.members]
    names = ["", "Example Trading Ltd", *listed[:4]]
    setting = lines.setting(lines.anywhen, lines.neutral)
    many = remains.bits.conds["parties"].many
    met: set[Truth | None] = set()
    for consignee, end_user, exporter in product(names, names, ["", names[-1]]):
        told = {"consignee": consignee, "end_user": end_user, "exporter": exporter}
        assert told.keys() <= {*ROLES}
        facts = lines.facts_of({role: name for role, name in told.items() if name})
        judged = remains._judge("parties", facts)
        for place, condition in enumerate(many):
            bit = 1 << place
            assert bool(judged.dated & bit) == remains._follows_days(condition, remains.bits.conds["parties"].dated & bit, facts)
            truth = None if judged.dated & bit else setting.judge(condition, facts).truth
            assert bool(judged.fail & bit) == (truth is Truth.NO)
            assert bool(judged.open & bit) == (truth is Truth.UNKNOWN)
            met.add(truth)
    assert met >= {Truth.UNKNOWN if strict else Truth.NO, None}
    assert [*bits_of(remains._in_roles.places)]
