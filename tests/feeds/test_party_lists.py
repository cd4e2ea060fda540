"""Files of listed parties in their official forms, with invented names: read, told where odd, refused where bad."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.errors import SourceError
from greenlane.feeds import party_lists_made, party_lists_us
from greenlane.feeds.party_lists import FORMATS, ListFile, read_bytes, read_list
from greenlane.feeds.party_lists_eu import CSV_COLUMNS
from greenlane.feeds.party_lists_made import born_of
from greenlane.feeds.party_lists_ofac import identifier_of
from greenlane.feeds.party_lists_places import place_of
from greenlane.terms.listed import Address, Identifier, ListedParty, NameKind, PartyKind, PartyName

STATE = date(2026, 7, 31)


def read(raw: bytes | str, name: str = "list.file", **more: Any) -> ListFile:
    more.setdefault("state", STATE)
    return read_bytes({name: raw.encode("utf-8") if isinstance(raw, str) else raw}, **more)


def parties(found: ListFile) -> list[ListedParty]:
    return [one for edition in found.editions for one in edition.parties]


def only(found: ListFile) -> ListedParty:
    (one,) = parties(found)
    return one


def code_of(raw: bytes | str, **more: Any) -> str:
    with pytest.raises(SourceError) as caught:
        read(raw, **more)
    assert caught.value.hint or caught.value.at
    return caught.value.code


def codes(found: ListFile) -> list[str]:
    return [one.code for one in found.findings]


# --- the Consolidated Screening List -----------------------------------------------------------------------------------

EL = "Entity List (EL) - Bureau of Industry and Security"
SDN = "Specially Designated Nationals (SDN) - Treasury Department"


def csl(*entries: dict[str, Any], **top: Any) -> str:
    return json.dumps({"total": len(entries), "sources": [], "results": list(entries), **top})


def entry(**more: Any) -> dict[str, Any]:
    empty: dict[str, Any] = dict.fromkeys(party_lists_us.FIELDS)
    for name in ("programs", "addresses", "alt_names", "citizenships", "dates_of_birth", "nationalities", "places_of_birth", "ids"):
        empty[name] = []
    return {**empty, "id": "1", "source": EL, "name": "Example Works", **more}


def test_an_entry_of_the_screening_list_says_all_it_says() -> None:
    raw = csl(
        entry(
            source=SDN,
            entity_number="4711",
            type="Individual",
            name="Example, and any successor, sub-unit, or subsidiary thereof",
            alt_names=["Example  Person", "Example Person"],
            addresses=[{"address": "1 Example St", "city": "Exampleton", "state": None, "postal_code": "10", "country": "PRC"}],
            nationalities=["DE"],
            dates_of_birth=["1960-08-11", "circa 1961"],
            ids=[{"type": "Passport", "number": "C 0001", "country": "DE"}, {"type": "Gender", "number": "Male", "country": None}],
            programs=["NPWMD"],
            license_requirement="For all items",
            license_policy="Presumption of denial.",
            federal_register_notice="1 FR 1",
            start_date="2020-01-02",
            end_date="2030-01-01",
            source_list_url="https://example.org",
        )
    )
    one = only(read(raw))
    assert (one.id, one.list, one.kind) == ("us-sdn:4711", "us-sdn", PartyKind.PERSON)
    assert one.names == (PartyName("Example"), PartyName("Example Person", NameKind.ALIAS))
    assert one.addresses == (Address("1 Example St, Exampleton, 10", "CN"),)
    assert one.countries == ("CN", "DE")
    assert one.identifiers == (Identifier("passport", "C 0001", "DE"),)
    assert one.born == ("1960-08-11", "1961")
    (listing,) = one.listings
    assert (listing.programme, listing.requirement, listing.citation) == ("NPWMD", "For all items", "1 FR 1")
    assert listing.stands(on=date(2030, 1, 1), known_by=date(2030, 1, 1)), "the last day counts"
    assert not listing.stands(on=date(2030, 1, 2), known_by=date(2030, 1, 2))


def test_fields_may_be_null_or_not_there() -> None:
    bare = {"source": EL, "name": "Example Works", "alt_names": None}
    assert only(read(csl(bare))).names == (PartyName("Example Works"),)
    assert only(read(csl(entry()))).list == "us-entity-list"


@pytest.mark.parametrize("short", sorted(party_lists_us.SOURCES))
def test_each_list_of_the_file_is_an_edition(short: str) -> None:
    found = read(csl(entry(source=f"Some List ({short}) - Some Department")))
    assert [one.list for one in found.editions] == [party_lists_us.SOURCES[short]]


def test_what_is_not_known_is_told_and_the_party_kept() -> None:
    found = read(
        csl(
            entry(
                type="Spacecraft",
                addresses=[{"country": "Atlantis", "planet": "x"}, "nowhere"],
                start_date="soon",
                dates_of_birth=["long ago"],
                colour="red",
            ),
            version=2,
        )
    )
    one = only(found)
    assert one.kind is PartyKind.UNKNOWN
    assert one.addresses == (Address("Atlantis"),)
    assert one.listings[0].start is None, "a day that does not read leaves the listing standing"
    said = " ".join(finding.message for finding in found.findings)
    for word in ("Spacecraft", "Atlantis", "addresses.planet", "soon", "long ago", "colour", "version", "no list of objects"):
        assert word in said, word
    assert set(codes(found)) == {"GL0614", "GL0615", "GL0616"}
    assert found.rejects == ()


def test_an_entry_of_an_unknown_list_or_without_a_name_is_a_reject_and_counts_as_missing() -> None:
    found = read(csl(entry(), entry(source="New List (NEW)", name="Example B"), entry(name=" "), "no object"))  # type: ignore[arg-type]
    assert len(parties(found)) == 1
    assert found.editions[0].rejected == 3
    assert [(one.number, one.problems[0].code) for one in found.rejects] == [(2, "GL0614"), (3, "GL0613"), (4, "GL0124")]
    for one in found.rejects:
        assert one.problems[0].hint
        assert one.problems[0].at
        assert one.problems[0].at.file == "list.file"
    assert found.rejects[0].cells["name"] == "Example B", "a rejected row keeps all it held"


def test_a_rejected_entry_of_one_list_does_not_spoil_another() -> None:
    found = read(csl(entry(), entry(source=SDN, entity_number="1"), entry(source=SDN, entity_number="2", name="")))
    assert {one.list: one.rejected for one in found.editions} == {"us-entity-list": 0, "us-sdn": 1}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (csl(entry(), total=2), "GL0605"),
        (csl(), "GL0605"),
        ('{"results": {}}', "GL0612"),
        (csl({"source": EL, "name": "Example Works", "aliases": ["EW"]}), "GL0612"),
        ('{"results": [], "results": []}', "GL0602"),
        (csl(entry())[:-4], "GL0602"),
        ('{"results": ' + "[" * 100 + "]" * 100 + "}", "GL0604"),
        (csl(entry()).encode("utf-16"), "GL0603"),
        (b'{"results": ["\xff"]}', "GL0603"),
        (gzip.compress(csl(entry()).encode())[:-9], "GL0602"),
        (b"\x1f\x8bnonsense", "GL0602"),
        ("", "GL0601"),
        ("just words", "GL0601"),
    ],
)
def test_a_file_that_is_not_whole_is_refused(raw: bytes | str, code: str) -> None:
    assert code_of(raw) == code


def test_a_file_says_its_day_or_the_user_does() -> None:
    assert code_of(csl(entry()), state=None) == "GL0611"
    assert read(csl(entry())).editions[0].state == STATE


def test_a_packed_file_is_read_and_one_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = csl(entry()).encode()
    packed, plain = read(gzip.compress(raw, mtime=0)).editions[0], read(raw).editions[0]
    assert packed.parties == plain.parties
    assert packed.sha256 != plain.sha256, "the digest is that of what was read"
    monkeypatch.setattr("greenlane.feeds.party_lists.SIZE_MAX", 1_000)
    assert code_of(gzip.compress(b"x" * 1_000_000)) == "GL0608"


def test_a_file_above_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list.json"
    path.write_text(csl(entry()), encoding="utf-8")
    monkeypatch.setattr("greenlane.feeds.party_lists.SIZE_MAX", 10)
    with pytest.raises(SourceError) as caught:
        read_list((path,), state=STATE)
    assert caught.value.code == "GL0608"
    with pytest.raises(SourceError) as caught:
        read_list((tmp_path / "none.json",), state=STATE)
    assert caught.value.code == "GL0606"


def test_the_csv_says_what_the_json_says() -> None:
    header = ",".join(party_lists_us.FIELDS)
    row = dict.fromkeys(party_lists_us.FIELDS, "") | {
        "source": SDN,
        "entity_number": "4711",
        "type": "Entity",
        "name": "Example Works",
        "programs": "NPWMD; SDGT",
        "alt_names": "Example Werke; EW",
        "addresses": '"1 Example St, Exampleton, CN; Elsewhere, IR"',
        "dates_of_birth": "1965",
        "ids": '"US, 80-0890696, Tax ID No.; 7744001497, Registration ID; mailbox@example.org, Email Address"',
        "start_date": "2020-01-02",
    }
    one = only(read(f"{header}\n{','.join(row.values())}\n"))
    assert one.id == "us-sdn:4711"
    assert [name.text for name in one.names] == ["Example Works", "Example Werke", "EW"]
    assert one.addresses == (Address("1 Example St, Exampleton", "CN"), Address("Elsewhere", "IR"))
    assert one.identifiers == (Identifier("tax", "80-0890696", "US"), Identifier("registration", "7744001497"))
    assert one.listings[0].programme == "NPWMD; SDGT"


def test_a_row_with_too_many_cells_is_a_reject_with_its_place() -> None:
    found = read("source,name,alt_names,addresses\n" + f"{EL},Example,,\n" + f"{EL},Example,B,,,\n")
    assert (found.rejects[0].number, found.rejects[0].problems[0].code) == (3, "GL0113")
    assert found.editions[0].rejected == 1
    assert code_of('source,name,alt_names,addresses\n"open,,,\n') == "GL0602"
    assert code_of("source,name,alt_names,addresses,name\n") == "GL0612"
    assert code_of("source,alt_names\n", form="us-csl-csv") == "GL0612"


# --- OFAC ---------------------------------------------------------------------------------------------------------------

SDN_CSV = (
    '36,"EXAMPLE AIRLINES",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. \'EA\'; Tax ID No. 123 (Cuba)."\r\n'
    '37,"EXAMPLE, Person","individual","SDGT] [IRAN",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    '"DOB 28 Jun 1967; alt. DOB 1968; nationality Yemen; Passport 04796738 (Yemen); Gender Male; Linked To: EXAMPLE AIRLINES."\r\n'
    '38,"EXAMPLE MOON","vessel","SDGT",-0- ,"V4EO4","Bulk Carrier",-0- ,-0- ,"Panama",-0- ,'
    '"Vessel Registration Identification IMO 9109550; Unified Social Credit Code (USCC) 91110000000000000X (China)."\r\n\x1a'
)
ALT_CSV = '36,12,"aka","EXAMPLE-AIR",-0- \r\n36,13,"fka","OLD EXAMPLE AIR",-0- \r\n'
ADD_CSV = '36,25,"1 Example Street","Havana 10","Cuba",-0- \r\n37,26,-0- ,-0- ,"undetermined",-0- \r\n'


def ofac(**files: str) -> ListFile:
    return read_bytes({f"{name}.csv": text.encode() for name, text in files.items()}, list_id="us-sdn", state=STATE)


def test_the_three_files_of_ofac_are_one_list() -> None:
    found = ofac(sdn=SDN_CSV, alt=ALT_CSV, add=ADD_CSV)
    airline, person, moon = parties(found)
    assert airline.names == (
        PartyName("EXAMPLE AIRLINES"),
        PartyName("EXAMPLE-AIR", NameKind.ALIAS),
        PartyName("OLD EXAMPLE AIR", NameKind.FORMER),
        PartyName("EA", NameKind.WEAK),
    )
    assert airline.addresses == (Address("1 Example Street, Havana 10", "CU"),)
    assert airline.identifiers == (Identifier("tax", "123", "CU"),)
    assert (person.kind, person.born, person.countries) == (PartyKind.PERSON, ("1967-06-28", "1968"), ("YE",))
    assert person.identifiers == (Identifier("passport", "04796738", "YE"),)
    assert person.listings[0].programme == "SDGT; IRAN"
    assert (moon.kind, moon.countries) == (PartyKind.VESSEL, ("PA",))
    assert set(moon.identifiers) == {
        Identifier("imo", "9109550"),
        Identifier("uscc", "91110000000000000X", "CN"),
        Identifier("call_sign", "V4EO4"),
    }
    assert found.rejects == ()
    assert found.findings == ()


def test_the_names_alone_are_read_and_said_to_be_alone() -> None:
    assert codes(ofac(sdn=SDN_CSV)) == ["GL0617"]


def test_the_files_of_different_issues_and_broken_rows_are_told() -> None:
    found = ofac(
        sdn=SDN_CSV.rstrip("\x1a") + '38,"TWICE",,,,,,,,,,\r\nx,y\r\n',
        alt=ALT_CSV + '99,1,"aka","NOBODY",-0- \r\n36,14,"new","N",-0- \r\n',
    )
    told = {(one.file, one.number, one.problems[0].code) for one in found.rejects}
    assert told == {("alt.csv", 3, "GL0613"), ("sdn.csv", 4, "GL0109"), ("sdn.csv", 5, "GL0113")}
    assert found.editions[0].rejected == 3
    assert codes(found) == ["GL0614"], "a new type of alias is told, and the name kept"
    assert PartyName("N", NameKind.ALIAS) in parties(found)[0].names


def test_a_file_that_does_not_say_its_list_needs_one() -> None:
    assert code_of(SDN_CSV) == "GL0612"
    assert code_of(ALT_CSV, list_id="us-sdn") == "GL0612"


OFAC_XML = """<?xml version="1.0" standalone="yes"?>
<sdnList xmlns="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/XML">
  <publshInformation><Publish_Date>09/23/2026</Publish_Date><Record_Count>2</Record_Count></publshInformation>
  <sdnEntry><uid>36</uid><lastName>EXAMPLE AIRLINES</lastName><sdnType>Entity</sdnType>
    <programList><program>CUBA</program><program>SDGT</program></programList>
    <akaList><aka><uid>1</uid><type>a.k.a.</type><category>strong</category><lastName>EXAMPLE-AIR</lastName></aka>
      <aka><uid>2</uid><type>f.k.a.</type><category>strong</category><lastName>OLD EXAMPLE AIR</lastName></aka>
      <aka><uid>3</uid><type>a.k.a.</type><category>weak</category><lastName>EA</lastName></aka></akaList>
    <addressList><address><uid>4</uid><address1>1 Example Street</address1><city>Havana</city>
      <country>Cuba</country></address></addressList>
    <idList><id><uid>5</uid><idType>Tax ID No.</idType><idNumber>123</idNumber><idCountry>Cuba</idCountry></id></idList></sdnEntry>
  <sdnEntry><uid>37</uid><firstName>Person</firstName><lastName>EXAMPLE</lastName><sdnType>Individual</sdnType>
    <nationalityList><nationality><uid>6</uid><country>Yemen</country><mainEntry>true</mainEntry></nationality></nationalityList>
    <dateOfBirthList><dateOfBirthItem><uid>7</uid><dateOfBirth>28 Jun 1967</dateOfBirth><mainEntry>true</mainEntry>
    </dateOfBirthItem></dateOfBirthList></sdnEntry>
