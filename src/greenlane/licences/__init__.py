"""How much of a licence is left, and may this be taken from it? Licences from the grant to the last kilogram.

The room is pure: `ledger.step(state, entry, ref)` says what a licence is after an entry, or refuses the entry. What it never does:
read a clock, keep a file, or round an amount. Durability is the business of `store`.
"""
