"""Answers in the form of yente's `POST /match/{dataset}`, so that who asks that service can ask here instead.

    {"queries": {"q1": {"schema": "Person", "properties": {"name": ["Ann Example"], "birthDate": ["1970"]}}}}

One thing differs on purpose: if a list cannot be relied on, the request is refused (GL0505). An empty `results` would be read as
an all-clear.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from greenlane.errors import UsageError
from greenlane.screen.finding import Counterparty, Hit
from greenlane.services.ports import PartyMatcher
from greenlane.services.screening import Answer, Desk, Settings, screen
from greenlane.terms.listed import Identifier, ListedParty, NameKind, PartyKind

QUERIES_MAX: Final = 100
LIMIT: Final = 5
LIMIT_MAX: Final = 500

_KINDS: Final = {
    "Person": PartyKind.PERSON,
    "Organization": PartyKind.ORGANISATION,
    "Company": PartyKind.ORGANISATION,
    "PublicBody": PartyKind.ORGANISATION,
    "LegalEntity": PartyKind.UNKNOWN,
    "Thing": PartyKind.UNKNOWN,
    "Vessel": PartyKind.VESSEL,
    "Airplane": PartyKind.AIRCRAFT,
}
_SCHEMAS: Final = {
    PartyKind.PERSON: "Person",
    PartyKind.ORGANISATION: "Organization",
    PartyKind.VESSEL: "Vessel",
    PartyKind.AIRCRAFT: "Airplane",
    PartyKind.UNKNOWN: "LegalEntity",
}
_NAMES: Final = ("name", "alias", "weakAlias", "previousName")
_COUNTRIES: Final = ("country", "nationality", "citizenship", "jurisdiction")
_SCHEMES: Final = {
    "uscCode": "uscc",
    "leiCode": "lei",
    "imoNumber": "imo",
    "registrationNumber": "registration",
    "taxNumber": "tax",
    "passportNumber": "passport",
    "swiftBic": "swift",
    "idNumber": "id",
}
_NAME_KINDS: Final = {
    NameKind.PRIMARY: "name",
    NameKind.ALIAS: "alias",
    NameKind.WEAK: "weakAlias",
    NameKind.FORMER: "previousName",
}


def match_request(
    payload: Mapping[str, Any],
    matcher: PartyMatcher,
    desk: Desk,
    settings: Settings,
    *,
    limit: int = LIMIT,
    threshold: float | None = None,
) -> dict[str, Any]:
    """Answer a request of the form above. `match` of a result says that it is certain, from `threshold` on.

    `limit` and `threshold` may stand in the payload too. Properties that matching does not read are passed over; the answer
    repeats in `query` those it read. A country is its two letters.

    Raises UsageError: GL0505 if a list cannot be relied on; GL0506 if the request does not read.
    """
    if faults := [f"{one.name}: {one.fault}" for one in desk.lists if one.fault]:
        raise UsageError("GL0505", f"cannot say: {'; '.join(faults)}", hint="`greenlane lists update`")
    if not desk.lists:
        raise UsageError("GL0505", "cannot say: there is no list to match against", hint="`greenlane lists update`")
    queries = payload.get("queries")
    if not isinstance(queries, Mapping) or not queries:
        raise _unread("`queries` is no object with at least one query")
    if len(queries) > QUERIES_MAX:
        raise _unread(f"{len(queries)} queries, more than {QUERIES_MAX}", hint="ask in several requests")
    limit = _number(payload, "limit", limit, 1, LIMIT_MAX)
    certain = _number(payload, "threshold", settings.certain if threshold is None else threshold, 1e-6, 1)
    how = replace(settings, limit=limit, certain=certain, threshold=min(settings.threshold, certain))
    asked = [(str(name), _query(str(name), given)) for name, given in queries.items()]
    answers = screen((one for _, (one, _) in asked), matcher, desk, how)
    responses = {name: _response(answer, query, desk, how) for (name, (_, query)), answer in zip(asked, answers, strict=True)}
    return {"responses": responses, "matcher": {}, "limit": limit}


def _number(payload: Mapping[str, Any], key: str, given: Any, least: float, most: float) -> Any:
    value = payload.get(key, given)
    kinds = (int,) if isinstance(given, int) else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise _unread(f"`{key}` is no number of its kind")
    if not least <= value <= most:
        raise _unread(f"`{key}` is {value}", hint=f"between {least:g} and {most:g}")
    return value


def _query(name: str, given: Any) -> tuple[Counterparty, dict[str, Any]]:
    """The counterparty of a query, and the query as it was read."""
    if not isinstance(given, Mapping) or not isinstance(given.get("properties"), Mapping):
        raise _unread(f"query `{name}` has no object `properties`")
    schema = given.get("schema")
    if schema not in _KINDS:
        raise _unread(f"`{schema}` is no schema, in query `{name}`", hint=f"one of {', '.join(_KINDS)}")
    read: dict[str, list[str]] = {}
    for key, value in given["properties"].items():
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            raise _unread(f"`{key}` is neither a text nor a list of texts, in query `{name}`")
        if key in _NAMES or key in _COUNTRIES or key in _SCHEMES or key in ("birthDate", "incorporationDate", "address"):
            read[str(key)] = [one for one in values if one.strip()]

    def all_of(*keys: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text for key in keys for text in read.get(key, ())))

    if not all_of(*_NAMES):
        raise _unread(f"query `{name}` names nobody", hint="give `name`")
    one = Counterparty(
        id=str(given.get("id") or name),
        names=all_of(*_NAMES),
        kind=_KINDS[schema],
        countries=tuple(text.upper() for text in all_of(*_COUNTRIES) if len(text) == 2),
        identifiers=tuple(Identifier(scheme, text) for key, scheme in _SCHEMES.items() for text in read.get(key, ())),
        born=all_of("birthDate"),
        addresses=all_of("address"),
    )
    query: dict[str, Any] = {"schema": schema, "properties": read}
    return one, query | ({"id": given["id"]} if given.get("id") else {})


def _response(answer: Answer, query: dict[str, Any], desk: Desk, how: Settings) -> dict[str, Any]:
    results = [_result(hit, desk.parties[hit.entry], how) for hit in answer.found.hits]
    relation = "gte" if answer.found.more else "eq"
    return {"status": 200, "results": results, "total": {"value": len(results), "relation": relation}, "query": query}


def _result(hit: Hit, party: ListedParty, how: Settings) -> dict[str, Any]:
    properties: dict[str, list[str]] = {}
    for name in party.names:
        properties.setdefault(_NAME_KINDS[name.kind], []).append(name.text)
    told = {
        "country": [code.lower() for code in party.countries],
        "birthDate": list(party.born),
        "address": [one.text for one in party.addresses],
        "sourceUrl": [party.href] if party.href else [],
    }
    properties |= {key: values for key, values in told.items() if values}
    keys = {scheme: key for key, scheme in _SCHEMES.items()}
    for number in party.identifiers:
        properties.setdefault(keys.get(number.scheme, "idNumber"), []).append(number.value)
    return {
        "id": party.id,
        "caption": party.names[0].text,
        "schema": _SCHEMAS[party.kind],
        "properties": properties,
        "datasets": [party.list],
        "referents": [],
        "target": True,
        "score": hit.probability,
        "match": hit.probability >= how.certain,
        "features": {f"{word.how}: {word.query or '-'} / {word.listed or '-'}": word.weight for word in hit.words},
        "explanations": {
            "sentence": hit.sentence,
            "query_name": hit.query_name,
            "listed_name": hit.listed_name,
            "against": list(hit.against),
        },
    }


def _unread(problem: str, *, hint: str = "see yente's POST /match for the form") -> UsageError:
    return UsageError("GL0506", problem, hint=hint)
