"""Linux hosts."""
