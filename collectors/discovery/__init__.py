"""What is out there: which addresses of a scope answer, on what, and what they show to anybody who asks."""
