"""From a target to facts; the only package that touches a network."""
