"""Identification data, one YAML file a vendor, and the rules that apply it."""
