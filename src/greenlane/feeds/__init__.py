"""Readers and writers: bytes from outside to plain rows and nodes, and back. Strict about what they do not understand."""