</sdnList>"""


def test_the_xml_of_ofac_holds_its_day_and_what_the_csv_holds() -> None:
    found = read(OFAC_XML, list_id="us-sdn", state=None)
    assert found.editions[0].state == date(2026, 9, 23)
    airline, person = parties(found)
    assert [(name.text, name.kind.value) for name in airline.names] == [
        ("EXAMPLE AIRLINES", "primary"),
        ("EXAMPLE-AIR", "alias"),
        ("OLD EXAMPLE AIR", "former"),
        ("EA", "weak"),
    ]
    assert airline.addresses == (Address("1 Example Street, Havana", "CU"),)
    assert airline.identifiers == (Identifier("tax", "123", "CU"),)
    assert (person.names[0].text, person.born, person.countries) == ("Person EXAMPLE", ("1967-06-28",), ("YE",))
    assert found.findings == ()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<Record_Count>2<", "<Record_Count>3<", "GL0605"),
        ("</sdnList>", "", "GL0602"),
        ('standalone="yes"', 'encoding="ISO-8859-1"', "GL0603"),
        ("<sdnList", "<!DOCTYPE x [<!ENTITY a 'aaaa'>]><sdnList", "GL0604"),
        ("<sdnList", "<!DOCTYPE x SYSTEM 'file:///etc/passwd'><sdnList", "GL0604"),
        ("<programList>", "<a>" * 100 + "<programList>", "GL0604"),
        ("<sdnList", "<Sanctions", "GL0601"),
    ],
)
def test_xml_that_is_cut_off_or_up_to_something_is_refused(old: str, new: str, code: str) -> None:
    assert old in OFAC_XML
    assert code_of(OFAC_XML.replace(old, new, 1), list_id="us-sdn") == code


def test_the_advanced_form_is_refused_with_a_way_out() -> None:
    with pytest.raises(SourceError) as caught:
        read("<Sanctions><DateOfIssue/></Sanctions>", form="ofac-xml", list_id="us-sdn")
    assert caught.value.code == "GL0612"
    assert "SDN.XML" in caught.value.hint


def test_an_unknown_element_is_told_and_an_entry_without_a_number_rejected() -> None:
    found = read(
        OFAC_XML.replace("<uid>36</uid>", "<shoeSize>9</shoeSize><uid>36</uid>").replace("<uid>37</uid>", ""), list_id="us-sdn"
    )
    assert codes(found) == ["GL0614"]
    assert "SHOESIZE" in found.findings[0].message
    assert [one.problems[0].code for one in found.rejects] == ["GL0613"]


@pytest.mark.parametrize(
    ("called", "number", "found"),
    [
        ("Vessel Registration Identification", "IMO 9109550", Identifier("imo", "9109550")),
        ("Company Number IMO", "123", Identifier("registration", "123")),
        ("SWIFT/BIC", "EXAMDEFF", Identifier("swift", "EXAMDEFF")),
        ("Tax ID No.", "1", Identifier("tax", "1")),
        ("Unheard-of Number", "1", Identifier("other", "1")),
        ("Email Address", "a@example.org", None),
        ("Passport", "-0-", None),
        ("Passport", "", None),
    ],
)
def test_numbers_are_told_by_what_the_list_calls_them(called: str, number: str, found: Identifier | None) -> None:
    assert identifier_of(called, number, "") == found


# --- the United Nations -------------------------------------------------------------------------------------------------

UN_XML = """<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09.554Z"><INDIVIDUALS><INDIVIDUAL>
  <DATAID>110</DATAID><VERSIONNUM>1</VERSIONNUM><FIRST_NAME>EXAMPLE</FIRST_NAME><SECOND_NAME>PERSON</SECOND_NAME>
  <UN_LIST_TYPE>DPRK</UN_LIST_TYPE><REFERENCE_NUMBER>KPi.999</REFERENCE_NUMBER><LISTED_ON>2012-12-31</LISTED_ON>
  <NAME_ORIGINAL_SCRIPT>مثال</NAME_ORIGINAL_SCRIPT><NATIONALITY><VALUE>Democratic People's Republic of Korea</VALUE></NATIONALITY>
  <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>EXAMPLE P</ALIAS_NAME></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>EX</ALIAS_NAME></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ADDRESS><CITY>Exampleton</CITY><COUNTRY>Rwanda</COUNTRY></INDIVIDUAL_ADDRESS>
  <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1960</FROM_YEAR><TO_YEAR>1965</TO_YEAR>
  </INDIVIDUAL_DATE_OF_BIRTH>
  <INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Numéro de passeport</TYPE_OF_DOCUMENT><NUMBER>A1</NUMBER>
  <ISSUING_COUNTRY>Rwanda</ISSUING_COUNTRY>
  </INDIVIDUAL_DOCUMENT></INDIVIDUAL></INDIVIDUALS>
  <ENTITIES><ENTITY><DATAID>111</DATAID><FIRST_NAME>EXAMPLE TRADING</FIRST_NAME><REFERENCE_NUMBER>KPe.999</REFERENCE_NUMBER>
  <ENTITY_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>OLD EXAMPLE</ALIAS_NAME></ENTITY_ALIAS></ENTITY></ENTITIES>
