"""Which security module controls a Linux host: what its kernel lists is not yet what is in force."""

from __future__ import annotations

from collectors.base import Answer
from collectors.platforms.dialects.linux.protection import mandatory_access
from inventory.errors import Gap, Missing
from inventory.facts import MandatoryAccess

NONE = Missing(Gap.LACKING, "no such file")


def told(text: str) -> Answer:
    return Answer("cat", text)


def access(
    modules: str, selinux: str = "", apparmor: str = "", profiles: str = "", context: str = ""
) -> tuple[str | None, bool | None]:
    """Module and whether it enforces; an empty text: there is no such file."""
    gots = (told(text) if text else NONE for text in (modules, selinux, apparmor, profiles, context))
    found = mandatory_access(*gots)
    assert isinstance(found, MandatoryAccess)
    return found.module, found.enforcing


def test_selinux_before_a_policy_is_loaded_controls_nothing() -> None:
    """Debian's kernel with apparmor=0 on its line: SELinux is the next, and nothing loads a policy."""
    listed = "lockdown,capability,landlock,yama,selinux,tomoyo,bpf"
    assert access(listed, "0", "N", context="kernel\0") == (None, False)
    assert access(listed, "0", "N", context="unconfined_u:unconfined_r:unconfined_t:s0") == ("selinux", False)
    assert access(listed, "1", "N", context="system_u:system_r:init_t:s0") == ("selinux", True)
    assert access(listed, "1") == ("selinux", True)  # where the context may not be read


def test_apparmor_enforces_by_profile() -> None:
    listed = "lockdown,capability,landlock,yama,apparmor,tomoyo,bpf"
    assert access(listed, apparmor="Y", profiles="/usr/bin/man (enforce)\n") == ("apparmor", True)
    assert access(listed, apparmor="Y", profiles="/usr/bin/man (complain)\n") == ("apparmor", False)
    assert access(listed, apparmor="Y") == ("apparmor", None)


def test_tomoyo_is_listed_whether_it_has_a_policy_or_not() -> None:
    assert access("capability,tomoyo,bpf", apparmor="N") == (None, False)
    assert access("capability,smack,bpf") == ("smack", None)
