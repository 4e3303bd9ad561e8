"""Products that facts are held against: data files, and what reads them."""
