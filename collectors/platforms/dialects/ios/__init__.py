"""Cisco IOS and IOS-XE, and what systems of that style share."""