</CONSOLIDATED_LIST>"""


def test_the_list_of_the_security_council_is_read() -> None:
    found = read(UN_XML, state=None)
    assert (found.editions[0].list, found.editions[0].state) == ("un-sc", date(2026, 2, 27))
    person, firm = parties(found)
    assert [(one.text, one.kind.value) for one in person.names] == [
        ("EXAMPLE PERSON", "primary"),
        ("مثال", "alias"),
        ("EXAMPLE P", "alias"),
        ("EX", "weak"),
    ]
    assert (person.kind, person.countries, person.born) == (PartyKind.PERSON, ("RW", "KP"), ("1960/1965",))
    assert person.identifiers == (Identifier("passport", "A1", "RW"),)
    assert (person.listings[0].citation, person.listings[0].start) == ("KPi.999", date(2012, 12, 31))
    assert (firm.kind, firm.names[1]) == (PartyKind.ORGANISATION, PartyName("OLD EXAMPLE", NameKind.FORMER))
    assert found.findings == ()


def test_an_unknown_quality_and_element_are_told() -> None:
    found = read(UN_XML.replace("<QUALITY>Good<", "<QUALITY>Splendid<").replace("<VERSIONNUM>1</VERSIONNUM>", "<EYES>2</EYES>"))
    assert codes(found) == ["GL0614", "GL0614"]
    assert PartyName("EXAMPLE P", NameKind.ALIAS) in parties(found)[0].names
    assert code_of(UN_XML.replace("CONSOLIDATED_LIST", "OTHER_LIST"), form="un-xml") == "GL0612"


# --- the European Union -------------------------------------------------------------------------------------------------

EU_XML = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-06-05T15:51:25.849+02:00" globalFileId="1">
<sanctionEntity designationDate="2025-01-30" designationDetails="" unitedNationId="" euReferenceNumber="EU.1.1" logicalId="13">
 <regulation regulationType="regulation" organisationType="council" publicationDate="2025-01-31" entryIntoForceDate="2025-02-01"
  numberTitle="2025/1 (OJ L1)" programme="XYZ" logicalId="348"><publicationUrl>http://example.org/act</publicationUrl></regulation>
 <subjectType code="person" classificationCode="P"/>
 <nameAlias wholeName="Ex" strong="false" logicalId="1" regulationLanguage="en"/>
 <nameAlias firstName="Example" middleName="" lastName="Person" wholeName="Example Person" function="" gender="M" title=""
  nameLanguage="" strong="true" regulationLanguage="en" logicalId="17"><regulationSummary regulationType="regulation"/></nameAlias>
 <nameAlias firstName="Пример" lastName="Персон" wholeName="" strong="true" logicalId="19"/>
 <address city="Exampleton" street="1 St" poBox="" zipCode="10" region="" place="" asAtListingTime="false" countryIso2Code="RU"
  countryDescription="RUSSIAN FEDERATION" regulationLanguage="en" logicalId="2"/>
 <citizenship region="" countryIso2Code="00" countryDescription="UNKNOWN" regulationLanguage="en" logicalId="1"/>
 <birthdate circa="false" calendarType="GREGORIAN" birthdate="1937-04-28" year="1937" logicalId="14"/>
 <identification knownFalse="false" number="AD1" countryIso2Code="RU" identificationTypeCode="passport"
  identificationTypeDescription="National passport" logicalId="3"><remark>(passport)</remark></identification>
 <identification knownFalse="true" number="FALSE" identificationTypeCode="passport" logicalId="4"/>
</sanctionEntity></export>"""


