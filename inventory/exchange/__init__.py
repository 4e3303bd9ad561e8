"""Exchange with other inventories: pure conversion and parsing, no network. What comes in is declared, never found."""
