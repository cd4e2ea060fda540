"""Every error greenlane can raise, its code and its wording.

The tree::

    GreenlaneError
    ├── InputError            bad input: exit code 2, or a reject of one row
    │   ├── LineError         a cell of an order line (GL01xx)
    │   ├── FileError         a file that cannot be read as a whole (GL012x)
    │   ├── UsageError        a question or step that cannot be asked so (GL03xx, GL05xx)
    │   │   └── MissingExtra  a library that is not installed (GL0310)
    │   ├── DraftError        a notice or draft that cannot be used (GL04xx)
    │   └── SourceError       an official source that is refused whole (GL06xx)
    ├── LedgerRefusal         a step that the ledger of licences does not allow (GL07xx): exit code 1, nothing was booked
    ├── RuleError             a rule file that does not read (GL02xx) or a base that does not hold together (RBxx)
    └── RuleBaseError         all the rule errors of one load, together

A message says what is wrong and where; the hint, on its own, says what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CODES: Final[dict[str, str]] = {
    "GL0101": "a compulsory column is missing or its cell is empty",
    "GL0102": "a day or instant that does not read as ISO 8601",
    "GL0103": "a country that is not an ISO 3166-1 alpha-2 code",
    "GL0104": "a goods or control code that is not well formed",
    "GL0105": "a share that is not a percentage between 0 and 100",
    "GL0106": "a number that is not a plain decimal",
    "GL0107": "an activity that is not one of the known ones",
    "GL0108": "a currency that is not three capital letters",
    "GL0109": "a line id that occurs twice in one file",
    "GL0110": "an attribute that is not written name=value, or is written twice",
    "GL0111": "a cell longer than the limit, or with control characters",
    "GL0112": "an element that is not a chemical symbol, or is written twice",
    "GL0113": "a row with more cells than the header has columns",
    "GL0114": "a keyword (end use) that is not a lower-case word",
    "GL0115": "a unit that is not a unit code",
    "GL0116": "element shares that add up to more than 100 %",
    "GL0117": "an export, reexport or import within one country",
    "GL0118": "a holding that ends before it begins",
    "GL0119": "an owner that owns itself",
    "GL0120": "a file that cannot be opened or is of no known format",
    "GL0121": "a file that is not UTF-8, or a damaged container",
    "GL0122": "a header that is missing or names a column twice",
    "GL0123": "a file above the size limit",
    "GL0124": "a line that is not a JSON object",
    "GL0125": "owners whose shares of one firm add up to more than 100 %",
    "GL0201": "a rule file that is not YAML",
    "GL0202": "a key that occurs twice",
    "GL0203": "a key that is not known here",
    "GL0204": "a key that is missing",
    "GL0205": "a mapping, list or text where another is needed",
    "GL0206": "a value that does not read",
    "GL0207": "an anchor, alias, tag or merge key",
    "GL0208": "a rule file that is too large, not UTF-8, or missing",
    "GL0209": "a table beside a rule file that is not well formed",
    "GL0301": "a line that no recorded run holds",
    "GL0302": "no run recorded in this desk",
    "GL0303": "a certificate that does not read",
    "GL0304": "an option whose value cannot be used",
    "GL0305": "a measure, instrument or case that the rule base does not hold",
    "GL0306": "an output that cannot be written",
    "GL0307": "a journal of a desk that is damaged",
    "GL0308": "the order file of a recorded run that is gone or changed",
    "GL0309": "an output that another run is writing",
    "GL0310": "an extra that is not installed",
    "GL0311": "a Spark that does not start or does not answer, or workers with another greenlane",
    "GL0312": "a table that cannot be handed out: too many parties or repeated line ids, a nested column",
    "GL0401": "a draft folder that does not read",
    "GL0402": "a draft folder that is not empty, or cannot be written",
    "GL0403": "a notice that is of no known form, too large, or in an encoding that is not declared",
    "GL0404": "a draft that a person must still fill in",
    "GL0405": "a draft that was made for another state of the rule base",
    "GL0406": "a draft whose own cases fail, or that has none",
    "GL0407": "a rule base that cannot be written to",
    "GL0408": "an acceptance that was interrupted",
    "GL0409": "a text that is not a notice",
    "GL0501": "an alert that the desk does not hold",
    "GL0502": "a step that the state of an alert does not allow",
    "GL0503": "a proposal and its approval by one person",
    "GL0504": "a decision without a name, a reason or a term, or one that cannot be kept",
    "GL0505": "a list that is missing, too old or too short to screen against",
    "GL0506": "a request to match that does not read",
    "GL0601": "a source that is not of the official form",
    "GL0602": "a source that does not parse: cut off, a key twice, no number",
    "GL0603": "a source that is not UTF-8",
    "GL0604": "a source with entity declarations, or nested too deep",
    "GL0605": "a source with too few rows to be whole",
    "GL0606": "a source that could not be fetched",
    "GL0607": "a source with a name or code that is not known here",
    "GL0608": "a source above the size limit",
    "GL0611": "a list file that does not say of which day it is",
    "GL0612": "a list file that lacks what its form needs, or does not hold the list asked for",
    "GL0613": "an entry of a list without a name or a number, or with a cell that does not read",
    "GL0614": "a column, field, element, list or record type of a list file that is not known here",
    "GL0615": "a country of a list file that is not known here",
    "GL0616": "a day of a list file that does not read",
    "GL0617": "a list without its file of alternate names",
    "GL0618": "an edition of a list that lost more entries than is plausible",
    "GL0619": "a shelf of lists that is damaged",
    "GL0701": "a licence that the ledger does not hold",
    "GL0702": "an id that stands in the ledger with other content",
    "GL0703": "more than is left of a licence",
    "GL0704": "more uses than a licence has left",
    "GL0705": "a day on which a licence is not valid",
    "GL0706": "a step that the state of a licence does not allow",
    "GL0707": "a reservation or draw that is not there, or is resolved already",
    "GL0708": "an amount in another unit, finer than its line counts, not positive, or too large",
    "GL0709": "an id, name, day or term of a licence that cannot be used",
    "GL0710": "a clock that stands before the newest entry of the ledger",
    "GL0711": "a ledger that cannot be written: nothing was booked",
    "GL0712": "an amendment or correction that the balance does not bear",
    "GL0713": "a line or site that a licence does not have, or a meter that must be stated",
    "GL0714": "a tolerance that no source confirms, or that does not hold for that licence on that day",
    "GL0715": "a file of licences kept as facts that does not read",
    "GL0716": "a reservation that two people must make",
    "GL0717": "more than a licence allows in a stretch of time, such as a year or any 90 days",
    "GL0731": "a day of a year whose working days are not held, or a count of days beyond what is counted",
    "GL0732": "an application that the ledger does not hold",
    "GL0733": "a step that the stage of an application does not allow, or an application taken for a licence",
    "GL0734": "a customs file that does not read",
    "GL0735": "an application, paper or disclosure that does not say what it must",
    "GL0736": "waits from which nothing can be estimated",
    "RB01": "a lift or act that is aimed at nothing",
    "RB02": "exceptions or acts in a circle",
    "RB03": "a regime or group that is not there, or a group of the wrong kind",
    "RB04": "a period that ends before it begins",
    "RB05": "an act that does nothing: its target is never in force within it",
    "RB06": "a published measure in force before it was public",
    "RB07": "periods that overlap",
    "RB08": "two exceptions that leave different effects of one line",
    "RB09": "a group without members",
    "RB10": "a share test without a direction, or with the wrong one",
    "RB11": "a rule without a source",
    "RB12": "an id that is there twice",
    "RB13": "an instrument without cases",
    "RB14": "a rule that can hold for no line",
    "RB15": "a rule that says the same as another",
    "RB16": "a letter without addressees, or addressees without a rule",
    "RB17": "a conflict of laws with nothing, or with law of the same side",
    "RB18": "steps of a duty that contradict each other",
    "RB19": "a derivation or presumption that nothing reads",
    "RB20": "a regime that reaches nobody, or holds law of another side or kind",
    "RB21": "a list of what is no goods, or a member that is there twice",
    "RB22": "an exception that takes nothing away",
    "RB23": "a code of the wrong scheme, or of a chapter that is not there",
    "RB24": "a case that names what is not there",
    "RB25": "a rule without the cases it needs",
    "RB26": "a name of two meanings, used for one of them by silence",
    "RB27": "a key that would be passed over",
    "RB28": "an exception whose goods are asked for by the name of other goods",
    "RB29": "a presumption that does not read, or about what must be asked",
    "RB30": "an ownership rule whose measures are not there, or set no one threshold",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file, and in it a line (or row), a column (or key)."""

    file: str
    line: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        parts = [self.file]
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.column is not None:
            word = "option" if self.column.startswith("--") else "key" if self.file.endswith(".yaml") else "column"
            parts.append(f"{word} {self.column}")
        return ", ".join(parts)


