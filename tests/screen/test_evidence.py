from __future__ import annotations

import numpy as np
import pytest

from greenlane.screen.candidates import Pairs, ask
from greenlane.screen.evidence import COLUMN, weigh
from greenlane.screen.index import Index
from greenlane.screen.names import read_name
from greenlane.screen.rows import HAN
from greenlane.terms.listed import ListedParty, NameKind, PartyKind, PartyName


def evidence(asked: str, listed: str) -> dict[str, float]:
    """What `weigh` says of the first reading of either name, beside a party that shares no word with them."""
    index = Index.build(
        [
            ListedParty(id=f"x:{at}", list="x", kind=PartyKind.ORGANISATION, names=(PartyName(text, NameKind.PRIMARY),))
            for at, text in enumerate((listed, "Quorvex Bright Harbour Ltd"))
        ]
    )
    questions = ask([read_name(asked)], index)
    one = np.zeros(1, dtype=np.int64)
    row = weigh(Pairs(one, one, one, np.ones(1)), questions, index)[0]
    return {name: float(row[at]) for name, at in COLUMN.items()}


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ("Example Zarnitsa", "Example Zarnitsa Ltd"),  # the legal form is no part of the name
        ("ExampleZarnitsa Ltd", "Example Zarnitsa Ltd"),
        ("ExampleZarnitsaLtd", "Example Zarnitsa Ltd"),
    ],
)
def test_letters_that_are_the_same_have_met_however_they_are_cut(asked: str, listed: str) -> None:
    found = evidence(asked, listed)
    alike = evidence(listed, listed)
    for name in ("query_covered", "list_covered", "shared", "exact", "shared_plain", "list_first", "list_last"):
        assert found[name] == alike[name]
    assert found["query_lacking_most"] == found["list_lacking_most"] == 0


def test_slips_in_a_legal_form_and_in_the_name_are_counted_over_all_that_is_written() -> None:
    found = evidence("Example Zarnitsq Lmited", "Example Zarnitsa Limited")
    assert found["whole_slips"] == 2
    assert found["whole_letters"] == len("ExampleZarnitsaLimited")
    # Without what the slips account for, the misspelt form would be a rare word that the listed name lacks.
    assert found["query_lacking_most"] < evidence("Example Zarnitsq Orvalum", "Example Zarnitsa Limited")["query_lacking_most"] / 2


def test_another_order_of_all_words_is_no_slip() -> None:
    assert evidence("Zarnitsa Company Joint Example Stock", "Joint Stock Company Example Zarnitsa")["whole_slips"] == 0


def test_a_telling_word_exchanged_is_no_slip() -> None:
    found = evidence("Example Zarnitsa Orvalum Works", "Example Zarnitsa Tirqedon Works")
    assert found["whole_slips"] > 3
    assert found["exchanged"] > 1  # nats: of two listed names a word of one alone says no more


def test_a_slip_in_a_number_makes_another_number() -> None:
    found = evidence("Example Zarnitsa Works 8688", "Example Zarnitsa Works 8689")
    assert found["whole_slips"] == 1
    assert found["numbers"] == 3
    # Too short to be met by its letters, and no slip accounts for it.
    short = evidence("Example Zarnitsa Works 12", "Example Zarnitsa Works 13")
    assert short["whole_slips"] == 1
    assert short["query_lacking_most"] > 1


def test_a_name_cut_off_within_a_word_lacks_nothing() -> None:
    found = evidence("Example Zarnitsa Orva", "Example Zarnitsa Orvalum Works Ltd")
    assert found["cut"] == found["begins"] == len("ExampleZarnitsaOrva")
    assert found["query_lacking"] == 0
    assert found["list_lacking"] > 0
    assert evidence("Zarnitsa Orva", "Example Zarnitsa Orvalum Works Ltd")["cut"] == 0


def test_words_of_a_trade_are_not_shared_plain() -> None:
    found = evidence("International Trading Orvalum", "International Trading Tirqedon")
    assert found["shared"] > 1
    assert found["shared_plain"] == 0


def test_a_word_that_meets_its_like_is_nobody_elses_short_form() -> None:
    found = evidence("Zarnitsa Zarnit Works", "Zarnitsa Orvalum Works")
    assert found["inexact"] == 0
    assert found["plain_exchanged"] == 1


def test_a_word_said_twice_meets_once() -> None:
    assert evidence("Zarnitsa Zarnitsa Orvalum", "Zarnitsa Tirqedon Orvalum")["plain_exchanged"] == 1
    assert evidence("Zarnitsa Zarnitsa Orvalum", "Zarnitsa Zarnitsa Orvalum")["query_lacking"] == 0


def test_a_listed_name_is_no_slip_of_another() -> None:
    # "Bright" stands in the other listed name; "Brught" stands nowhere.
    assert evidence("Zarnitsa Bright", "Zarnitsa Brught")["known_slip"] > 0
    assert evidence("Zarnitsa Brught", "Zarnitsa Brighd")["known_slip"] == 0


def test_slips_that_make_up_most_of_a_word_account_for_nothing() -> None:
    inside = evidence("Zarnitsa Orvalum Tirqedom Works", "Zarnitsa Orvalum Tirqedon Works")
    other = evidence("Zarnitsa Orvalum Kesa Works", "Zarnitsa Orvalum Tosi Works")
    assert inside["whole_slips"] == 1
    assert inside["exchanged"] == pytest.approx(0, abs=0.5)
    assert other["whole_slips"] == 3
    assert other["rest_slips"] == 3
    assert other["exchanged"] > 1


