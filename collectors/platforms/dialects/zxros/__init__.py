"""ZTE ZXROS."""
