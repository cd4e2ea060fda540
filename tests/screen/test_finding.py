"""Alerts: bound to what both sides look like, and never cleared by one person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.errors import UsageError
from greenlane.screen.finding import (
    Alert,
    AlertEvent,
    AlertState,
    Approved,
    Counterparty,
    Lapsed,
    Proposed,
    Raised,
    Refused,
    Side,
    Undone,
    Verdict,
    alert_key,
    fingerprint_of,
    fingerprint_of_entry,
    fold,
    plain_event,
    read_event,
    same_person,
    step,
)
from greenlane.terms.listed import Address, Identifier, ListedParty, Listing, NameKind, PartyKind, PartyName

DAY = date(2026, 11, 2)
UNTIL = date(2027, 11, 2)
OURS, THEIRS = Side("C-1", "Example Trading", "a" * 64), Side("us-sdn:1", "EXAMPLE TRADING LLC", "b" * 64)
KEY = alert_key("C-1", "a" * 64, "us-sdn:1", "b" * 64)
RAISED = Raised(alert=KEY, at=DAY, counterparty=OURS, entry=THEIRS)
PROPOSED = Proposed(
    alert=KEY, at=DAY, by="Ann Example", verdict=Verdict.FALSE_POSITIVE, reason="Another town, another owner", until=UNTIL
)
APPROVED = Approved(alert=KEY, at=DAY, by="Bo Example", proposal=2)


def after(*events: AlertEvent) -> Alert:
    return fold({}, list(enumerate(events, start=1)))[KEY]


def refused(code: str, *events: AlertEvent) -> str:
    with pytest.raises(UsageError) as caught:
        after(*events)
    assert caught.value.code == code
    return caught.value.message


# --- fingerprints -----------------------------------------------------------------------------------------------------

PARTY = Counterparty(
    id="C-1",
    names=("Example Trading", "示例贸易"),
    kind=PartyKind.ORGANISATION,
    countries=("CN",),
    identifiers=(Identifier("uscc", "91EXAMPLE"),),
    born=("1970",),
    addresses=("1 Example Road",),
)


def test_a_fingerprint_reads_as_people_read() -> None:
    same = replace(PARTY, id="C-2", names=("示例贸易", "ＥＸＡＭＰＬＥ   trading"), addresses=("1  example road",))
    assert fingerprint_of(same) == fingerprint_of(PARTY)


@pytest.mark.parametrize(
    "changed",
    [
        replace(PARTY, names=("Example Trading",)),
        replace(PARTY, kind=PartyKind.PERSON),
        replace(PARTY, countries=("HK",)),
        replace(PARTY, identifiers=()),
        replace(PARTY, identifiers=(Identifier("lei", "91EXAMPLE"),)),
        replace(PARTY, born=("1971",)),
        replace(PARTY, addresses=("2 Example Road",)),
    ],
)
def test_every_field_that_matching_reads_changes_the_fingerprint(changed: Counterparty) -> None:
    assert fingerprint_of(changed) != fingerprint_of(PARTY)


ENTRY = ListedParty(
    id="us-sdn:1",
    list="us-sdn",
    kind=PartyKind.ORGANISATION,
    names=(PartyName("EXAMPLE TRADING LLC"), PartyName("EXTRA", NameKind.WEAK)),
    countries=("CN",),
    identifiers=(Identifier("uscc", "91EXAMPLE"),),
    addresses=(Address("1 Example Road", "CN"),),
    born=("1970",),
    listings=(Listing(programme="A", start=date(2020, 1, 1)),),
)


@pytest.mark.parametrize(
    "changed",
    [
        replace(ENTRY, kind=PartyKind.PERSON),
        replace(ENTRY, names=(PartyName("EXAMPLE TRADING LLC"), PartyName("EXTRA", NameKind.ALIAS))),
        replace(ENTRY, countries=()),
        replace(ENTRY, identifiers=()),
        replace(ENTRY, addresses=()),
        replace(ENTRY, born=()),
        replace(ENTRY, listings=(Listing(programme="A", start=date(2020, 1, 1), end=date(2026, 1, 1)),)),
        replace(ENTRY, listings=(*ENTRY.listings, Listing(programme="B"))),
    ],
)
def test_every_field_of_an_entry_changes_its_fingerprint(changed: ListedParty) -> None:
    assert fingerprint_of_entry(changed) != fingerprint_of_entry(ENTRY)


def test_the_page_of_an_entry_and_the_order_of_its_names_do_not() -> None:
    same = replace(ENTRY, href="https://example.org/1", names=tuple(reversed(ENTRY.names)))
    assert fingerprint_of_entry(same) == fingerprint_of_entry(ENTRY)


# --- two people -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        "ann  example",
        " ANN\tEXAMPLE ",
        "Ａｎｎ Example",
        "Ann\u200bExample",
        "Änn Exämple",
        "Example, Ann",
        "Аnn Example",
        "AnnExample",
    ],
)
def test_one_person_under_other_spellings_stays_one(other: str) -> None:
    assert same_person("Ann Example", other)
    assert "one person" in refused("GL0503", RAISED, PROPOSED, replace(APPROVED, by=other))
    refused("GL0503", RAISED, PROPOSED, Refused(alert=KEY, at=DAY, by=other, proposal=2, reason="no"))


def test_two_people_clear_or_confirm() -> None:
    cleared = after(RAISED, PROPOSED, APPROVED)
    assert (cleared.state, cleared.decided_by) == (AlertState.CLEARED, "Bo Example")
    confirmed = after(RAISED, replace(PROPOSED, verdict=Verdict.TRUE_MATCH, until=None), APPROVED)
    assert confirmed.state is AlertState.CONFIRMED
    assert confirmed.holds(on=date(2099, 1, 1))


def test_a_clearance_holds_until_the_day_its_term_ends() -> None:
    cleared = after(RAISED, PROPOSED, APPROVED)
    assert cleared.holds(on=UNTIL - timedelta(days=1))
    assert not cleared.holds(on=UNTIL)
    assert not after(RAISED, PROPOSED).holds(on=DAY)


def test_an_approval_is_of_the_very_proposal_that_was_read() -> None:
    undone = Undone(alert=KEY, at=DAY, by="Ann Example", reason="wrong paper")
    anew = replace(PROPOSED, reason="Something else")
    said = refused("GL0502", RAISED, PROPOSED, undone, anew, APPROVED)
    assert "entry 4 of the log, not entry 2" in said


def test_undoing_and_refusing_open_again() -> None:
    assert after(RAISED, PROPOSED, Refused(alert=KEY, at=DAY, by="Bo", proposal=2, reason="thin")).state is AlertState.OPEN
    back = after(RAISED, PROPOSED, APPROVED, Undone(alert=KEY, at=DAY, by="Cy", reason="new facts"))
    assert (back.state, back.proposal, back.decided_by) == (AlertState.OPEN, None, "")


def test_a_lapsed_alert_is_opened_only_by_a_screening() -> None:
    lapsed = Lapsed(alert=KEY, at=DAY, why="entry changed")
    assert after(RAISED, PROPOSED, APPROVED, lapsed).state is AlertState.LAPSED
    assert after(RAISED, PROPOSED, APPROVED, lapsed, RAISED).state is AlertState.OPEN
    refused("GL0502", RAISED, lapsed, PROPOSED)


@pytest.mark.parametrize(
    ("code", "events"),
    [
        ("GL0501", (PROPOSED,)),
        ("GL0502", (RAISED, RAISED)),
        ("GL0502", (RAISED, APPROVED)),
        ("GL0502", (RAISED, PROPOSED, APPROVED, replace(APPROVED, by="Cy"))),
        ("GL0502", (RAISED, PROPOSED, PROPOSED)),
        ("GL0502", (replace(RAISED, entry=replace(THEIRS, id="us-sdn:2")),)),
        ("GL0504", (RAISED, replace(PROPOSED, by=" - "))),
        ("GL0504", (RAISED, replace(PROPOSED, reason=" "))),
        ("GL0504", (RAISED, replace(PROPOSED, until=None))),
        ("GL0504", (RAISED, replace(PROPOSED, until=DAY))),
        ("GL0504", (RAISED, replace(PROPOSED, evidence_sha256="abc"))),
        ("GL0504", (RAISED, replace(PROPOSED, evidence="x" * 5_000))),
        ("GL0504", (RAISED, replace(PROPOSED, reason="\ud800"))),
        ("GL0504", (RAISED, PROPOSED, replace(APPROVED, at=UNTIL))),
        ("GL0504", (RAISED, PROPOSED, Refused(alert=KEY, at=DAY, by="Bo", proposal=2, reason=""))),
    ],
)
def test_what_an_alert_does_not_allow(code: str, events: tuple[AlertEvent, ...]) -> None:
    refused(code, *events)


# --- properties -------------------------------------------------------------------------------------------------------

PEOPLE = st.sampled_from(["Ann Example", "ann  example", "Example Ann", "Bo Example", "BO EXAMPLE", "Cy Example"])
DAYS = st.sampled_from([DAY, DAY + timedelta(days=400)])
EVENTS = st.one_of(
    st.builds(Raised, alert=st.just(KEY), at=DAYS, counterparty=st.just(OURS), entry=st.just(THEIRS)),
    st.builds(
        Proposed, alert=st.just(KEY), at=DAYS, by=PEOPLE, verdict=st.sampled_from(Verdict), reason=st.just("why"),
        evidence=st.just(""), evidence_sha256=st.just(""), until=st.sampled_from([None, UNTIL]),
    ),
    st.builds(Approved, alert=st.just(KEY), at=DAYS, by=PEOPLE, proposal=st.integers(1, 12)),
    st.builds(Refused, alert=st.just(KEY), at=DAYS, by=PEOPLE, proposal=st.integers(1, 12), reason=st.just("why")),
    st.builds(Undone, alert=st.just(KEY), at=DAYS, by=PEOPLE, reason=st.just("why")),
    st.builds(Lapsed, alert=st.just(KEY), at=DAYS, why=st.just("expired")),
)  # fmt: skip


def tried(events: list[AlertEvent]) -> tuple[Alert | None, list[AlertEvent]]:
    """The alert after those of the events that were allowed; an approval names the last proposal, so that some get through."""
    alert: Alert | None = None
    kept: list[AlertEvent] = []
    for given_event in events:
        event = given_event
        if isinstance(event, Approved | Refused) and event.proposal > 3 and alert is not None:
            event = replace(event, proposal=alert.number)
        try:
            alert = step(alert, event, len(kept) + 1)
        except UsageError:
            continue
        kept.append(event)
    return alert, kept


@settings(max_examples=600, deadline=None)
@given(st.lists(EVENTS, max_size=30).map(lambda events: [RAISED, *events]))
def test_nobody_is_ever_cleared_by_one_person(events: list[AlertEvent]) -> None:
    alert, kept = tried(events)
    assert alert is not None
    if alert.state in (AlertState.CLEARED, AlertState.CONFIRMED):
        last = kept[-1]
        assert isinstance(last, Approved)
        proposal = kept[last.proposal - 1]
        assert isinstance(proposal, Proposed)
        assert not same_person(proposal.by, last.by)
        assert not any(isinstance(between, Undone | Refused | Lapsed | Raised) for between in kept[last.proposal :])


@settings(max_examples=200, deadline=None)
@given(st.lists(EVENTS, max_size=30).map(lambda events: [RAISED, *events]))
def test_the_state_is_the_fold_of_the_log_however_it_is_cut(events: list[AlertEvent]) -> None:
    alert, kept = tried(events)
    numbered = list(enumerate(kept, start=1))
    for cut in range(len(kept) + 1):
        assert fold(fold({}, numbered[:cut]), numbered[cut:])[KEY] == alert


@given(EVENTS)
def test_an_event_is_read_as_it_was_written(event: AlertEvent) -> None:
    assert read_event(plain_event(event)) == event


@pytest.mark.parametrize(
    "odd",
    [
        {"event": "cleared"},
        {**plain_event(APPROVED), "proposal": True},
        {**plain_event(APPROVED), "proposal": "2"},
        {**plain_event(APPROVED), "more": ""},
        {**plain_event(APPROVED), "at": "20261102"},
        {**plain_event(APPROVED), "by": 1},
        {**plain_event(PROPOSED), "verdict": "clear"},
        {**plain_event(RAISED), "entry": {"id": "x"}},
    ],
)
def test_what_would_not_have_been_written_is_not_read(odd: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_event(odd)
