"""What is forbidden, to whom, when, and what lifts it: the rule base as values.

This room reads no files (that is `feeds`) and decides no lines (that is `decide`). Enter at `rulebase.RuleBase`.
"""
