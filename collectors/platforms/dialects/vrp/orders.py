"""In which order VRP and Comware write a configuration: what tells how far a text without its end reaches.

Sources: configurations as S and CE switches, AR and NE routers, USG firewalls, and Comware 5 and 7 devices show them.
Where lines stand that are not named here differs by product.
"""

from __future__ import annotations

from collectors.platforms.base import Order
from inventory.facts import (
    Accounts,
    Addresses,
    Banner,
    Filtering,
    Forwarding,
    Interfaces,
    LinkServices,
    Logging,
    PasswordPolicy,
    RemoteAccess,
    Routes,
    RoutingProtocols,
    SnmpAgent,
)

VRP: tuple[Order, ...] = (
    {
        r"aaa$": (Accounts,),
        r"interface \S": (Interfaces, Addresses, LinkServices),
        r"ip route-static ": (Routes, RoutingProtocols, SnmpAgent, Logging, Banner, Filtering, Forwarding),
        r"user-interface (?!vty)": (PasswordPolicy,),
        r"user-interface vty ": (),  # web servers are written behind it
    },
)
COMWARE: tuple[Order, ...] = (
    {  # 7
        r"interface \S": (Interfaces, Addresses, LinkServices),
        r"line vty ": (),
        r"ip route-static ": (Routes,),
        r"(?:radius scheme|domain) \S+$": (SnmpAgent, Logging, Forwarding),
        r"role name ": (Filtering,),
        r"user-group ": (),
        r"local-user \S": (Accounts, PasswordPolicy, Banner),
    },
    {  # 5
        r"(?:radius scheme|domain) \S+$": (),
        r"user-group ": (),
        r"local-user \S": (Accounts, PasswordPolicy),
        r"interface \S": (Interfaces, Addresses, LinkServices),
        r"ip route-static ": (Routes, SnmpAgent, Logging, Banner, Filtering, Forwarding),
        r"user-interface (?!vty)": (),
        r"user-interface vty ": (RemoteAccess, RoutingProtocols),
    },
)
# What only a device writes of itself: such a text keeps the order to its end.
_MADE = (
    r"!Software Version V|\[V\d+R\d+|drop-profile default|diffserv domain default|authentication-profile name default"
    r"|scheduler logfile size|line class |irf mac-address persistent|version \d\.\d+[\w.]*, "
)
PROOFS: Order = {
    rf"aaa$|local-user \S|{_MADE}": (Accounts,),
    rf"(?:undo )?(?:stelnet|ssh|telnet) |{_MADE}": (RemoteAccess,),
    rf"(?:undo )?(?:info-center|ntp-service|ntp|snmp-agent)\b|{_MADE}": (SnmpAgent, Logging),
    r"interface \S": (Interfaces, Addresses, LinkServices, Routes, RoutingProtocols, Filtering, Forwarding),
}
