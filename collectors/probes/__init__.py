"""A business system asked from outside, a module a question."""
