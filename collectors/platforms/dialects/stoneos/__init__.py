"""Hillstone StoneOS."""