def test_the_consolidated_list_of_the_union_is_read_as_xml() -> None:
    found = read(EU_XML, state=None)
    assert (found.editions[0].list, found.editions[0].state) == ("eu-consolidated", date(2026, 6, 5))
    one = only(found)
    assert [(name.text, name.kind.value) for name in one.names] == [
        ("Example Person", "primary"),
        ("Ex", "weak"),
        ("Пример Персон", "alias"),
    ]
    assert (one.id, one.kind, one.countries, one.born) == ("eu-consolidated:13", PartyKind.PERSON, ("RU",), ("1937-04-28",))
    assert one.identifiers == (Identifier("passport", "AD1", "RU"),), "a number known to be false names nobody"
    assert one.addresses == (Address("1 St, Exampleton, 10", "RU"),)
    assert (one.listings[0].programme, one.listings[0].citation) == ("XYZ", "2025/1 (OJ L1)")
    assert one.listings[0].start == date(2025, 1, 30)
    assert one.href == "http://example.org/act"
    assert found.findings == ()


def test_an_unknown_attribute_element_or_subject_of_the_union_is_told() -> None:
    odd = EU_XML.replace('strong="false"', 'strong="false" mood="good"').replace("<birthdate ", "<shoe/><birthdate ")
    found = read(odd.replace('code="person"', 'code="robot"'))
    assert codes(found) == ["GL0614"] * 3
    assert only(found).kind is PartyKind.UNKNOWN
    assert code_of(EU_XML.replace('logicalId="13"', "")) == "GL0605", "nothing is left of it"


