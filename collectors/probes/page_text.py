"""The text of a web page: what a reader sees of it, where it links to, and addresses written into it.

Pages are hostile: what is parsed is a bounded head of them, and nothing of it is ever run.
"""

from __future__ import annotations

import contextlib
import hashlib
import html
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from ipaddress import IPv4Address
from urllib.parse import SplitResult, urljoin, urlsplit

_TITLE, _TITLE_END = re.compile(r"<title[^<>]*>", re.IGNORECASE), re.compile("</title", re.IGNORECASE)
_LITERAL = re.compile(r"""(?:https?:|wss?:|["'(=])\s*//(\d{1,3}(?:\.\d{1,3}){3})(?=[:/"'?#)\s]|$)""", re.IGNORECASE)
_UNSEEN = frozenset({"script", "style", "noscript", "template"})
_MOST_LINKS, _MOST_LITERALS, _MOST_SHINGLES = 500, 20, 20_000
_MOST_HOSTS, _LONGEST_NAME = 20, 253
_HEAD, _LONGEST_TITLE = 65_536, 200  # characters
# What a browser fetches by itself to show a page: an attribute by element.
_SOURCES = {
    **dict.fromkeys(("img", "script", "iframe", "frame", "source", "video", "audio", "embed", "input"), "src"),
    "link": "href",
    "object": "data",
}
_SHINGLE = 3  # characters: Chinese text has no spaces between its words
_BITS = 64


def title(text: str) -> str | None:
    """The title of a page in one line; None where it has none."""
    head = text[:_HEAD]
    begin = _TITLE.search(head)
    end = _TITLE_END.search(head, begin.end()) if begin else None
    if begin is None or end is None:
        return None
    words = " ".join(html.unescape(head[begin.end() : end.start()]).split())
    return "".join(c for c in words[:_LONGEST_TITLE] if c.isprintable()) or None


def ipv4_literals(text: str, own: str | None) -> tuple[str, ...]:
    """IPv4 addresses that stand as hosts in the page's links, resources and scripts, each once; ``own`` left out.

    Whoever has no IPv4 gets nothing from them: neither DNS64 nor an AAAA record helps.
    """
    found: dict[str, None] = {}
    for host in _LITERAL.findall(text):
        if host != own and _is_ipv4(host):
            found[host] = None
    return tuple(found)[:_MOST_LITERALS]


def _is_ipv4(word: str) -> bool:
    try:
        return not IPv4Address(word).is_unspecified
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Digest:
    """SimHash of what a reader sees, 16 hex digits, and how many characters were seen."""

    simhash: str
    length: int


def digest(text: str) -> Digest | None:
    """The digest of a page's visible text; figures count as one, for clocks and counters differ between two visits.

    None where nothing is to be seen.
    """
    seen = re.sub(r"\d+", "0", "".join(_parsed(text).seen.split()))
    if not seen:
        return None
    shingles = {seen[i : i + _SHINGLE] for i in range(min(max(1, len(seen) - _SHINGLE + 1), _MOST_SHINGLES))}
    weights = [0] * _BITS
    for shingle in shingles:
        bits = int.from_bytes(hashlib.blake2b(shingle.encode("utf-8", "replace"), digest_size=8).digest(), "big")
        for place in range(_BITS):
            weights[place] += 1 if bits >> place & 1 else -1
    told = sum(1 << place for place, weight in enumerate(weights) if weight > 0)
    return Digest(f"{told:016x}", len(seen))


def links(text: str, url: SplitResult) -> tuple[SplitResult, ...]:
    """Pages of the same scheme, name and port that a page links to, each once, itself left out."""
    found: dict[str, SplitResult] = {}
    for word in _parsed(text).hrefs:
        try:
            there = urlsplit(urljoin(url.geturl(), word))
        except ValueError:
            continue
        if (there.scheme, there.netloc) == (url.scheme, url.netloc):
            bare = there._replace(fragment="", path=there.path or "/")
            found[bare.geturl()] = bare
    found.pop(url._replace(fragment="", path=url.path or "/").geturl(), None)
    return tuple(found.values())


def resource_hosts(text: str, own: str | None) -> tuple[str, ...]:
    """Other names that a page fetches images, scripts, styles or frames from, each once."""
    found: dict[str, None] = {}
    for word in _parsed(text).sources:
        try:
            there = urlsplit(word, scheme="http")
            host = there.hostname
        except ValueError:
            continue
        if host and there.scheme in ("http", "https") and host != own and _is_name(host):
            found[host] = None
    return tuple(found)[:_MOST_HOSTS]


def _is_name(host: str) -> bool:
    return len(host) <= _LONGEST_NAME and ":" not in host and not _is_ipv4(host)


def _parsed(text: str) -> _Reader:
    reader = _Reader()
    with contextlib.suppress(AssertionError):  # the parser's own words for markup that is none, such as <![x
        reader.feed(text)
    return reader


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._hidden: str | None = None
        self._parts: list[str] = []
        self.hrefs: list[str] = []
        self.sources: list[str] = []

    @property
    def seen(self) -> str:
        return " ".join(self._parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._hidden = tag
        if tag in ("a", "area") and len(self.hrefs) < _MOST_LINKS:
            self.hrefs += [value.strip() for name, value in attrs if name == "href" and value]
        if (wanted := _SOURCES.get(tag)) and len(self.sources) < _MOST_LINKS:
            self.sources += [value.strip() for name, value in attrs if name == wanted and value]

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = None

    def handle_data(self, data: str) -> None:
        if self._hidden is None:
            self._parts.append(data)
