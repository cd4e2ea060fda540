"""The command line: one module a verb, thin; results to standard output, talk to standard error."""