def eu_csv(*rows: dict[str, str]) -> str:
    lines = [";".join(CSV_COLUMNS)]
    lines += [";".join(row.get(name, "") for name in CSV_COLUMNS) for row in rows]
    return "\ufeff" + "\r\n".join(lines) + "\r\n"


def test_the_csv_of_the_union_gives_one_party_for_all_its_rows() -> None:
    head = {
        "fileGenerationDate": "05/06/2026",
        "Entity_LogicalId": "13",
        "Entity_SubjectType": "P",
        "Entity_SubjectType_ClassificationCode": "person",
        "Entity_Regulation_Programme": "XYZ",
        "Entity_Regulation_NumberTitle": "2025/1 (OJ L1)",
        "Entity_DesignationDate": "2025-01-30",
    }
    raw = eu_csv(
        head | {"NameAlias_WholeName": "Example Person"},
        head | {"NameAlias_FirstName": "Пример", "NameAlias_LastName": "Персон"},
        head | {"Address_Street": "1 St", "Address_City": "Exampleton", "Address_ZipCode": "10", "Address_CountryIso2Code": "RU"},
        head | {"BirthDate_BirthDate": "1937-04-28", "Citizenship_CountryIso2Code": "00"},
        head | {"BirthDate_YearRangeFrom": "1936", "BirthDate_YearRangeTo": "1938"},
        head | {"Identification_Number": "AD1", "Identification_TypeCode": "passport", "Identification_CountryIso2Code": "RU"},
        {**head, "Entity_LogicalId": "", "NameAlias_WholeName": "Lost Example"},
    )
    found = read(raw, state=None)
    one, other = only(found), only(read(EU_XML))
    assert found.editions[0].state == date(2026, 6, 5)
    assert [name.text for name in one.names] == ["Example Person", "Пример Персон"]
    assert (one.id, one.kind, one.countries, one.born) == (other.id, other.kind, other.countries, (*other.born, "1936/1938"))
    assert (one.identifiers, one.addresses, one.listings) == (other.identifiers, other.addresses, other.listings)
    assert [(reject.number, reject.problems[0].code) for reject in found.rejects] == [(8, "GL0613")]
    assert len(CSV_COLUMNS) == len(set(CSV_COLUMNS)) == 118
    odd = raw.replace("fileGenerationDate;", "fileGenerationDate;Entity_Mood;", 1).replace("05/06/2026;", "05/06/2026;good;")
    assert codes(read(odd)) == ["GL0614"]


