"""The commands of ``hecha``, one module a group; ``playbooks.cli`` puts them together."""
