"""What ZTE ZXROS means where its configuration says nothing, and who says so.

Whether Telnet is on without a word differs by product, and ends with them: the manual names a parameter of theirs.
"""

from __future__ import annotations

from collectors.platforms.base import Default

_BASIC = "ZXROSNG command reference, basic configuration, "
SSH_V1 = Default("ssh server version 1", False, _BASIC + "ssh server version: 2", r"5", "ZXROS 5")
