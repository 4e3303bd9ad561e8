"""Makes sets of signatures as ClamAV's maker signs them, by keys of its own, which it puts in place of the maker's.

``python signed_set.py FOLDER LIBCLAMAV``: main, daily and bytecode come to lie in FOLDER, and the library, a copy in a
sandbox, believes their signer. A set is a heading of 512 characters and an archive; the heading's signature is RSA over
the MD5 of the archive, that of the list inside RSASSA-PSS over its SHA-256 (ClamAV, "CVD" and libclamav/dsig.c).
"""

from __future__ import annotations

import hashlib
import io
import re
import string
import sys
import tarfile
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

_DIGITS = string.ascii_lowercase + string.ascii_uppercase + string.digits + "+/"
_HEADING = "ClamAV-VDB:01 Jan 2026 00-00 +0000:1:1:90:{}:{}:county:1767225600"
_EXPONENTS = (b"100001027", b"100002049")
_PLANTED = b"planted\n"
HDB = f"{hashlib.md5(_PLANTED).hexdigest()}:{len(_PLANTED)}:County.Test\n".encode()


def digits(number: int) -> str:
    """A number in base 64, the lowest digit first."""
    said = ""
    while number:
        number, digit = divmod(number, 64)
        said += _DIGITS[digit]
    return said


def believe(library: Path, keys: tuple[rsa.RSAPrivateKey, ...]) -> None:
    """The moduli and exponents stand in the library in decimal digits."""
    text = library.read_bytes()
    for key, length in zip(keys, (309, 617), strict=True):
        modulus = str(key.public_key().public_numbers().n).encode()
        text, found = re.subn(rb"(?<=\0)[0-9]{%d}(?=\0)" % length, modulus, text)
        assert (found, len(modulus)) == (1, length), (found, len(modulus))
    for exponent in _EXPONENTS:
        text = text.replace(b"\0%b\0" % exponent, b"\0%09d\0" % 65537)
    library.write_bytes(text)


def signed(name: str, keys: tuple[rsa.RSAPrivateKey, ...]) -> bytes:
    """One set, which knows one file."""
    heading, listed = keys
    files = {"COPYING": b"-\n", "county.hdb": HDB}
    info = _HEADING.format("X", "X") + "\n"
    info += "".join(f"{each}:{len(text)}:{hashlib.sha256(text).hexdigest()}\n" for each, text in files.items())
    digest = hashlib.sha256(info.encode()).digest()
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    signature = listed.sign(digest, pss, Prehashed(hashes.SHA256()))
    info += f"DSIG:{digits(int.from_bytes(signature))}\n"
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz", format=tarfile.USTAR_FORMAT) as tar:
        for each, text in {"COPYING": files["COPYING"], f"{name}.info": info.encode(), "county.hdb": HDB}.items():
            member = tarfile.TarInfo(each)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text))
    md5 = hashlib.md5(archive.getvalue())
    numbers = heading.private_numbers()
    proof = pow(int.from_bytes(md5.digest()), numbers.d, numbers.public_numbers.n)
    return _HEADING.format(md5.hexdigest(), digits(proof)).ljust(512).encode() + archive.getvalue()


def main(folder: Path, library: Path) -> None:
    """Sets, a file that they know, and a library that believes them."""
    keys = tuple(rsa.generate_private_key(65537, bits) for bits in (1024, 2048))
    believe(library, keys)
    folder.mkdir(parents=True)
    (folder / "planted").write_bytes(_PLANTED)
    for name in ("main", "daily", "bytecode"):
        (folder / f"{name}.cvd").write_bytes(signed(name, keys))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]).resolve())
