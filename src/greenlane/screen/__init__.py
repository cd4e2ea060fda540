"""Is this party, or somebody who owns half of it, on a list, on that day, in any script?

The room answers with findings, never with clearances of its own: what a listing means is the law's matter, and whether a
doubtful hit is the party is a person's. It reads no file and asks no clock: lists, model and days are arguments.
"""
