"""How systems write their configurations and answers: a folder a family, and beside them what several share."""
