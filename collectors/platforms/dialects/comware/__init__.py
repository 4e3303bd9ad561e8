"""H3C and HPE Comware."""