def test_vowels_left_over_are_told_from_consonants() -> None:
    assert evidence("Zarnitsa Tirqedon", "Zarnitsa Terqadun")["rest_bones"] == 0
    assert evidence("Zarnitsa Tirqedon", "Zarnitsa Tirmelon")["rest_bones"] > 0


@pytest.mark.parametrize(
    ("asked", "listed", "fathers"),
    [
        ("Example Ivan Petrovich", "Example Ivan Petrovich", 1),
        ("Example Ivan Petrovich", "Example Ivan", 0),  # who leaves a father out names no other
        ("Example Ivan Petrovich", "Example Ivan Sergeyevich", 2),
        ("Example Ivan Petrovich", "Example Pyotr Ivanovich", 2),
        ("Example Mykola Sergeyevich", "Example Nikolai Serhiyovych", 1),
        ("Salim bin Umar Example", "Umar bin Salim Example", 2),
        ("Example Ilham Heydar oglu", "Example Ilham Rashid oglu", 2),
    ],
)
def test_fathers_are_held_against_fathers(asked: str, listed: str, fathers: int) -> None:
    assert evidence(asked, listed)["fathers"] == fathers


def test_a_name_is_not_short_for_one_made_from_it() -> None:
    assert evidence("Example Ivan", "Example Ivanov")["query_last"] < 0.75
    assert evidence("Example Alex", "Example Alexander")["query_last"] >= 0.75


def test_a_mans_form_is_told_from_a_womans() -> None:
    assert evidence("Example Tarkova", "Example Tarkov")["genders"] == 1
    assert evidence("Example Tarkovo", "Example Tarkov")["genders"] == 0


def test_a_short_name_meets_the_long_one() -> None:
    for short, long in (("Bill", "William"), ("Volodya", "Vladimir"), ("Bob", "Robert")):
        assert evidence(f"{short} Zarnitsa", f"{long} Zarnitsa")["query_first"] > 0.9


def test_a_name_begun_at_another_word_is_in_order() -> None:
    assert evidence("Zarnitsa Orvalum Tirqedon", "Tirqedon Zarnitsa Orvalum")["twists"] == 0
    assert evidence("Zarnitsa Orvalum Tirqedon", "Orvalum Zarnitsa Tirqedon")["twists"] == 1


def test_signs_of_chinese_names_count_where_their_sound_met() -> None:
    same, other = evidence("向飞阳", "向飞阳"), evidence("向飞阳", "向非阳")
    assert other["letters"] == same["letters"] == 1  # one sound
    assert (same["signs"], other["signs"]) == (1, 2)
    assert evidence("Xiang Feiyang", "向飞阳")["signs"] == 0


@pytest.mark.parametrize(
    ("asked", "listed", "sameness"),
    [
        ("Example Zarnitsa Ltd", "Example Zarnitsa Ltd", 4),
        ("Example Zarnitsa Ltd", "Example Zarnitsa LLC", 3),
        ("Example Zarnitsa", "Example Zarnitsa Ltd", 2),
        ("Example Zarnitsa AG", "Example Zarnitsa Ltd", 1),
        ("Example Zarnitse Ltd", "Example Zarnitsa Ltd", 0),
    ],
)
def test_sameness(asked: str, listed: str, sameness: int) -> None:
    assert evidence(asked, listed)["sameness"] == sameness


@pytest.mark.parametrize(
    ("asked", "listed", "wholly"),
    [
        ("EXAMPLE  zarnitsa-works, ltd.", "Example Zarnitsa Works Ltd", 2),
        ("Exampl ezarnitsa Works Ltd", "Example Zarnitsa Works Ltd", 2),  # the space in another place
        ("Works Example Zarnitsa Ltd", "Example Zarnitsa Works Ltd", 0),  # Ali bin Umar is not Umar bin Ali
        ("Example Zarnitsq Works Ltd", "Example Zarnitsa Works Ltd", 1),
        ("Example Zarnitsa Works 12", "Example Zarnitsa Works 13", 0),  # a slip that makes another number
        ("Example Quorvix Works", "Example Quorvex Works", 1),
        ("Example Quorvex Works", "Example Quorvix Works", 0),  # a slip that makes a name the list knows
        ("新興寬達有限公司", "新兴宽达有限公司", 2),
        ("新興寬達公司", "新兴宽达有限公司", 0),
        ("高石早苗", "高市早苗", 0),  # of one sound
    ],
)
def test_what_is_the_same_to_the_letter_is_said(asked: str, listed: str, wholly: int) -> None:
    index = Index.build(
        [
            ListedParty(id=f"x:{at}", list="x", kind=PartyKind.ORGANISATION, names=(PartyName(text, NameKind.PRIMARY),))
            for at, text in enumerate((listed, "Quorvex Bright Harbour Ltd"))
        ]
    )
    questions = ask([read_name(asked)], index)
    rows, theirs = len(questions.rows.owner), int(np.count_nonzero(index.row_party == 0))
    mine, listed_rows = (one.ravel() for one in np.meshgrid(np.arange(rows), np.arange(theirs), indexing="ij"))
    met = (questions.rows.bridge[mine] == HAN) == (index.row_bridge[listed_rows] == HAN)
    pairs = Pairs(np.zeros(int(met.sum()), dtype=np.int64), mine[met], listed_rows[met], np.ones(int(met.sum())))
    assert weigh(pairs, questions, index)[:, COLUMN["wholly"]].max() == wholly
