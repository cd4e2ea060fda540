"""Which country the words of a party list mean: codes, English names as the lists print them, and names that lists still use."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from greenlane.terms.places import CODES

# Names in English, as the lists of the United States, the United Nations and the European Union print them.
_NAMES: Final = """
AF afghanistan;islamic republic of afghanistan
AL albania
DZ algeria
AS american samoa
AD andorra
AO angola
AI anguilla
AG antigua and barbuda
AR argentina
AM armenia
AW aruba
AU australia
AT austria
AZ azerbaijan
BS bahamas;bahamas the
BH bahrain;kingdom of bahrain
BD bangladesh
BB barbados
BY belarus;republic of belarus
BE belgium
BZ belize
BJ benin
BM bermuda
BT bhutan
BO bolivia;bolivia plurinational state of
BA bosnia and herzegovina;bosnia
BW botswana
BR brazil
BN brunei;brunei darussalam
BG bulgaria
BF burkina faso
BI burundi
KH cambodia
CM cameroon
CA canada
CV cabo verde;cape verde
KY cayman islands
CF central african republic;central africa republic
TD chad
CL chile
CN china;people's republic of china;china prc;china people's republic of;mainland china;people's republic of china prc;region china
CO colombia
KM comoros
CG congo;republic of the congo;congo republic of the
CD democratic republic of the congo;congo democratic republic of the;congo the democratic republic of the;drc;dr congo
CR costa rica
CI cote d'ivoire;cote d ivoire;ivory coast
HR croatia
CU cuba
CW curacao
CY cyprus
CZ czech republic;czechia
DK denmark
DJ djibouti
DM dominica
DO dominican republic
EC ecuador
EG egypt
SV el salvador
GQ equatorial guinea
ER eritrea
EE estonia
SZ eswatini;swaziland
ET ethiopia
FJ fiji
FI finland
FR france
GA gabon
GM gambia;gambia the;the gambia
GE georgia
DE germany;federal republic of germany
GH ghana
GI gibraltar
GR greece
GD grenada
GT guatemala
GG guernsey
GN guinea
GW guinea-bissau;guinea bissau
GY guyana
HT haiti
HN honduras
HK china hong kong special administrative region;hong kong;hong kong china;china hong kong;hong kong sar;hong kong sar china
HU hungary
IS iceland
IN india
ID indonesia
IR iran;iran islamic republic of;islamic republic of iran;region iran
IQ iraq
IE ireland
IM isle of man;man isle of
IL israel
IT italy
JM jamaica
JP japan
JE jersey
JO jordan
KZ kazakhstan
KE kenya
KI kiribati
KP north korea;korea north;democratic people's republic of korea
KP korea democratic people's republic of;dprk;dpr korea;korea democratic peoples republic of
KR south korea;korea south;republic of korea;korea republic of;korea
KW kuwait
KG kyrgyzstan;kyrgyz republic
LA laos;lao people's democratic republic
LV latvia
LB lebanon
LS lesotho
LR liberia
LY libya;libyan arab jamahiriya
LI liechtenstein
LT lithuania
LU luxembourg
MO macau;macao;macau china
MK north macedonia;macedonia
MK north macedonia the republic of;the former yugoslav republic of macedonia;macedonia the former yugoslav republic of
MG madagascar
MW malawi
MY malaysia
MV maldives
ML mali
MT malta
MH marshall islands;republic of the marshall islands
MR mauritania
MU mauritius
MX mexico
FM micronesia
MD moldova;moldova republic of;republic of moldova
MC monaco
MN mongolia
ME montenegro
MA morocco
MZ mozambique
MM burma;myanmar
NA namibia
NR nauru
NP nepal
NL netherlands;the netherlands
NZ new zealand
NI nicaragua
NE niger
NG nigeria
NU niue
NO norway
OM oman
PK pakistan;islamic republic of pakistan
PW palau
PS region west bank;west bank
PS region northern gaza;region north gaza;gaza;gaza strip;region gaza;palestinian;palestine;palestinian territories
PS occupied palestinian territory;palestinian territory occupied;state of palestine
PA panama
PG papua new guinea
PY paraguay
PE peru
PH philippines
PL poland
PT portugal
PR puerto rico
QA qatar
RO romania
RU russia;russian federation;the russian federation;region russia
RW rwanda
CK cook islands
KN st kitts & nevis;saint kitts and nevis;st kitts and nevis
LC saint lucia;st lucia
VC saint vincent and the grenadines;st vincent and the grenadines
WS samoa
SM san marino
ST sao tome and principe
SA saudi arabia;kingdom of saudi arabia
SN senegal
RS serbia
SC seychelles
SL sierra leone
SG singapore
SX sint maarten
SK slovakia;slovak republic
SI slovenia
SB solomon islands
SO somalia
ZA south africa
SS south sudan
ES spain
LK sri lanka
SD sudan;the sudan
SR suriname
SE sweden
CH switzerland
SY syria;syrian arab republic
TW taiwan;taiwan china;taiwan province of china
TJ tajikistan
TZ tanzania;united republic of tanzania;tanzania united republic of
TH thailand
TL timor-leste;east timor
TG togo
TO tonga
TT trinidad and tobago
TN tunisia
TR turkey;turkiye;republic of turkey
TM turkmenistan
TC turks and caicos islands
TV tuvalu
UG uganda
UA ukraine;region crimea;crimea occupied;crimea;region donetsk;region luhansk;autonomous republic of crimea
AE united arab emirates;uae
GB united kingdom;united kingdom of great britain and northern ireland;england;great britain;uk;northern ireland
US united states;united states of america;usa;us
UY uruguay
UZ uzbekistan
VU vanuatu
VA vatican city;holy see;vatican city state
VE venezuela;venezuela bolivarian republic of
VN vietnam;viet nam
VG virgin islands british;british virgin islands;virgin islands british
VI virgin islands us;us virgin islands
EH western sahara
YE yemen
ZM zambia
ZW zimbabwe
XK kosovo
"""
_OTHER_CODES: Final = {"UK": "GB", "EL": "GR", "PRC": "CN", "USA": "US", "KO": "KR", "UAE": "AE"}
_SIGNS = re.compile(r"[^\w'& -]|_")


def _key(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(_SIGNS.sub(" ", plain).split())


_BY_NAME: Final = {
    _key(name): code
    for line in _NAMES.strip().splitlines()
    for code, _, names in [line.partition(" ")]
    for name in names.split(";")
}


@lru_cache(maxsize=4096)
def place_of(text: str) -> str:
    """The ISO 3166-1 alpha-2 code of a country as a list names it; empty where the words are not known here."""
    code = text.strip().upper()
    if code in CODES:
        return code
    return _OTHER_CODES.get(code) or _BY_NAME.get(_key(text), "")