def test_the_table_by_legal_act_is_read() -> None:
    raw = (
        "celex,recordId,programKey,annex,measure,startDate,schema,name,alias,weakAlias,previousName,country,birthDate,imoNumber\n"
        '32099R0001,1,EU-XYZ,II.A,Asset freeze,6.10.2001,Person,EXAMPLE Person,"Ex A; Ex B",Weak,Old,Lebanon,11.8.1960,\n'
        "32099R0001,2,EU-XYZ,II.B,Export control,,Vessel,EXAMPLE MOON,,,,,,9109550\n"
    )
    found = read(raw)
    person = next(one for one in parties(found) if one.kind is PartyKind.PERSON)
    ship = next(one for one in parties(found) if one.kind is PartyKind.VESSEL)
    assert [(name.text, name.kind.value) for name in person.names] == [
        ("EXAMPLE Person", "primary"),
        ("Ex A", "alias"),
        ("Ex B", "alias"),
        ("Old", "former"),
        ("Weak", "weak"),
    ]
    assert (person.countries, person.born, person.listings[0].start) == (("LB",), ("1960-08-11",), date(2001, 10, 6))
    assert ship.identifiers == (Identifier("imo", "9109550"),)
    assert ship.href.endswith("CELEX:32099R0001")
    assert found.editions[0].list == "eu-acts"


# --- China, plain tables, FollowTheMoney --------------------------------------------------------------------------------

CN_HEADER = "Type,QID,Name,Alias,Chinese name,Country,Topics,Summary,Chinese summary,Body,List,Date,End date,Source URL,Address\n"


