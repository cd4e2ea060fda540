"""Which ISO 3166-1 place a row of the Commerce Country Chart or of the Country Groups means.

The two supplements write some names differently; both ways stand here. A name that is not here is refused, not guessed.
"""

from __future__ import annotations

from typing import Final

_NAMES: Final[str] = """
AF Afghanistan|AL Albania|DZ Algeria|AD Andorra|AO Angola|AG Antigua and Barbuda|AR Argentina|AM Armenia|AW Aruba|AU Australia
AT Austria|AZ Azerbaijan|BS Bahamas, The|BS The Bahamas|BH Bahrain|BD Bangladesh|BB Barbados|BY Belarus|BE Belgium|BZ Belize
BJ Benin|BT Bhutan|BO Bolivia|BA Bosnia and Herzegovina|BA Bosnia & Herzegovina|BW Botswana|BR Brazil|BN Brunei|BG Bulgaria
BF Burkina Faso|MM Burma|BI Burundi|KH Cambodia|CM Cameroon|CA Canada|CV Cape Verde|CF Central African Republic|TD Chad|CL Chile
CN China|CN China (PRC)|CO Colombia|KM Comoros|CD Congo (Democratic Republic of the)|CD Congo (Democratic Republic of)
CG Congo (Republic of the)|CR Costa Rica|CI Cote d'Ivoire|CI Cote d'lvoire|HR Croatia|CU Cuba|CW Curaçao|CY Cyprus
CZ Czech Republic|DK Denmark|DJ Djibouti|DM Dominica|DO Dominican Republic|EC Ecuador|EG Egypt|SV El Salvador
GQ Equatorial Guinea|ER Eritrea|EE Estonia|SZ Eswatini|ET Ethiopia|FJ Fiji|FI Finland|FR France|GA Gabon|GM Gambia, The
GE Georgia|DE Germany|GH Ghana|GR Greece|GD Grenada|GT Guatemala|GN Guinea|GW Guinea-Bissau|GY Guyana|HT Haiti|HN Honduras
HU Hungary|IS Iceland|IN India|ID Indonesia|IR Iran|IQ Iraq|IE Ireland|IL Israel|IT Italy|JM Jamaica|JP Japan|JO Jordan
KZ Kazakhstan|KE Kenya|KI Kiribati|KP Korea, North|KR Korea, South|XK Kosovo|KW Kuwait|KG Kyrgyzstan|LA Laos|LV Latvia
LB Lebanon|LS Lesotho|LR Liberia|LY Libya|LI Liechtenstein|LT Lithuania|LU Luxembourg|MO Macau|MG Madagascar|MW Malawi
MY Malaysia|MV Maldives|ML Mali|MT Malta|MH Marshall Islands|MR Mauritania|MU Mauritius|MX Mexico
FM Micronesia (Federated State of)|FM Micronesia, Federated States of|MD Moldova|MC Monaco|MN Mongolia|ME Montenegro|MA Morocco
MZ Mozambique|NA Namibia|NR Nauru|NP Nepal|NL Netherlands|NZ New Zealand|NI Nicaragua|NE Niger|NG Nigeria|MK North Macedonia
NO Norway|OM Oman|PK Pakistan|PW Palau|PA Panama|PG Papua New Guinea|PY Paraguay|PE Peru|PH Philippines|PL Poland|PT Portugal
QA Qatar|RO Romania|RU Russia|RW Rwanda|KN St. Kitts and Nevis|KN Saint Kitts & Nevis|LC St. Lucia|LC Saint Lucia
VC St. Vincent and the Grenadines|VC Saint Vincent and the Grenadines|WS Samoa|SM San Marino|ST Sao Tome and Principe
ST Sao Tome & Principe|SA Saudi Arabia|SN Senegal|RS Serbia|SC Seycheles|SC Seychelles|SL Sierra Leone|SG Singapore
SX Sint Maarten (the Dutch two-fifths of the island of Saint Martin)|SK Slovakia|SI Slovenia|SB Solomon Islands|SO Somalia
ZA South Africa|SS South Sudan, Republic of|ES Spain|LK Sri Lanka|SD Sudan|SR Suriname|SE Sweden|CH Switzerland|SY Syria
TW Taiwan|TJ Tajikistan|TZ Tanzania|TH Thailand|TL Timor-Leste|TG Togo|TO Tonga|TT Trinidad and Tobago|TT Trinidad & Tobago
TN Tunisia|TR Türkiye|TM Turkmenistan|TV Tuvalu|UG Uganda|UA Ukraine|AE United Arab Emirates|GB United Kingdom
US United States|UY Uruguay|UZ Uzbekistan|VU Vanuatu|VA Vatican City|VE Venezuela|VN Vietnam|EH Western Sahara|YE Yemen
ZM Zambia|ZW Zimbabwe|HK Hong Kong|KY Cayman Islands
"""
CODES: Final[dict[str, str]] = {one[3:]: one[:2] for line in _NAMES.split("\n") for one in line.split("|") if one}
"""Every name of the two supplements with its place."""

NAMES: Final[dict[str, str]] = {
    code: name for name, code in reversed(CODES.items()) if name not in ("Cote d'lvoire", "Seycheles", "China (PRC)")
}
"""One name a place, for our tables."""


def place_of(name: str) -> str | None:
    """The place a name means, without marks of footnotes after it."""
    return CODES.get(" ".join(name.split()))
