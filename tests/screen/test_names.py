"""Names of every script come down to the same folded words, and what does not matter in a name changes nothing."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.screen.letters import LENGTH_MAX, folded, one_script, visible
from greenlane.screen.names import READINGS_MAX, Name, WordKind, read_name

NAMES = st.text(alphabet=st.sampled_from(string.ascii_letters + " .,-'0123456789&()"), max_size=60)
ANY_SCRIPT = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("北京华为数字技术有限公司朝鮮会社セメントوليمحمدالكريمІванович김정은АBСabcÅßİı·\u200b\u0130'\""),
    ),
    max_size=40,
)


def words(text: str, reading: int = 0) -> list[tuple[str, str]]:
    return [(word.text, word.kind.value) for word in read_name(text).readings[reading].words]


def spoken(text: str) -> set[str]:
    """Every reading as one string of words."""
    return {" ".join(word.text for word in reading.words) for reading in read_name(text).readings}


class TestLatin:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Example Trading Co., Ltd.", "EXAMPLE TRDG COMPANY LIMITED"),
            ("Example Trading LLC", "EXAMPLE TRADING LIMITED LIABILITY COMPANY"),
            ("OOO Example", "Example GmbH"),
            ("PAO Example", "Example PJSC"),
            ("Example, S.A. de C.V.", "EXAMPLE SA DE CV"),
            ("Example Sdn. Bhd.", "Example Pty Ltd"),
            ("EXAMPLE DIS TICARET LIMITED SIRKETI", "Example Dis Ticaret Ltd. Sti."),
            ("Example K.K.", "Example Kabushiki Kaisha"),
            ("Example Int'l Inst. of Tech.", "Example International Institute of Technology"),
            ("Example 3rd Research Institute", "Example Third Res Inst"),
            ("Example Vessel II", "EXAMPLE VESSEL 2"),
            ("Éxämplé Größe", "Example Grosse"),
        ],
    )
    def test_ways_to_write_one_name(self, one: str, other: str) -> None:
        assert sorted(words(one)) == sorted(words(other))

    def test_kinds(self) -> None:
        assert words("Dr. A. Example of Beijing Trading 7 LLC") == [
            ("dr", "title"),
            ("a", "initial"),
            ("example", "plain"),
            ("of", "stop"),
            ("beijing", "place"),
            ("trade", "trade"),
            ("7", "number"),
            ("limited", "legal_form"),
        ]

    @pytest.mark.parametrize("text", ["Forty-Four Example", "Forty 4 Example", "44 Example"])
    def test_tens_and_ones_are_one_number(self, text: str) -> None:
        assert words(text) == [("44", "number"), ("example", "plain")]
        assert words("Forty Example 4")[0] == ("40", "number")

    def test_a_form_of_two_letters_counts_at_the_ends_only(self) -> None:
        assert words("Example SA")[-1] == ("stock", "legal_form")
        assert ("sa", "plain") in words("Example Sa Example")

    @pytest.mark.parametrize(
        "text",
        [
            "OPEN JOINT STOCK OCMPANY EXAMPLE",
            "Open Joint Stcok Company Example",
            "Example Open Joint Stock Companny",
            "Открытое акционерное обществво Example",
        ],
    )
    def test_a_form_of_several_words_is_known_with_one_slip(self, text: str) -> None:
        (reading,) = read_name(text).readings
        (form,) = [word for word in reading.words if word.kind is WordKind.LEGAL_FORM]
        assert (form.text, form.how) == ("stock", "legal form, one letter off")
        assert reading.joined == "example"

    @pytest.mark.parametrize("text", ["Example Compana Limited", "Open Jiont Stcok Company", "Example Unitary Enterprize"])
    def test_a_slip_beside_too_little_of_a_form_is_a_word(self, text: str) -> None:
        assert all(word.how != "legal form, one letter off" for word in read_name(text).readings[0].words)

    @pytest.mark.parametrize(
        ("text", "joined"),
        [
            ("Sergej Zjukovitj Sjtjapov", "sergeyzhukovichshchapov"),
            ("SERGEJZJUKOVITJ", "sergeyzhukovich"),
            ("Sergej Sjukovitsj", "sergeyshukovich"),
            ("Sergej Schukowitsch", "sergeyshukovich"),
            ("Sergej Szukowicz", "sergeyshukovich"),
        ],
    )
    def test_a_habit_of_romanising_is_read_as_english_too(self, text: str, joined: str) -> None:
        first, second = read_name(text).readings
        assert (first.bridge, second.bridge) == ("latin", "cyrillic")
        assert {word.how for word in second.words} == {"romanised"}
        assert second.joined == joined

    def test_letters_in_a_row_are_no_form_of_two_letters(self) -> None:
        assert words("A.B.C. Company")[:3] == [("a", "initial"), ("b", "initial"), ("c", "initial")]
        assert words("Example A.B.")[-1] == ("stock", "legal_form")

    def test_a_line_of_attention_says_little(self) -> None:
        assert ("attn", "stop") in words("Example Steel Co Ltd Attn. Logistics")

    def test_a_name_is_never_its_legal_form_only(self) -> None:
        assert words("Limited Liability Company") != []
        assert read_name("OOO").readings[0].joined == "ooo"

    def test_the_joined_letters_leave_the_legal_form_out(self) -> None:
        assert read_name("Example Steel Co Ltd").readings[0].joined == "examplesteel"

    @pytest.mark.parametrize(
        ("asked", "whole"),
        [
            ("Example Limited Lia bility Company", "Example Limited Liability Company"),
            ("Example Tech nology Ltd", "Example Technology Ltd"),
            ("Example Tradingcompany", "Example Trading Company"),
            ("Examplelimited Liability Company", "Examplelimited Liability Company"),  # the first half is no common word
        ],
    )
    def test_common_words_are_mended(self, asked: str, whole: str) -> None:
        def words(text: str) -> list[tuple[str, WordKind]]:
            return [(word.text, word.kind) for word in read_name(text).readings[0].words]

        assert words(asked) == words(whole)

    def test_the_piece_of_the_text_is_kept(self) -> None:
        assert [word.source for word in read_name("Example Trdg Co., Ltd.").readings[0].words] == ["example", "trdg", "co ltd"]


class TestSoundsAndBones:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Mohammed", "Muhammad"),
            ("Vladimirovich", "Uladzimiravich"),
            ("Sergei", "Siarhei"),
            ("Yuriy", "Iurii"),
            ("Moskovskiy", "Moskovsky"),
            ("Khrushchev", "Hrushev"),
        ],
    )
    def test_spellings_of_one_sound(self, one: str, other: str) -> None:
        assert read_name(one).readings[0].words[0].sound == read_name(other).readings[0].words[0].sound

    @pytest.mark.parametrize(
        ("one", "other"), [("Hosseini", "Husayni"), ("Qasem", "Ghasim"), ("Vahid", "Waheed"), ("Mhmd", "Mohammad")]
    )
    def test_spellings_of_one_skeleton(self, one: str, other: str) -> None:
        assert read_name(one).readings[0].words[0].bones == read_name(other).readings[0].words[0].bones != ""

    def test_names_apart_stay_apart(self) -> None:
        sounds = [read_name(name).readings[0].words[0].sound for name in "Majid Zhang Jin Ang Petrov Ivanov Hasan".split()]
        assert len(set(sounds)) == len(sounds)


class TestOtherScripts:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Общество с Ограниченной Ответственностью «Пример»", "limited primer"),
            ("Пример Завод АО", "primer plant stock"),
            ("Юрій Прикладенко", "yuriy prykladenko"),
            ("Παράδειγμα", "paradeigma"),
            ("محمد رضا", "muhammad rida"),
            ("عبد الكريم", "abd al karim"),
            ("عبدالكريم", "abd al karim"),
            ("حمد الله", "hamadullah"),
            ("محمدرضا", "muhammadrida"),
            ("علی‌رضا", "alireza"),
            ("ابوالفضل پژمان", "abolfazl pazhman"),
            ("김정은", "kim jeongeun"),
            ("ヤマダ・システムズ", "yamada system"),
        ],
    )
    def test_first_reading(self, text: str, expected: str) -> None:
        assert " ".join(word.text for word in read_name(text).readings[0].words) == expected

    @pytest.mark.parametrize(
        ("text", "script"),
        [
            ("Example", "latin"),
            ("Пример", "cyrillic"),
            ("例子公司", "han"),
            ("قاعدة", "arabic"),
            ("예시", "hangul"),
            ("エネルギー", "kana"),
            ("Παρ", "greek"),
            ("דוגמה", "hebrew"),
        ],
    )
    def test_script(self, text: str, script: str) -> None:
        assert read_name(text).script == script

    def test_presentation_forms_and_tatweel_of_arabic(self) -> None:
        assert words("ﻤﺤﻤﺪ") == words("محمد") == words("محـــمد")


class TestHan:
    @pytest.mark.parametrize(
        ("text", "reading"),
        [
            ("北京例达数字技术有限公司", "beijing lida digital technology limited"),
            ("北京例达数字技术有限公司", "beijing lida shuzi jishu limited"),
            ("哈尔滨工业大学", "harbin institute of technology"),
            ("例达集团第十四研究所", "lida group 14 research institute"),
            ("朝鮮普通江貿易会社", "korea pothonggang trade company"),
            ("順川セメント工場", "sunchon cement factory"),
            ("約翰·史密斯", "john smith"),
            ("青木精密工業株式会社", "aoki seimitsu kogyo stock"),
            ("青木精密工業株式会社", "aoki precision industry stock"),
            ("单立文", "shan liwen"),
            ("林大文", "lin tawen"),
            ("林大文", "lam tawen"),
        ],
    )
    def test_one_of_the_readings(self, text: str, reading: str) -> None:
        assert reading in spoken(text)

    def test_traditional_and_japanese_characters_are_one_name(self) -> None:
        assert read_name("東京電気株式會社").han == read_name("东京电气株式会社").han == "东京电气"

    def test_typed_pinyin_is_put_together_and_translated(self) -> None:
        assert "beijing lida technology limited" in spoken("Bei Jing Li Da Ke Ji You Xian Gong Si")
        assert read_name("Bei Jing Li Da Ke Ji You Xian Gong Si").readings[0].joined == "beijinglidakeji"

    def test_a_headline_is_no_part_of_the_name(self) -> None:
        assert read_name("参与对某地区军售的例达电子公司").han == read_name("例达电子公司").han


class TestEvasion:
    def test_look_alikes_in_a_latin_word(self) -> None:
        assert words("ЕХАМРLЕ Тrаding") == words("EXAMPLE Trading")

    def test_latin_letters_in_a_cyrillic_word(self) -> None:
        assert words("Мoшкiн") == words("Мошкін")

    def test_a_cyrillic_word_beside_a_latin_one_stays(self) -> None:
        assert one_script("Пример Example РОСТ") == "Пример Example РОСТ"

    @given(NAMES, st.sampled_from("\u200b\u200d\u2060\u00ad\ufeff\u200e"), st.integers(0, 60))
    def test_invisible_signs_change_nothing(self, text: str, sign: str, at: int) -> None:
        assert _same(read_name(text[:at] + sign + text[at:]), read_name(text))


class TestLaws:
    @given(NAMES)
    def test_case_changes_nothing(self, text: str) -> None:
        assert _same(read_name(text.upper()), read_name(text.lower()))

    @given(ANY_SCRIPT)
    def test_folding_twice_is_folding_once(self, text: str) -> None:
        once = folded(visible(text))
        assert folded(visible(once)) == once
        assert once.isascii()

    @given(ANY_SCRIPT)
    def test_what_is_seen_is_settled(self, text: str) -> None:
        assert visible(visible(text)) == visible(text)

    @given(ANY_SCRIPT)
    def test_any_text_gives_few_readings_of_plain_words(self, text: str) -> None:
        name = read_name(text)
        assert len(name.readings) <= READINGS_MAX
        for reading in name.readings:
            assert reading.words
            assert reading.joined
            assert all(word.text.isascii() and word.text.isalnum() and word.text == word.text.lower() for word in reading.words)
            assert all(word.source for word in reading.words)
        assert read_name(text) == name

    @given(st.text(alphabet="ab ", min_size=1, max_size=5))
    def test_nothing_is_read_beyond_the_limit(self, text: str) -> None:
        long = "x" * LENGTH_MAX
        assert _same(read_name(long + text), read_name(long))

    @pytest.mark.parametrize("piece", ["ال", "عبد", "亚当", "第一", "公司", "a.", "株式会社", "٠", "·"])
    def test_a_long_row_of_one_piece_is_read(self, piece: str) -> None:
        assert len(read_name(piece * LENGTH_MAX).readings) <= READINGS_MAX

    def test_a_name_beside_the_same_in_another_language_is_read_by_itself(self) -> None:
        name = read_name("Example Zarnitsa / Приклад Зарница")
        assert [[word.text for word in one.words] for one in name.readings[-2:]] == [
            ["example", "zarnitsa"],
            ["priklad", "zarnitsa"],
        ]
        assert len(read_name("Example A/S").readings) == 1

    def test_no_letters_no_reading(self) -> None:
        assert read_name("").readings == read_name(" -·「」 ").readings == ()

    @given(ANY_SCRIPT)
    def test_places_and_forms_never_carry_bones(self, text: str) -> None:
        for reading in read_name(text).readings:
            assert all(not word.bones or word.kind is WordKind.PLAIN for word in reading.words)


def _same(one: Name, other: Name) -> bool:
    return one.readings == other.readings and one.han == other.han
