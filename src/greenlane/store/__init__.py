"""What is kept: runs, append-only, with chained hashes."""
