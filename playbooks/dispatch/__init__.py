"""How the work of a run is spread."""
