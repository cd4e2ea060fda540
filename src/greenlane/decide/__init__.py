"""One line, one verdict, one explanation: the readable reference.

Enter at `evaluate.decide(line, rules, on=..., known_by=...)`. This room reads no files and asks no clock.
"""
