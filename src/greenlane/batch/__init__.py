"""The same verdicts for a hundred million lines.

A cell says little to the law: which numbers it lies between, which codes it lies under. So each distinct cell is put into a class
once, classes are put together pair by pair into what they leave of the law, and what is left is judged once, by `decide` itself.
Lines that are alike to the law share that answer. Nothing here gives a meaning of its own to a rule.
"""
