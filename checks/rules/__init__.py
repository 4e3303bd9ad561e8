"""Rule modules, one a topic; found where they lie."""
