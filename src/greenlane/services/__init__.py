"""The desk: use cases as one function each; what can fail outside stands behind a Protocol in `ports`."""
