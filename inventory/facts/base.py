"""The mark of a fact: what a snapshot holds under its type, present or Missing."""


class Fact:
    """Base of the facts a collector delivers and a check asks for by type."""

    __slots__ = ()
