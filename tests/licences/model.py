"""A licence counted a second way: fractions of kilograms and plain lists, nothing of the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

ENDED = ("revoked", "surrendered", "expired")
NEXT = {
    "suspend": "suspended",
    "resume": "active",
    "revoke": "revoked",
    "surrender": "surrendered",
    "expire": "expired",
    "close": "closed",
}


def allowed(status: str, act: str) -> bool:
    if status == "closed":
        return False
    if act == "close":
        return True
    if act == "resume":
        return status == "suspended"
    if act == "suspend":
        return status == "active"
    return status in ("active", "suspended")


@dataclass
class Model:
    """One line, one licence. Every method says whether the act is allowed, and does it if so."""

    granted: Fraction
    first: int
    end: int
    max_uses: int | None
    window: tuple[int, Fraction] | None = None  # how many days on end, and how much may go in them
    went: dict[int, Fraction] = field(default_factory=dict)  # what went on which day, kept where there is a window
    held: dict[str, tuple[str, Fraction, int]] = field(default_factory=dict)
    gone: dict[str, list[Fraction | int | str]] = field(default_factory=dict)  # id: site, kilograms and uses not taken back
    more: list[tuple[str, Fraction, int]] = field(default_factory=list)  # corrections: site, kilograms, uses
    given: dict[str, Fraction] = field(default_factory=dict)
    reports: list[tuple[int, Fraction, str]] = field(default_factory=list)
    acts: list[tuple[int, int, str]] = field(default_factory=list)  # day, order, act

    def used(self, site: str | None = None) -> Fraction:
        total = sum((Fraction(q) for at, q, _ in self.gone.values() if site in (None, at)), Fraction())
        return total + sum((q for at, q, _ in self.more if site in (None, at)), Fraction())

    def reserved(self, site: str | None = None) -> Fraction:
        return sum((q for at, q, _ in self.held.values() if site in (None, at)), Fraction())

    def uses(self) -> int:
        return sum(int(n) for _, _, n in self.gone.values()) + sum(n for _, _, n in self.more)

    def uses_held(self) -> int:
        return sum(n for _, _, n in self.held.values())

    def seen(self) -> Fraction:
        return max(self.reports)[1] if self.reports else Fraction()

    def free_at(self, site: str) -> Fraction:
        return self.given[site] - self.used(site) - self.reserved(site)

    def left(self, site: str = "") -> Fraction:
        whole = self.granted - max(self.used(), self.seen()) - self.reserved()
        if site:
            return min(self.free_at(site), whole)
        return whole - sum((self.free_at(one) for one in self.given), Fraction())

    def status(self, day: int) -> str:
        status = "active"
        for when, _, act in sorted(self.acts):
            if when <= day and allowed(status, act):
                status = NEXT[act]
        return status

    def closed(self) -> bool:
        return any(act == "close" for _, _, act in self.acts)

    def open_on(self, day: int) -> bool:
        return not self.closed() and self.first <= day < self.end and self.status(day) == "active"

    def fits(self, site: str, q: Fraction, uses: int) -> bool:
        if site and site not in self.given:
            return False
        room = self.max_uses is None or uses <= self.max_uses - self.uses() - self.uses_held()
        return q <= self.left(site) and room

    def in_window(self, q: Fraction, day: int) -> bool:
        """Every stretch that has the day in it is added up anew."""
        if self.window is None:
            return True
        if self.went.get(day, Fraction()) + q < 0:
            return False
        length, most = self.window
        stretches = (range(first, first + length) for first in range(day - length + 1, day + 1))
        return q <= 0 or all(q + sum((self.went.get(one, Fraction()) for one in days), Fraction()) <= most for days in stretches)

    def goes(self, q: Fraction, day: int) -> None:
        self.went[day] = self.went.get(day, Fraction()) + q

    def draw(self, id: str, site: str, q: Fraction, uses: int, day: int) -> bool:
        ok = q > 0 and self.open_on(day) and self.fits(site, q, uses) and self.in_window(q, day)
        if ok:
            self.goes(q, day)
            self.gone[id] = [site, q, uses]
        return ok

    def reserve(self, id: str, site: str, q: Fraction, uses: int, day: int, today: int) -> bool:
        ok = q > 0 and self.open_on(day) and self.status(today) == "active" and self.fits(site, q, uses) and self.in_window(q, day)
        if ok:
            self.held[id] = (site, q, uses)
        return ok

    def commit(self, id: str, q: Fraction, day: int) -> bool:
        if id not in self.held or self.closed():
            return False
        site, whole, uses = self.held.pop(id)
        took = q or whole
        if self.open_on(day) and self.fits(site, took, uses) and self.in_window(took, day):
            self.goes(took, day)
            self.gone[id] = [site, took, uses]
            return True
        self.held[id] = (site, whole, uses)
        return False

    def release(self, id: str) -> bool:
        if id not in self.held or self.closed():
            return False
        del self.held[id]
        return True

    def contra(self, of: str, q: Fraction, uses: int, day: int) -> bool:
        if of not in self.gone or self.closed():
            return False
        site, was, n = self.gone[of]
        ok = 0 < q <= min(Fraction(was), self.used(str(site))) and uses <= min(int(n), self.uses())
        ok = ok and self.in_window(-q, day)
        if ok:
            self.goes(-q, day)
            self.gone[of][1:] = [Fraction(was) - q, int(n) - uses]
        return ok

    def adjust(self, site: str, q: Fraction, day: int) -> bool:
        if self.closed() or (site and site not in self.given) or q == 0 or self.used(site) + q < 0:
            return False
        if (q > 0 and q > self.left(site)) or not self.in_window(q, day):
            return False
        self.goes(q, day)
        self.more.append((site, q, 0))
        return True

    def allocate(self, site: str, q: Fraction, day: int) -> bool:
        ok = not self.closed() and q > 0 and self.open_on(day) and q <= self.left()
        if ok:
            self.given[site] = self.given.get(site, Fraction()) + q
        return ok

    def recall(self, site: str, q: Fraction) -> bool:
        ok = not self.closed() and site in self.given and 0 < q <= self.free_at(site)
        if ok:
            self.given[site] -= q
        return ok

    def amend(self, q: Fraction, day: int, by_authority: bool) -> bool:
        if self.closed() or self.status(day) not in ("active", "suspended") or q == 0 or self.granted + q < 0:
            return False
        if q < 0 and self.left() + q < 0 and not by_authority:
            return False
        self.granted += q
        return True

    def observe(self, run: int, total: Fraction, id: str) -> bool:
        self.reports.append((run, total, id))
        return True

    def act(self, name: str, day: int) -> bool:
        if self.closed() or not allowed(self.status(day), name) or (name == "expire" and day < self.end):
            return False
        if name == "close" and (self.held or any(self.free_at(site) for site in self.given)):
            return False
        self.acts.append((day, len(self.acts), name))
        return True
