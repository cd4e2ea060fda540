from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from greenlane.screen.closeness import BONES, EQUAL, HOW, TYPO, VARIANT, Vocabulary
from greenlane.screen.names import read_name

LIST = tuple(sorted({"zarnitsa", "kuanda", "demidovich", "mohammed", "electra", "borislav", "yevgeni"}))


def vocabulary() -> Vocabulary:
    words = {word: read_name(word).readings[0].words[0] for word in LIST}
    return Vocabulary.build(LIST, [words[one].sound for one in LIST], [words[one].bones for one in LIST])


def close(word: str, *, bare: bool = False) -> dict[str, tuple[float, int]]:
    (read,) = read_name(word).readings[0].words
    found = vocabulary().close_to([read.text], [read.sound], [read.bones], bare=[bare])
    return {
        LIST[at]: (like, how)
        for at, like, how in zip(found.word.tolist(), found.likeness.tolist(), found.how.tolist(), strict=True)
    }


def test_a_word_is_equal_to_itself_only() -> None:
    assert close("kuanda") == {"kuanda": (1.0, EQUAL)}


@pytest.mark.parametrize("slip", ["zarnitsa"[:3] + "zarnitsa"[4:], "zranitsa", "zarnittsa", "zarmitsa"])
def test_a_slip_is_close(slip: str) -> None:
    like, how = close(slip)["zarnitsa"]
    assert 0.8 <= like < 1
    assert HOW[how] in {"typo", "variant"}


def test_another_spelling_of_one_sound_is_a_variant() -> None:
    assert close("evgeniy").get("yevgeni", (0.0, TYPO))[1] in {VARIANT, TYPO}


def test_consonants_alone_say_more_where_vowels_are_not_written() -> None:
    bare, slip = close("mhmmd", bare=True)["mohammed"], close("mhmmd")["mohammed"]
    assert bare[1] == slip[1] == BONES
    assert bare[0] > 0.75 > slip[0]
    assert close("brslf", bare=True)["borislav"][1] == BONES
    assert "borislav" not in close("brslf")


def test_short_words_are_close_to_nothing() -> None:
    assert close("kua") == {}


@given(st.lists(st.sampled_from([*LIST, "zarnitza", "mohamed", "quite", "other"]), min_size=1, max_size=6))
def test_what_a_word_is_close_to_hangs_on_it_alone(words: list[str]) -> None:
    known = vocabulary()
    read = [read_name(one).readings[0].words[0] for one in words]
    together = known.close_to(
        [one.text for one in read], [one.sound for one in read], [one.bones for one in read], bare=[False] * len(read)
    )
    for at, one in enumerate(read):
        alone = known.close_to([one.text], [one.sound], [one.bones], bare=[False])
        part = slice(int(together.start[at]), int(together.start[at + 1]))
        assert together.word[part].tolist() == alone.word.tolist()
        assert together.likeness[part].tolist() == alone.likeness.tolist()


def test_a_word_one_slip_away_is_found_among_many_that_share_more_of_its_pieces() -> None:
    # Of "elmce" and "elmec" only the first two pieces of five are the same, and the rest of "elmce" is rarer than they.
    words = tuple(sorted({"elmec", "zarnitsa", *(f"elm{first}{second}" for first in "abdfgh" for second in "aiou")}))
    known = Vocabulary.build(words, words, words)
    found = known.close_to(["elmce"], ["elmce"], [""], bare=[False])
    assert "elmec" in [words[at] for at in found.word]


@given(st.text("abc", min_size=4, max_size=7), st.text("abc", min_size=4, max_size=7))
def test_all_words_one_slip_away_are_found(one: str, other: str) -> None:
    known = Vocabulary.build((one,), (one,), ("",))
    found = known.close_to([other], [other], [""], bare=[False])
    if OSA.distance(one, other) <= 1:
        assert found.word.tolist() == [0]
