"""What stands in facts, in the words of a reader: data files, and what reads them."""
