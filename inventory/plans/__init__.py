"""Plans, one YAML file each."""
