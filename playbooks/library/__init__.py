"""Ready-made playbooks."""
