"""A simulated county on loopback, with planted gaps and their answer key."""
