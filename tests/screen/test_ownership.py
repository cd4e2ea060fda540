"""Ownership rules over holdings: the worked examples of the rules' own guidance, both sides of each day, and laws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.law.effect import Effect
from greenlane.law.ownership import OwnershipProfile, Threshold, Weight
from greenlane.law.rulebase import RuleBase, State
from greenlane.screen.holdings import FULL, Edge, Graph, OverfullError, Range
from greenlane.screen.ownership import Outcome, OwnershipFinding, Reach, RuleAnswer, assess, owners_of
from greenlane.terms.listed import ListedParty, Listing, PartyKind, PartyName
from greenlane.terms.periods import Asked
from greenlane.terms.sources import Standing
from tests.decide.real import real_base

OFAC, BIS, EU, UK, CN = "us-ofac", "us-affiliates", "eu-owned", "uk-owned", "cn-announcement-61"
DAY = "2025-10-15"  # all rules stand


def listed(*names: str, list: str = "us-sdn", policy: str = "", start: date | None = None) -> dict[str, Sequence[ListedParty]]:
    found: dict[str, Sequence[ListedParty]] = {}
    for name in names:
        listings = (Listing(policy=policy, start=start),) if policy or start else ()
        party = ListedParty(id=f"{list}:{name}", list=list, kind=PartyKind.UNKNOWN, names=(PartyName(name),), listings=listings)
        found[name] = (party,)
    return found


def hold(*rows: str) -> list[Edge]:
    """`A 50 B`: A holds 50 of B; `A control B`."""
    found = []
    for row in rows:
        owner, share, owned = row.split()
        control = share == "control"
        found.append(Edge(owner=owner, owned=owned, control=control, share=Range.read("unknown" if control else share)))
    return found


def ask(
    party: str,
    edges: Sequence[Edge],
    on_lists: Mapping[str, Sequence[ListedParty]],
    *,
    on: str = DAY,
    known_by: str | None = None,
    rules: RuleBase | None = None,
) -> OwnershipFinding:
    day = Asked.read(on)
    known = day if known_by is None else Asked.read(known_by)
    return owners_of(party, Graph.of(edges), on_lists, rules or real_base(), on=day, known_by=known)


def of(finding: OwnershipFinding, rule: str) -> RuleAnswer:
    return next(one for one in finding.answers if one.rule == rule)


# --- the examples of the guidance -------------------------------------------------------------------------------------

EXAMPLES = {  # after question 401 of OFAC
    "chain of halves": (["X 50 A", "A 50 B"], "B", True),
    "two ways": (["X 50 A", "X 50 B", "A 25 C", "B 25 C"], "C", True),
    "direct and through a firm": (["X 50 A", "X 10 B", "A 40 B"], "B", True),
    "through a firm held too little": (["X 50 A", "X 25 B", "A 25 C", "B 25 C"], "C", False),
    "less than half, held wholly": (["X 40 A", "A 100 B"], "B", False),
    "counts in full": (["X 60 A", "A 50 B"], "B", True),
    "just below": (["X 49.999999 A"], "A", False),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_the_guidance(name: str) -> None:
    rows, party, met = EXAMPLES[name]
    answer = of(ask(party, hold(*rows), listed("X")), OFAC)
    assert (answer.outcome is Outcome.OWNED) is met
    assert (answer.reach is Reach.CERTAIN) is met


def test_shares_of_several_owners_add_up_and_are_named() -> None:
    answer = of(ask("C", hold("X 30 C", "Y 25 C", "Z 45 C"), listed("X", "Y")), OFAC)
    assert answer.outcome is Outcome.OWNED
    assert (answer.low, answer.high) == (55_000_000, 55_000_000)
    assert [str(one) for one in answer.owners] == ["X -> C (30 %)", "Y -> C (25 %)"]
    assert "55 %" in answer.sentence
    assert "50 % or more" in answer.sentence
    assert answer.sources[0] == "https://ofac.treasury.gov/faqs/398"


def test_the_chain_is_told_with_shares_days_and_sources() -> None:
    edges = [
        Edge(owner="X", owned="A", share=Range.read("60"), start=date(2024, 1, 1), source="register"),
        Edge(owner="A", owned="B", share=Range.read("50"), source="annual report"),
    ]
    (chain,) = of(ask("B", edges, listed("X")), OFAC).chains
    assert [str(link) for link in chain] == ["X -> A (60 %)", "A -> B (50 %)"]
    assert str(chain[0].rows[0]) == "X holds 60 % of A, since 2024-01-01, register"


def test_circles_and_cross_holdings() -> None:
    ring = hold("A 60 B", "B 60 C", "C 60 A")
    assert of(ask("A", ring, {}), OFAC).reach is Reach.NONE
    assert ask("A", ring, {"Q": listed("Q")["Q"]}).outcome is Outcome.NOT_FOUND
    entered = [*ring, *hold("X 40 A")]
    assert of(ask("A", entered, listed("X")), OFAC).reach is Reach.NONE, "the ring does not hold itself up"
    assert of(ask("C", entered, listed("X", "B")), OFAC).outcome is Outcome.OWNED
    crossed = hold("X 30 A", "X 30 B", "A 20 B", "B 20 A")
    assert of(ask("A", crossed, listed("X")), OFAC).reach is Reach.NONE
    deep = hold("X 50 A", "X 30 B", "A 20 B", "B 20 A")
    assert of(ask("B", deep, listed("X")), OFAC).reach is Reach.CERTAIN
    assert of(ask("A", deep, listed("X")), OFAC).chains


def test_a_range_across_the_threshold_is_a_question_that_names_the_row() -> None:
    answer = of(ask("A", hold("X 25-50% A"), listed("X")), OFAC)
    assert (answer.reach, answer.outcome) == (Reach.POSSIBLE, Outcome.QUESTION)
    assert any("what share of A does X hold?" in one for one in answer.questions)
    assert of(ask("A", hold("X 25-49% A"), listed("X")), OFAC).reach is Reach.NONE
    assert of(ask("A", hold("X >=50% A"), listed("X")), OFAC).reach is Reach.CERTAIN
    assert of(ask("A", hold("X unknown A"), listed("X")), OFAC).reach is Reach.POSSIBLE


def test_half_is_enough_for_some_and_not_for_others() -> None:
    edges = hold("X 50 A", "Q 50 A")
    assert of(ask("A", edges, listed("X", list="eu-consolidated")), EU).outcome is Outcome.OWNED
    assert of(ask("A", edges, listed("X", list="uk-sanctions")), UK).reach is Reach.NONE
    assert of(ask("A", hold("X >50% A"), listed("X", list="uk-sanctions")), UK).outcome is Outcome.OWNED
    before = ask("A", edges, listed("X", list="eu-consolidated"), on="2024-07-02")
    assert of(before, "eu-owned-2022").reach is Reach.NONE
    assert before.outcome is Outcome.NOT_FOUND
    assert ask("A", edges, listed("X", list="eu-consolidated"), on="2024-07-03").outcome is Outcome.OWNED


def test_where_adding_up_or_chains_are_not_law_they_are_questions() -> None:
    both = of(ask("A", hold("X 30 A", "Y 30 A"), listed("X", "Y", list="uk-sanctions")), UK)
    assert both.outcome is Outcome.QUESTION
    assert any("add up" in one for one in both.questions)
    chain = of(ask("B", hold("X 100 A", "A 100 B"), listed("X", list="cn-ecl")), CN)
    assert chain.outcome is Outcome.QUESTION
    assert any("through A" in one for one in chain.questions)
    assert of(ask("A", hold("X 50 A"), listed("X", list="cn-watch")), CN).outcome is Outcome.OWNED


def test_control_asks_in_europe_and_warns_in_america() -> None:
    edges = hold("X 10 A", "X control A")
    assert of(ask("A", edges, listed("X", list="eu-consolidated")), EU).outcome is Outcome.QUESTION
    assert of(ask("A", edges, listed("X", list="uk-sanctions")), UK).outcome is Outcome.QUESTION
    american = of(ask("A", edges, listed("X")), OFAC)
    assert american.reach is Reach.NONE
    assert any("control" in one for one in american.warnings)
    assert of(ask("A", hold("X control A"), listed("X")), OFAC).reach is Reach.POSSIBLE, "nothing is said of the share"


def test_only_some_of_the_sanctions_list_count_under_the_affiliates_rule() -> None:
    answer = of(ask("A", hold("X 60 A"), listed("X")), BIS)
    assert answer.outcome is Outcome.QUESTION
    assert any("among the parties of that list" in one for one in answer.questions)


def test_owners_that_nobody_names_are_a_question_beside_a_listed_one() -> None:
    answer = of(ask("A", hold("X 30 A"), listed("X", list="us-entity-list")), BIS)
    assert (answer.reach, answer.outcome) == (Reach.NONE, Outcome.QUESTION)
    named = of(ask("A", hold("X 30 A", "Q 70 A"), listed("X", list="us-entity-list")), BIS)
    assert named.outcome is Outcome.NOT_FOUND
    assert named.warnings
    assert named.settled
    below = of(ask("B", hold("X 30 A", "A 100 B"), listed("X", list="us-entity-list")), BIS)
    assert below.outcome is Outcome.QUESTION, "the doubt about the owner is one about the firm"


def test_nothing_found_is_settled_only_if_owners_that_no_row_names_could_not_matter() -> None:
    assert ask("A", hold("Q 100 A"), {}).settled
    assert ask("A", hold("Q 80 A"), {}).settled, "a fifth is too little under every rule"
    assert not ask("A", hold("Q 50 A"), {}).settled
    assert not ask("A", hold("Q unknown A"), {}).settled
    assert not ask("B", hold("Q 40 A", "A 100 B"), {}).settled
    assert not ask("nobody", hold("Q 100 A"), {}).settled
    unsure = ask("A", hold("Q 100 A"), {}, rules=replace(real_base(), ownership={}))
    assert not unsure.settled
    assert unsure.outcome is Outcome.QUESTION


def test_the_most_restrictive_owner_comes_first_and_none_is_lost() -> None:
    parties = {
        **listed("X", list="us-meu"),
        **listed("Y", list="us-entity-list", policy="Presumption of denial"),
        **listed("Z", list="us-entity-list", policy="Case-by-case review"),
    }
    finding = ask("A", hold("X 40 A", "Y 10 A", "Z 20 A"), parties)
    told = [(one.owner, one.effect, one.certain) for one in of(finding, BIS).passes_on]
    assert told[0] == ("Y", Effect.PRESUMPTION_OF_DENIAL, True)
    assert {one[0] for one in told} == {"X", "Y", "Z"}
    assert finding.passes_on[0].owner == "Y"
    above = {**listed("X", list="us-meu"), **listed("Y", list="us-entity-list")}
    assert {one.owner for one in of(ask("A", hold("Y 60 X", "X 60 A"), above), BIS).passes_on} == {"X", "Y"}
    assert {one.owner for one in of(ask("A", hold("Y 40 X", "Q 60 X", "X 60 A"), above), BIS).passes_on} == {"X"}


# --- days -------------------------------------------------------------------------------------------------------------

SUSPENSION = [
    ("2025-09-28", "2026-10-10", State.NOT_BEGUN, Outcome.NOT_FOUND),
    ("2025-09-28", "2025-09-28", State.NOT_KNOWN, Outcome.NOT_FOUND),
    ("2025-09-29", "2025-09-28", State.NOT_KNOWN, Outcome.NOT_FOUND),
    ("2025-09-29", "2025-09-29", State.IN_FORCE, Outcome.OWNED),
    ("2025-11-09", "2025-11-09", State.IN_FORCE, Outcome.OWNED),
    ("2025-11-10", "2025-11-09", State.IN_FORCE, Outcome.OWNED),
    ("2025-11-10", "2025-11-10", State.SUSPENDED, Outcome.NOT_FOUND),
    ("2026-11-09", "2026-10-10", State.SUSPENDED, Outcome.NOT_FOUND),
    ("2026-11-10", "2026-10-10", State.UNKNOWN, Outcome.QUESTION),
    ("2027-01-10", "2026-10-10", State.UNKNOWN, Outcome.QUESTION),
]


@pytest.mark.parametrize(("on", "known_by", "state", "outcome"), SUSPENSION)
def test_both_sides_of_each_day_of_the_affiliates_rule(on: str, known_by: str, state: State, outcome: Outcome) -> None:
    answer = of(ask("A", hold("X 60 A", "Q 40 A"), listed("X", list="us-entity-list"), on=on, known_by=known_by), BIS)
    assert (answer.state, answer.outcome, answer.reach) == (state, outcome, Reach.CERTAIN)


def test_after_the_suspension_both_branches_are_told_and_nothing_is_settled() -> None:
    finding = ask("A", hold("X 60 A", "Q 40 A"), listed("X", list="us-entity-list"), on="2026-11-10", known_by="2026-10-10")
    answer = of(finding, BIS)
    assert dict(answer.branches) == {f"{BIS} in force": Outcome.OWNED, f"{BIS} not in force": Outcome.NOT_FOUND}
    assert "nobody has confirmed" in answer.questions[0]
    assert not answer.settled
    assert finding.outcome is Outcome.QUESTION
    free = of(ask("A", hold("Q 100 A"), {}, on="2026-11-10", known_by="2026-10-10"), BIS)
    assert (free.outcome, free.settled) == (Outcome.NOT_FOUND, True), "both branches agree"


def test_a_suspended_rule_says_what_it_would_reach() -> None:
    answer = of(ask("A", hold("X 60 A"), listed("X", list="us-entity-list"), on="2026-01-10"), BIS)
    assert "suspended" in answer.sentence
    assert answer.chains


def test_a_holding_counts_from_its_first_day_to_the_day_before_its_end_and_once_known() -> None:
    edge = Edge(
        owner="X", owned="A", share=Range.read("60"), start=date(2025, 3, 1), end=date(2025, 6, 1), known_since=date(2025, 4, 1)
    )
    for on, known_by, met in [
        ("2025-02-28", "2025-05-01", False),
        ("2025-03-01", "2025-05-01", True),
        ("2025-05-31", "2025-05-31", True),
        ("2025-06-01", "2025-06-01", False),
        ("2025-03-15", "2025-03-31", False),
        ("2025-03-15", "2025-04-01", True),
    ]:
        answer = of(ask("A", [edge], listed("X"), on=on, known_by=known_by), OFAC)
        assert (answer.reach is Reach.CERTAIN) is met, (on, known_by)


def test_an_owner_counts_from_the_day_of_its_listing() -> None:
    parties = listed("X", start=date(2025, 5, 1))
    assert of(ask("A", hold("X 60 A"), parties, on="2025-04-30"), OFAC).reach is Reach.NONE
    assert of(ask("A", hold("X 60 A"), parties, on="2025-05-01"), OFAC).reach is Reach.CERTAIN


def test_what_no_source_confirms_neither_clears_nor_condemns() -> None:
    base = real_base()
    rules = replace(base, ownership={OFAC: replace(base.ownership[OFAC], standing=Standing.UNVERIFIED)})
    assert ask("A", hold("X 60 A"), listed("X"), rules=rules).outcome is Outcome.QUESTION
    assert not ask("A", hold("Q 100 A"), {}, rules=rules).settled


# --- rows -------------------------------------------------------------------------------------------------------------


def test_more_than_all_of_a_firm_is_an_error_that_names_the_rows() -> None:
    edges = hold("X 60 A", "Y 60 A", "A 60 B", "Q 100 C")
    for party in ("A", "B"):
        with pytest.raises(OverfullError) as caught:
            ask(party, edges, listed("X"))
        assert caught.value.code == "GL0125"
        assert "X holds 60 % of A" in caught.value.message
        assert "Y holds 60 % of A" in caught.value.message
        assert "120 %" in caught.value.message
    assert ask("C", edges, listed("X")).outcome is Outcome.NOT_FOUND, "elsewhere nothing is wrong"
    assert ask("A", hold("X 33.4 A", "Y 33.4 A", "Z 33.3 A"), {}).outcome is Outcome.NOT_FOUND, "rounding is no mistake"


def test_two_rows_of_one_holding_are_readings_or_parts() -> None:
    twice = of(ask("A", hold("X 30 A", "X 30 A"), listed("X")), OFAC)
    assert (twice.low, twice.high, twice.reach) == (30_000_000, 60_000_000, Reach.POSSIBLE)
    assert of(ask("A", hold("X 60 A", "X 60 A"), listed("X")), OFAC).reach is Reach.CERTAIN


def test_a_long_chain_ends() -> None:
    rows = [Edge(owner=f"n{at}", owned=f"n{at + 1}", share=Range.read("60%")) for at in range(3000)]
    answer = of(ask("n3000", rows, listed("n0")), OFAC)
    assert answer.outcome is Outcome.OWNED
    assert answer.cut, "what is shown is cut, and says so"


# --- laws -------------------------------------------------------------------------------------------------------------

NODES = "abcdefg"
SHARES = (
    "5",
    "10",
    "20",
    "25",
    "30",
    "49.999999",
    "50",
    "50.000001",
    "60",
    "100",
    "25-50%",
    "40-60%",
    "10-20%",
    ">=50%",
    "unknown",
)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Edge], list[str]]:
    pairs = st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(lambda pair: pair[0] != pair[1])
    rows = draw(st.lists(st.tuples(pairs, st.sampled_from(SHARES), st.integers(0, 9)), max_size=14))
    edges = [
        Edge(owner=owner, owned=owned, control=kind == 9, share=Range.read("unknown" if kind == 9 else share))
        for (owner, owned), share, kind in rows
    ]
    return edges, draw(st.lists(st.sampled_from(NODES), max_size=2, unique=True))


@st.composite
def profiles(draw: st.DrawFn) -> OwnershipProfile:
    base = real_base().ownership[OFAC]
    return replace(
        base,
        threshold=draw(st.sampled_from((Threshold(base.threshold.percent, True), Threshold(base.threshold.percent, False)))),
        aggregate=draw(st.booleans()),
        chain=draw(st.booleans()),
        control=draw(st.sampled_from(Weight)),
    )


def naive(edges: Sequence[Edge], seeds: Sequence[str], profile: OwnershipProfile) -> dict[str, Reach]:
    """The rule once more, firm by firm over fractions, until nothing changes."""
    pairs = sorted({(one.owner, one.owned) for one in edges})
    least, most = {}, {}
    for pair in pairs:
        rows = [one for one in edges if (one.owner, one.owned) == pair]
        stated = [one for one in rows if not one.control]
        least[pair] = max((Fraction(one.share.low, FULL) for one in stated), default=Fraction(0))
        most[pair] = (
            min(Fraction(1), sum((Fraction(one.share.high, FULL) for one in stated), Fraction(0))) if stated else Fraction(1)
        )
        if profile.control is Weight.ASKS and any(one.control for one in rows):
            most[pair] = Fraction(1)
    half = Fraction(profile.threshold.percent) / 100

    def enough(share: Fraction) -> bool:
        return share >= half if profile.threshold.at_least else share > half

    def closure(share: Mapping[tuple[str, str], Fraction], *, add: bool, chain: bool) -> set[str]:
        met: set[str] = set()
        while True:
            counts = set(seeds) | (met if chain else set())
            held = {node: [share[owner, owned] for owner, owned in pairs if owned == node and owner in counts] for node in NODES}
            new = {node for node, parts in held.items() if parts and enough(sum(parts, Fraction(0)) if add else max(parts))}
            if new == met:
                return met
            met = new

    certain = closure(least, add=profile.aggregate, chain=profile.chain)
    possible = closure(most, add=True, chain=True)
    return {node: Reach.CERTAIN if node in certain else Reach.POSSIBLE if node in possible else Reach.NONE for node in NODES}


ORDER = list(Reach)


def reaches(edges: Sequence[Edge], seeds: Sequence[str], profile: OwnershipProfile) -> dict[str, Reach]:
    day = Asked.read(DAY)
    rules = replace(real_base(), ownership={profile.id: profile})
    found = assess(Graph.of(edges), listed(*seeds), rules, on=day, known_by=day)
    told = {}
    for node in NODES:
        try:
            told[node] = found.finding(node).answers[0].reach
        except OverfullError:
            continue
    return told


@settings(max_examples=400, deadline=None)
@given(graphs(), profiles())
def test_it_equals_a_naive_fixed_point(drawn: tuple[list[Edge], list[str]], profile: OwnershipProfile) -> None:
    edges, seeds = drawn
    expected = naive(edges, seeds, profile)
    found = reaches(edges, seeds, profile)
    assert found == {node: expected[node] for node in found}


@settings(max_examples=150, deadline=None)
@given(graphs(), profiles(), graphs())
def test_one_more_holding_never_lowers(
    drawn: tuple[list[Edge], list[str]], profile: OwnershipProfile, more: tuple[list[Edge], list[str]]
) -> None:
    edges, seeds = drawn
    pairs = {(one.owner, one.owned) for one in edges}  # another row of a pair may say what its share is, and so lower it
    further = [one for one in more[0] if (one.owner, one.owned) not in pairs]
    before, after = reaches(edges, seeds, profile), reaches([*edges, *further], seeds, profile)
    assert all(ORDER.index(after[node]) >= ORDER.index(before[node]) for node in before.keys() & after.keys())


@settings(max_examples=100, deadline=None)
@given(graphs(), profiles(), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_nothing(drawn: tuple[list[Edge], list[str]], profile: OwnershipProfile, chance: object) -> None:
    edges, seeds = drawn
    mixed = list(edges)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert reaches(edges, seeds, profile) == reaches(mixed, seeds, profile)


@settings(max_examples=150, deadline=None)
@given(graphs(), profiles(), st.integers(0, 30), st.integers(0, 30))
def test_a_wider_range_only_makes_the_answer_less_certain(
    drawn: tuple[list[Edge], list[str]], profile: OwnershipProfile, down: int, up: int
) -> None:
    edges, seeds = drawn
    wide = [
        replace(one, share=Range(max(0, one.share.low - down * 1_000_000), min(FULL, one.share.high + up * 1_000_000)))
        for one in edges
    ]
    narrow, wider = reaches(edges, seeds, profile), reaches(wide, seeds, profile)
    for node in narrow.keys() & wider.keys():
        if narrow[node] is Reach.NONE:
            assert wider[node] is not Reach.CERTAIN
        else:
            assert wider[node] is not Reach.NONE, "what was possible stays possible"


@settings(max_examples=60, deadline=None)
@given(graphs(), st.dates(date(2025, 9, 1), date(2026, 12, 31)), st.integers(0, 400))
def test_the_shares_never_depend_on_the_state_of_the_rule(drawn: tuple[list[Edge], list[str]], on: date, later: int) -> None:
    edges, seeds = drawn
    parties = listed(*seeds, list="us-entity-list")
    day, known = Asked.of(on), Asked.of(min(on + timedelta(days=later), date(2026, 10, 10)))
    graph = Graph.of(edges)
    for node in NODES:
        try:
            here = of(owners_of(node, graph, parties, real_base(), on=day, known_by=known), BIS)
            there = of(owners_of(node, graph, parties, real_base(), on=Asked.read(DAY), known_by=Asked.read(DAY)), BIS)
        except OverfullError:
            continue
        assert here.reach is there.reach
        if here.state is State.UNKNOWN and here.reach is not Reach.NONE:
            assert here.outcome is Outcome.QUESTION
            assert not here.settled
