"""What to run; the only package that knows the whole chain."""
