"""The vocabulary: what exists, what is declared, what is known."""
