"""Network operating systems, one file each."""