def test_the_table_of_chinas_lists_is_read_list_by_list() -> None:
    found = read(
        CN_HEADER + "Company,,Example Arms,EA,示例公司,US,export.control,,,Ministry of Commerce,List of Export Controls,"
        "02.01.2025,,https://example.org,1 St\n"
        + "Company,,Example Watch,,,Japan,export.control,,,,Export Control Watch List,24.02.2026,,,\n"
        + "Person,,Example Person,,,US,sanction.counter,,,,Decision on something,13.07.20,24.04.2026,,\n"
        + "Company,,Example UEL,,,US,sanction.counter,,,,UEL,04.02.2025,,,\n"
        + "Company,,Example Lost,,,US,weather,,,,,04.02.2025,,,\n"
    )
    lists = {one.list: one.parties[0] for one in found.editions}
    assert sorted(lists) == ["cn-counter", "cn-ecl", "cn-uel", "cn-watch"]
    assert [name.text for name in lists["cn-ecl"].names] == ["Example Arms", "示例公司", "EA"]
    assert lists["cn-watch"].countries == ("JP",)
    assert (lists["cn-counter"].listings[0].start, lists["cn-counter"].listings[0].end) == (date(2020, 7, 13), date(2026, 4, 24))
    assert [(one.number, one.problems[0].code) for one in found.rejects] == [(6, "GL0614")]
    assert {one.rejected for one in found.editions} == {1}, "nobody knows of which list the lost row is"


def test_a_plain_table_is_read() -> None:
    raw = (
        "list,id,name,aliases,weak_aliases,former_names,kind,countries,identifiers,addresses,born,from,until,known_since,mood\n"
        'own,7,Example Works,"EW; 示例",E,Old Example,organisation,CN;HK,"uscc:91110000000000000X@CN; other:1",1 St@CN,,'
        "2025-01-02,2026-01-01,2025-01-05,good\n"
        ",8,Example Two,,,,robot,,not an identifier,,,,,,\n"
    )
    found = read(raw, list_id="own")
    one = only(found)
    assert (one.id, one.kind, one.countries) == ("own:7", PartyKind.ORGANISATION, ("CN", "HK"))
    assert [(name.text, name.kind.value) for name in one.names] == [
        ("Example Works", "primary"),
        ("EW", "alias"),
        ("示例", "alias"),
        ("Old Example", "former"),
        ("E", "weak"),
    ]
    assert one.identifiers == (Identifier("uscc", "91110000000000000X", "CN"), Identifier("other", "1"))
    assert one.addresses == (Address("1 St", "CN"),)
    (listing,) = one.listings
    assert (listing.start, listing.end, listing.known_since) == (date(2025, 1, 2), date(2026, 1, 1), date(2025, 1, 5))
    assert codes(found) == ["GL0614"]
    assert [(reject.number, reject.problems[0].code) for reject in found.rejects] == [(3, "GL0613")]
    assert code_of("name,country\nExample,DE\n") == "GL0612", "no list is named"
    assert code_of("id,nome\n1,Example\n") == "GL0601"


def ftm(*entities: dict[str, Any]) -> str:
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in entities) + "\n"


def test_follow_the_money_entities_and_their_sanctions_are_joined() -> None:
    raw = ftm(
        {"id": "s1", "schema": "Sanction", "properties": {"entity": ["e1"], "program": ["XYZ"], "startDate": ["2025-01"]}},
        {
            "id": "e1",
            "schema": "Company",
            "caption": "Example Works",
            "properties": {
                "name": ["Example Works", "示例公司"],
                "alias": ["EW"],
                "weakAlias": ["E"],
                "previousName": ["Old Example"],
                "country": ["cn", "ua-cri"],
                "leiCode": ["529900EXAMPLE0000001"],
                "address": ["1 Example St"],
            },
        },
        {"id": "e2", "schema": "Vessel", "properties": {"name": ["EXAMPLE MOON"], "imoNumber": ["9109550"]}},
        {"id": "o1", "schema": "Ownership", "properties": {"owner": ["e1"], "asset": ["e2"]}},
        {"id": "a1", "schema": "Robot", "properties": {"name": ["Example Robot"]}},
        {"id": "s2", "schema": "Sanction", "properties": {"entity": ["nobody"]}},
    )
    found = read(raw, list_id="own")
    robot, works, moon = parties(found)
    assert [(name.text, name.kind.value) for name in works.names] == [
        ("Example Works", "primary"),
        ("示例公司", "alias"),
        ("EW", "alias"),
        ("Old Example", "former"),
        ("E", "weak"),
    ]
    assert works.countries == ("CN", "UA")
    assert works.identifiers == (Identifier("lei", "529900EXAMPLE0000001"),)
    assert (works.listings[0].programme, works.listings[0].start) == ("XYZ", date(2025, 1, 1))
    assert (moon.kind, robot.kind) == (PartyKind.VESSEL, PartyKind.UNKNOWN)
    assert codes(found) == ["GL0614", "GL0614"]
    assert "Robot" in found.findings[0].message
    assert "nobody" in found.findings[1].message


def test_lines_that_are_no_entities_are_rejects() -> None:
    good = {"id": "e1", "schema": "Company", "properties": {"name": ["Example"]}}
    nameless = {"id": "e2", "schema": "Company", "properties": {}}
    found = read(ftm(good, good, nameless) + "not json\n[1]\n", list_id="own")
    assert [(one.number, one.problems[0].code) for one in found.rejects] == [
        (2, "GL0109"),
        (4, "GL0124"),
        (5, "GL0124"),
        (3, "GL0613"),
    ]
    assert code_of(ftm(good)) == "GL0612"


# --- for every form -----------------------------------------------------------------------------------------------------


