"""The vocabulary: frozen values that check themselves. Standard library only; no law, no files, no clock."""
