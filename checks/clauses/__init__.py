"""Standards, clause by clause, as data."""
