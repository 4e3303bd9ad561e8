"""Identification data, one YAML file a vendor."""
