"""Sessions: SNMP, SSH, replay from captures."""
