"""Asks one agent with the installed SNMP session, from inside the lab's audit namespace; prints JSON.

``lab_probe.py ADDRESS LOGIN ENGINE OID...``: the values below each OID, octet strings as text.
"""

from __future__ import annotations

import json
import sys

from collectors.sessions.snmp import open_snmp
from inventory.credentials import Logins


def main() -> None:
    address, login, engine, *roots = sys.argv[1:]
    session = open_snmp(address, 161, Logins().login(login), engine="pysnmp" if engine == "pysnmp" else "gufo")
    told = {
        root: [
            value.decode(errors="replace") if isinstance(value, bytes) else str(value)
            for _, value in session.walk(root)
        ]
        for root in roots
    }
    session.close()
    sys.stdout.write(json.dumps(told))


main()
