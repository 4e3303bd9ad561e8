"""From findings to something a person reads."""
