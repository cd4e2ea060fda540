"""From what a row states to what is known: derivations first, then presumptions, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from greenlane.decide.line import Line
from greenlane.law.facts import Basis, Facts, Identified, Known, Listing
from greenlane.law.rulebase import RuleBase
from greenlane.law.scope import Condition, Finding, Setting, Truth
from greenlane.terms.amounts import Share
from greenlane.terms.parties import ROLES


def prepare(line: Line, rules: RuleBase, setting: Setting, parties: Mapping[str, Identified]) -> Facts:
    """The facts of a line, with what screening found of its parties, what they show, and (unless strict) what is presumed."""
    facts = line.facts()
    for role in ROLES:
        named = facts.get(role)
        if named is not None and str(named.value) in parties:
            facts = facts.add(role, Known(parties[str(named.value)], Basis.STATED))
    received = facts.get("letters_received")
    if received is not None and isinstance(received.value, tuple):
        for letter in rules.letters.values():
            facts = facts.add(letter.fact, Known(letter.instrument in received.value, Basis.STATED))
    facts, contested = _derive(facts, rules, setting)
    return facts if setting.strict else _presume(facts, contested, rules, setting)


def _derive(facts: Facts, rules: RuleBase, setting: Setting) -> tuple[Facts, set[str]]:
    """The facts with what they show, and the names of those about which they contradict each other."""
    found: dict[str, dict[str, str]] = {}
    for derivation in rules.derivations:
        if facts.get(derivation.fact) is not None and derivation.fact not in found:
            continue
        judged = _holding(derivation.conditions, facts, setting)
        if judged is not None:
            values = found.setdefault(derivation.fact, {})
            values.setdefault(derivation.value, f"{derivation.because} ({'; '.join(one.says for one in judged)})")
            if len(values) == 1:
                facts = facts.add(derivation.fact, Known(derivation.value, Basis.DERIVED, values[derivation.value]))
            else:  # two readings of the same row contradict each other: then the row does not say
                facts = facts.without(derivation.fact)
    return facts, {name for name, values in found.items() if len(values) > 1}


def _presume(facts: Facts, contested: set[str], rules: RuleBase, setting: Setting) -> Facts:
    for presumption in rules.presumptions:
        # a row that contradicts itself is not silent: nothing is taken for granted there
        if facts.get(presumption.fact) is not None or presumption.fact in contested:
            continue
        other = facts.get(presumption.unless_stated)
        if (other is not None and other.basis is Basis.STATED) or _holding(presumption.when, facts, setting) is None:
            continue
        value: object = presumption.value
        if presumption.value.startswith("="):
            other = facts.get(presumption.value.removeprefix("="))
            if other is None:
                continue
            value = other.value
        elif presumption.fact in ROLES:
            value = Listing(None)
        elif presumption.fact == "end_use":
            value = ()
        elif presumption.fact in ("us_content", "cn_re_content", "owner_share"):
            value = Share.read(presumption.value)
        facts = facts.add(presumption.fact, Known(value, Basis.PRESUMED, presumption.because))
    return facts


def _holding(conditions: Iterable[Condition], facts: Facts, setting: Setting) -> list[Finding] | None:
    """What the conditions found, or None where one of them does not hold for certain.

    Each fact added makes new facts: what was found about the old ones is not worth remembering.
    """
    found = []
    for condition in conditions:
        found.append(condition.judge(facts, setting))
        if found[-1].truth is not Truth.YES:
            return None
    return found