class GreenlaneError(Exception):
    """Base of all errors: a code, what is wrong, where, and the way out."""

    def __init__(self, code: str, message: str, *, at: Place | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.at = at
        self.hint = hint

    def __str__(self) -> str:
        text = f"error[{self.code}]: {self.message}"
        if self.at is not None:
            text += f"\n  in {self.at}"
        if self.hint:
            text += f"\n\nhint: {self.hint}"
        return text

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.code, self.message, self.at, self.hint))


def _rebuild(kind: type[GreenlaneError], code: str, message: str, at: Place | None, hint: str) -> GreenlaneError:
    return kind(code, message, at=at, hint=hint)


class InputError(GreenlaneError):
    """Something the user gave cannot be used."""


class LineError(InputError):
    """A cell of an order line cannot be used."""


class FileError(InputError):
    """A file cannot be read as a whole."""


class SourceError(InputError):
    """An official source is refused as a whole; nothing was taken from it."""


class UsageError(InputError):
    """The question cannot be asked in this way."""


class MissingExtra(UsageError):
    """What was asked for needs a library that is not installed."""

    def __init__(self, extra: str, what: str) -> None:
        super().__init__("GL0310", f"{what} needs the extra `{extra}`", hint=f'pip install "greenlane[{extra}]"')

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (UsageError, self.code, self.message, self.at, self.hint))


class DraftError(InputError):
    """A notice or a draft of law cannot be used."""


class LedgerRefusal(GreenlaneError):
    """The ledger of licences does not allow a step; nothing was booked."""


class RuleError(GreenlaneError):
    """A rule file does not read, or the base does not hold together."""


class RuleBaseError(GreenlaneError):
    """All problems of one load of the rule base. One is enough to refuse the whole base."""

    def __init__(self, problems: tuple[RuleError, ...]) -> None:
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(first.code, f"the rule base is refused: {first.message}{more}", at=first.at, hint=first.hint)
        self.problems = problems

    def __str__(self) -> str:
        return "\n\n".join(str(problem) for problem in self.problems)

    def __reduce__(self) -> tuple[object, ...]:
        return (RuleBaseError, (self.problems,))