def test_one_list_of_a_file_can_be_asked_for() -> None:
    raw = csl(entry(), entry(source=SDN, entity_number="1"))
    assert [one.list for one in read(raw, list_id="us-sdn").editions] == ["us-sdn"]
    assert code_of(raw, list_id="us-uvl") == "GL0612"


def test_files_of_several_forms_are_not_one_issue() -> None:
    with pytest.raises(SourceError) as caught:
        read_bytes({"a": csl(entry()).encode(), "b": SDN_CSV.encode()}, list_id="us-sdn", state=STATE)
    assert caught.value.code == "GL0601"
    with pytest.raises(SourceError) as caught:
        read_bytes({"a": csl(entry()).encode(), "b": csl(entry()).encode()}, state=STATE)
    assert caught.value.code == "GL0601"


def test_a_name_above_the_limit_is_a_reject_and_too_many_entries_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(csl(entry(), entry(name="E" * 1_001)))
    assert [one.problems[0].code for one in found.rejects] == ["GL0111"]
    monkeypatch.setattr(party_lists_made, "PARTIES_MAX", 1)
    assert code_of(csl(entry(), entry(name="Example Two"))) == "GL0608"


def test_a_record_of_endless_elements_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("greenlane.feeds.xml_tree.RECORD_NODES_MAX", 50)
    assert code_of(UN_XML.replace("<VERSIONNUM>1</VERSIONNUM>", "<COMMENTS1/>" * 60)) == "GL0608"


WHOLE = {
    "us-csl-json": (csl(entry(), entry(source=SDN, entity_number="1")), ""),
    "ofac-csv": (SDN_CSV, "us-sdn"),
    "ofac-xml": (OFAC_XML, "us-sdn"),
    "un-xml": (UN_XML, ""),
    "eu-xml": (EU_XML, ""),
    "eu-csv": (eu_csv({"fileGenerationDate": "05/06/2026", "Entity_LogicalId": "13", "NameAlias_WholeName": "Example"}), ""),
    "plain-csv": ("name,aliases\nExample,EW\n", "own"),
    "ftm": (ftm({"id": "e1", "schema": "Company", "properties": {"name": ["Example"]}}), "own"),
}


@given(form=st.sampled_from(sorted(WHOLE)), data=st.data())
def test_damage_is_refused_or_told_and_never_anything_else(form: str, data: st.DataObject) -> None:
    """Bytes cut out, put in or changed: an edition, or a SourceError with its code; no other error, and no party without a name."""
    text, list_id = WHOLE[form]
    raw = bytearray(text.encode("utf-8"))
    start = data.draw(st.integers(0, len(raw) - 1))
    end = data.draw(st.integers(start, min(len(raw), start + 40)))
    raw[start:end] = data.draw(
        st.binary(max_size=20) | st.sampled_from([b"<!ENTITY x 'y'>", b'"', b"\0", b"\r\n", b"\xff\xfe", b"{}"])
    )
    found = read_or_code(bytes(raw), form, list_id)
    if isinstance(found, str):
        assert found.startswith("GL06")
    else:
        assert all(one.names and one.names[0].text for one in parties(found))


def read_or_code(raw: bytes, form: str, list_id: str) -> ListFile | str:
    try:
        return read(raw, form=form, list_id=list_id)
    except SourceError as error:
        return error.code


@given(form=st.sampled_from(sorted(WHOLE)))
def test_the_form_is_told_from_the_file_and_the_same_bytes_give_the_same(form: str) -> None:
    text, list_id = WHOLE[form]
    assert form in FORMATS
    assert read(text, list_id=list_id) == read(text, list_id=list_id, form=form)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("22 Dec 1947", ("1947-12-22",)),
        ("Dec 1947", ("1947-12",)),
        ("1957", ("1957",)),
        ("circa 1960", ("1960",)),
        ("1960 to 1965", ("1960/1965",)),
        ("between 1960 to 1965", ("1960/1965",)),
        ("11.8.1960", ("1960-08-11",)),
        ("6.3.1955 or 15.3.1955", ("1955-03-06", "1955-03-15")),
        ("(a) 3.3.1965, (b) 1.1.1965", ("1965-03-03", "1965-01-01")),
        ("1960-08-11", ("1960-08-11",)),
        ("31 Feb 1960", ()),
        ("long ago", ()),
        ("", ()),
    ],
)
def test_birth_dates_are_read_as_exact_as_known(text: str, found: tuple[str, ...]) -> None:
    assert born_of(text) == found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("PRC", "CN"),
        ("cn", "CN"),
        ("UK", "GB"),
        ("Korea, North", "KP"),
        ("Democratic People's Republic of Korea", "KP"),
        ("Korea, Republic of", "KR"),
        ("Türkiye", "TR"),
        ("Côte d’Ivoire", "CI"),
        ("China, Hong Kong Special Administrative Region", "HK"),
        ("Taiwan", "TW"),
        ("Macau", "MO"),
        ("Congo, Democratic Republic of the", "CD"),
        ("Atlantis", ""),
        ("", ""),
    ],
)
def test_countries_are_known_by_code_and_by_name(text: str, code: str) -> None:
    assert place_of(text) == code
