"""What programs of a Linux host mean where their files say nothing, and who says so: their manuals."""

from __future__ import annotations

from collectors.platforms.base import Default

QUALITY = Default("pwquality.conf: minlen", 8, "libpwquality, pwquality.conf(5), minlen: 8 characters")
UNIX = Default("pam_unix: minlen", 6, "Linux-PAM, pam_unix(8), minlen: 6 characters")
FAILLOCK = Default(
    "faillock.conf: deny, unlock_time", ("3", "600"), "Linux-PAM, faillock.conf(5): 3 failures, 600 seconds"
)
TALLY = Default(
    "pam_tally2: deny, unlock_time", ("0", "0"), "Linux-PAM 1.4, pam_tally2(8): without deny nothing is denied"
)
AUTHENTICATION = Default(
    "sshd_config: PasswordAuthentication",
    "password",
    "OpenSSH, sshd_config(5): passwords and keys are taken, empty passwords are not",
)
