"""One module a MIB: what is read of it, and the facts it becomes."""
