"""Statements as products and people write them, by the names of the corpus."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from collectors.offline import snapshots_from

RGOS = "version S5760X_RGOS 12.5(4)B0102\nhostname AGG\n!\n"
SWITCH = "!Software Version V200R019C00SPC500\n#\nsysname AGG\n#\n"
YUNSHAN = "!Software Version V600R022C00SPC500\n#\nsysname AGG\n#\n"
VTY = "user-interface vty 0 4\n#\n"
COMWARE = "#\n sysname AGG\n#\n password-recovery enable\n#\n"


def test_words_without_their_form_are_plain_and_masked(tmp_path: Path, config_facts: ModuleType) -> None:
    for text in (
        f"{SWITCH}aaa\n local-user ops password Gate#Seven7\n local-user ops privilege level 15\n#\nreturn\n",
        f"{COMWARE}local-user ops class manage\n password Gate#Seven7\n#\nreturn\n",
    ):
        path = tmp_path / "agg.cfg"
        path.write_text(text, encoding="utf-8")
        assert config_facts.facts_of(path)["password_storage"] == "plaintext"
        assert "Seven7" not in repr(list(snapshots_from([path], datetime.now(UTC))))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            (
                f"{RGOS}logging server oob 192.0.2.1\nlogging server vrf mgmt 192.0.2.2\nntp server oob 192.0.2.3\n"
                "expert access-list extended e1\n 10 permit etype-any any any\n!\nmac access-list extended 700\nend\n"
            ),
            {"syslog_hosts": ["192.0.2.1", "192.0.2.2"], "ntp_servers": ["192.0.2.3"], "acl_count": 2},
        ),
        (
            (
                'Version 5.5R8\nip vrouter "trust-vr"\n  snatrule id 1 from "192.0.2.1" to "198.51.100.1" s\n'
                'ticky\n  ip route 0.0.0.0/0 192.0.2.254\nexit\nhostname "EDGE"\nEnd\n'
            ),
            {"default_route": True},  # behind the rest of a line that the terminal broke
        ),
        # Of a switch of this release Telnet is off without a word; of a router its head would be another.
        (f"{SWITCH}interface GigabitEthernet0/0/1\n#\nreturn\n", {"telnet_enabled": False}),
        (
            "[V200R010C00]\n#\n sysname AR\n#\n aaa\n#\ninterface GigabitEthernet0/0/1\n#\nreturn\n",
            {"telnet_enabled": None},
        ),
        (
            (
                f"{YUNSHAN}undo telnet server-source all-interface\n#\ninterface GE1/0/1\n#\n{VTY}"
                "web-manager enable port 443\n#\nreturn\nas found on the day of the visit\n"
            ),
            {"telnet_enabled": False, "vty_telnet_permitted": None, "http_enabled": False, "https_enabled": True},
        ),
        (
            (
                f"{SWITCH}interface Vlanif 1\n ipv6 enable\n#\ninterface Vlanif 2\n ipv6 enable\n#\n"
                "header login information #\nstelnet server enable\n#\n\n#\nsave\n"
            ),
            {"ipv6_interfaces": 2, "banner_present": True, "ssh_enabled": False, "vty_acl_present": False},
        ),
        # The generation by what only one has, where the head is gone.
        (
            (
                f"{COMWARE}line vty 0 63\n authentication-mode scheme\n#\n"
                "local-user a class manage\n password sim Ab3#\n#\nreturn\n"
            ),
            {
                "telnet_enabled": False,
                "https_enabled": False,
                "vty_telnet_permitted": True,
                "password_storage": "plaintext",
            },
        ),
        (
            f"{COMWARE}local-user a\n authorization-attribute level 3\n#\nuser-interface vty 0 4\n#\nreturn\n",
            {"telnet_enabled": None, "ssh_v1_allowed": True, "ipv6_enabled_globally": False},
        ),
    ],
    ids=["RGOS", "StoneOS", "S switch", "AR router", "YunShan", "blanks and banner", "Comware 7", "Comware 5"],
)
def test_statements_tell_what_they_are_written_for(
    text: str, wanted: dict[str, Any], tmp_path: Path, config_facts: ModuleType
) -> None:
    path = tmp_path / "agg.cfg"
    path.write_text(text, encoding="utf-8")
    found = config_facts.facts_of(path)
    assert {name: found[name] for name in wanted} == wanted
