"""Secrets as people enter them on VRP and Comware without a word for their form, which the device then adds."""

from __future__ import annotations

_BARE = r"(?!(?:irreversible-cipher|cipher|simple|sim|plain|hash) )(?P<secret>(?!\*{3})\S+)"
_SA = r"sa (?:(?:authentication|encryption)-hex|hex-key (?:authentication|encryption)|string-key) (?:in|out)bound \w+"
BARE_SECRETS = (
    # Of routing protocols, gateway groups and clocks; an algorithm may stand without a key.
    rf"^.*authentication-mode (?:md5|simple|hmac-\S+)(?: (?:usual|nonstandard|key-id \d+|\d+))*+ {_BARE}",
    rf"^[ \t]*vlink-peer \S+ .*?(?:md5|simple|hmac-\S+)(?: \d+)?+ {_BARE}",
    rf"^(?:.*[ \t])?(?:set authentication|(?:local-)?user \S+|peer \S+) password {_BARE}",
    rf"^[ \t]*{_SA} {_BARE}",
    rf"^(?:.*[ \t])?pass-phrase {_BARE}",
    rf"^[ \t]*hrp authentication-key {_BARE}",
    rf"^[ \t]*(?:pre-shared-key|preshared-key) (?!address |hostname |local |remote |pass-phrase |raw-key ){_BARE}",
    rf"^(?:.*[ \t])?client ip \S+ key {_BARE}",
    r"^[ \t]*md5-password (?:plain|cipher) \S+ (?P<secret>\S+)",
    r"^[ \t]*ldap-server authentication manager \S+ (?!cipher )(?P<secret>\S.*)$",
)
