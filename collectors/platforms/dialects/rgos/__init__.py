"""Ruijie RGOS."""
