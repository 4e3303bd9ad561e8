"""Pages of business systems over IPv6 held against those over IPv4: the official indicators of websites."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time

from checks.model import Family, Remedy, Severity, Today, Verdict, check, verdict
from checks.policies import Ipv6Policy
from inventory.errors import Missing
from inventory.evidence import Evidence
from inventory.facts import PortAnswer, ServiceProbe, WebAnswer
from inventory.text import Text
from inventory.views import SystemView

_DIFFERENT_BITS = 6  # of 64 that two digests of one text may differ in: nine tenths alike
_SHORT_TEXT = 40  # characters: below, one word turns half of the digest
_NATURE = Text("IPv6 页面没有应答", "the page over IPv6 did not answer")


def _pages(system: SystemView) -> tuple[list[WebAnswer], list[WebAnswer]]:
    """Pages over IPv4 and over IPv6, those of the old host left out."""
    probe = system.probe
    found = [] if isinstance(probe, Missing) else [p for p in probe.pages if p.role == "service" and p.ip]
    return [p for p in found if p.ip and p.ip.version == 4], [p for p in found if p.ip and p.ip.version == 6]


def _unasked(system: SystemView) -> Iterator[Verdict]:
    """Not known, where the system was not probed at all."""
    if isinstance(system.probe, Missing) and system.state != "retired":
        yield verdict(None, system.evidence, hosts="?", addresses="?")


def _evidence(pages: Iterable[WebAnswer]) -> list[Evidence]:
    return [page.evidence for page in pages]


@check(
    "ipv6.system-tls",
    family=Family.IPV6,
    title=Text("业务系统经 IPv6 的证书与 IPv4 同样有效", "Over IPv6 a system's certificate is as good as over IPv4"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-03",),
    found=Text("{subject} 经 IPv6 的证书：{fault}", "{subject}: its certificate over IPv6 {fault}"),
    unknown=Text("{subject} 的证书没有读到", "{subject}: its certificate was not read"),
    remedy=Remedy(
        Text("在 IPv6 监听上使用与 IPv4 相同的证书", "Let the IPv6 listener present the certificate of the IPv4 one")
    ),
)
def system_tls(system: SystemView, today: Today) -> Iterator[Verdict]:
    yield from _unasked(system)
    four, six = _pages(system)
    for page in (p for p in six if p.url.startswith("https:")):
        if page.tls_expires is None:
            yield verdict(None, page.evidence, place=str(page.ip))
            continue
        fault = _fault(page, four, today)
        yield verdict(fault is None, *_evidence([page, *four]), place=str(page.ip), fault=fault or "")


def _fault(page: WebAnswer, four: list[WebAnswer], today: Today) -> Text | None:
    expires = page.tls_expires
    if expires and expires < datetime.combine(today.date, time.min, expires.tzinfo):
        return Text("已过期", "has expired")
    if page.tls_name is False and any(p.tls_name for p in four):
        return Text("与域名不符，而 IPv4 的相符", "is not for its name, while the one over IPv4 is")
    if four and all(p.tls_subject and p.tls_subject != page.tls_subject for p in four):
        return Text("与 IPv4 的不是同一张", "is not that of IPv4")
    return None


@check(
    "ipv6.system-page-served",
    family=Family.IPV6,
    title=Text("业务系统的首页经 IPv6 打得开", "A system's first page opens over IPv6"),
    severity=Severity.HIGH,
    clauses=("plan:PR-V6-02",),
    found=Text("{subject} 的首页经 IPv6 打不开：{fault}", "{subject}: its first page does not open over IPv6: {fault}"),
    unknown=Text(
        "{subject} 的首页经 IPv6 是否打得开未知：{fault}",
        "{subject}: whether its first page opens over IPv6 is not known: {fault}",
    ),
    remedy=Remedy(
        Text(
            "检查 IPv6 监听上的虚拟主机、后端和重定向目标",
            "Look at the virtual host of the IPv6 listener, what stands behind it, and where it redirects to",
        )
    ),
)
def system_page_served(system: SystemView) -> Iterator[Verdict]:
    if isinstance(system.probe, Missing) and system.state != "retired":
        yield verdict(None, system.evidence, fault=Text("没有探测", "it was not probed"))
    four, six = _pages(system)
    for page in six:
        ok, fault = _opens(page, four)
        yield verdict(ok, page.evidence, place=str(page.ip), fault=fault)


def _opens(page: WebAnswer, four: list[WebAnswer]) -> tuple[bool | None, Text | str]:
    """Whether a page opens, and what comes instead. What IPv4 gets just so may be the system's own way."""
    if page.status is None:
        return False, Text(f"没有 HTTP 应答（{page.ended}）", f"no HTTP answer ({page.ended})")
    if page.ended == "loop":
        return False, Text("重定向循环", "it redirects in a circle")
    if page.ended == "elsewhere":
        return None, Text(
            "重定向到别的域名或协议，没有跟随", "it redirects to another name or scheme, which is not followed"
        )
    if 200 <= page.status < 300:
        return _whole(page, four)
    alike = any(other.status == page.status for other in four)
    return None if alike else False, f"HTTP {page.status}" + (" (IPv4 = IPv6)" if alike else "")


def _whole(page: WebAnswer, four: list[WebAnswer]) -> tuple[bool | None, Text | str]:
    """Whether a page comes to its end. One that does not is what large packets get where no path MTU is found."""
    if page.ended in (None, "cut"):
        return True, ""
    alike = any(other.ended == page.ended for other in four)
    return None if alike else False, Text(f"页面中断（{page.ended}）", f"the page breaks off ({page.ended})")


@check(
    "ipv6.system-same-content",
    family=Family.IPV6,
    title=Text("业务系统的 IPv6 页面与 IPv4 一致", "A system shows the same page over IPv6 as over IPv4"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-02",),
    found=Text(
        "{subject} 的 IPv6 页面与 IPv4 不一致：{fault}", "{subject}: its page over IPv6 is another one: {fault}"
    ),
    unknown=Text("{subject} 的两种页面无法比较", "{subject}: its pages cannot be compared"),
    remedy=Remedy(
        Text(
            "让两种地址指向同一虚拟主机和同一后端", "Let both families reach the same virtual host and the same servers"
        )
    ),
)
def system_same_content(system: SystemView) -> Iterator[Verdict]:
    yield from _unasked(system)
    four, six = _pages(system)
    told = [page for page in four if page.status]
    for page in six if told else ():
        differs = [_difference(page, other) for other in told]
        ok = True if None in differs else None if all(d is _NOT_TOLD for d in differs) else False
        fault = next((d for d in differs if d and d is not _NOT_TOLD), _NATURE)
        yield verdict(ok, *_evidence([page, *told]), place=str(page.ip), fault=fault)


_NOT_TOLD = Text("文字太少", "too little text")


def _difference(six: WebAnswer, four: WebAnswer) -> Text | None:
    """In what two pages differ; None in nothing that matters."""
    if six.status is None:
        return _NATURE
    if six.status // 100 != (four.status or 0) // 100:
        return Text(f"HTTP {six.status}，IPv4 为 {four.status}", f"HTTP {six.status}, over IPv4 {four.status}")
    if six.body_sha256 == four.body_sha256 or (six.text_digest and six.text_digest == four.text_digest):
        return None
    if six.title != four.title:
        return Text("标题不同", "another title")
    if six.text_digest is None or four.text_digest is None:
        return _NOT_TOLD
    if (int(six.text_digest, 16) ^ int(four.text_digest, 16)).bit_count() <= _DIFFERENT_BITS:
        return None
    short = min(six.text_length or 0, four.text_length or 0) < _SHORT_TEXT
    return _NOT_TOLD if short else Text("正文不同", "another text")


@check(
    "ipv6.system-links",
    family=Family.IPV6,
    title=Text("业务系统的二级、三级链接经 IPv6 可达", "Links of the second and third level answer over IPv6"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-02",),
    found=Text(
        "{subject} 的 {place} 级链接只有 {percent} % 经 IPv6 可达：{failed}",
        "{subject}: of its links of level {place} {percent} % answer over IPv6: {failed}",
    ),
    unknown=Text("{subject} 的链接没有探测", "{subject}: its links were not followed"),
    remedy=Remedy(Text("让这些页面的后端也经 IPv6 发布", "Publish what stands behind these pages over IPv6, too")),
)
def system_links(system: SystemView, policy: Ipv6Policy) -> Iterator[Verdict]:
    yield from _unasked(system)
    links = [] if isinstance(system.probe, Missing) else system.probe.links
    for level in sorted({link.level for link in links}):
        asked = [link for link in links if link.level == level]
        failed = [link.url for link in asked if link.status is None or not 200 <= link.status < 400]
        percent = 100 * (len(asked) - len(failed)) / len(asked)
        evidence = Evidence("HTTP over IPv6", excerpt="\n".join(f"{link.status or '-'} {link.url}" for link in asked))
        ok = percent >= policy.links_min_percent
        yield verdict(ok, evidence, place=str(level), percent=round(percent), failed=", ".join(failed[:3]))


@check(
    "ipv6.system-no-ipv4-literals",
    family=Family.IPV6,
    title=Text("页面里没有写死的 IPv4 地址", "No IPv4 addresses are written into a system's pages"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-02",),
    found=Text(
        "{subject} 的页面写死了 IPv4 地址 {addresses}，纯 IPv6 用户打不开",
        "{subject}: IPv4 addresses {addresses} stand in its page; who has IPv6 alone cannot open them",
    ),
    unknown=Text("{subject} 的页面没有读到", "{subject}: its page was not read"),
    remedy=Remedy(Text("改用域名或相对地址", "Write names or relative addresses instead")),
)
def system_no_ipv4_literals(system: SystemView) -> Iterator[Verdict]:
    yield from _unasked(system)
    four, six = _pages(system)
    read = [page for page in (*six, *four) if page.status and page.text_digest]
    found = dict.fromkeys(host for page in read for host in page.ipv4_literals)
    if read:
        yield verdict(not found, *_evidence(read), addresses=", ".join(list(found)[:5]))
    elif four or six:
        yield verdict(None, *_evidence([*four, *six]), addresses="?")


@check(
    "ipv6.system-resources-ipv6",
    family=Family.IPV6,
    title=Text("首页引用的外部资源都有 IPv6 地址", "What a first page fetches from other names has IPv6 addresses"),
    severity=Severity.LOW,
    clauses=("plan:PR-V6-02",),
    found=Text(
        "{subject} 的首页从只有 IPv4 的 {hosts} 取资源，纯 IPv6 用户看到“天窗”",
        "{subject}: its first page fetches from {hosts}, which have IPv4 alone; who has IPv6 alone sees gaps",
    ),
    unknown=Text(
        "{subject} 引用的 {hosts} 有没有 IPv6 地址未知", "{subject}: whether {hosts} have IPv6 addresses is not known"
    ),
    remedy=Remedy(
        Text("把资源放到本站或有 IPv6 地址的站点", "Serve the resources from the site itself or from names with IPv6")
    ),
)
def system_resources_ipv6(system: SystemView) -> Iterator[Verdict]:
    yield from _unasked(system)
    probe = system.probe
    four, six = _pages(system)
    if isinstance(probe, Missing) or not any(page.status and page.text_digest for page in (*six, *four)):
        return
    bare = [host.name for host in probe.resources if host.aaaa is False]
    untold = [host.name for host in probe.resources if host.aaaa is None]
    ok = False if bare else None if untold else True
    yield verdict(ok, *_evidence([*six, *four]), hosts=", ".join((bare or untold)[:5]))


@check(
    "ipv6.system-response-time",
    family=Family.IPV6,
    title=Text("业务系统经 IPv6 不比 IPv4 慢", "A system is no slower over IPv6 than over IPv4"),
    severity=Severity.LOW,
    clauses=("plan:PR-V6-02",),
    found=Text(
        "{subject} 的{what} IPv6 用 {six} ms，IPv4 用 {four} ms",
        "{subject}: its {what} takes {six} ms over IPv6 and {four} ms over IPv4",
    ),
    unknown=Text("{subject} 的响应时间没有测到", "{subject}: its response times were not measured"),
    remedy=Remedy(
        Text(
            "检查 IPv6 路径是否绕行、隧道封装和服务器的解析超时",
            "Look for detours, tunnels and name look-ups that time out",
        )
    ),
)
def system_response_time(system: SystemView, policy: Ipv6Policy) -> Iterator[Verdict]:
    yield from _unasked(system)
    probe = system.probe
    if isinstance(probe, Missing):
        return
    spread = _spread_ms(system)
    for what, times, margin in (
        (Text("建立连接", "connection"), _connect_ms(probe), 0.0),
        (Text("页面", "page"), _page_ms(system), spread),
    ):
        four, six = times
        if four is not None and six is not None:
            # What IPv4's own tries differ by says nothing of IPv6.
            ok = six <= max(policy.response_quick_ms, policy.response_ratio_max * four + margin)
            yield verdict(ok, probe.evidence, place=what.en, what=what, six=round(six, 1), four=round(four, 1))


def _connect_ms(probe: ServiceProbe) -> tuple[float | None, float | None]:
    def best(version: int) -> float | None:
        return min((_ms(p) for p in probe.ports if p.ip.version == version and _ms(p) >= 0), default=None)

    return best(4), best(6)


def _ms(port: PortAnswer) -> float:
    """Of a port that serves; below zero: none was measured."""
    return port.connect_ms if port.role == "service" and port.connect_ms is not None else -1.0


def _spread_ms(system: SystemView) -> float:
    """By how much the slowest try over IPv4 took longer than the fastest."""
    told = [(p.slowest_ms, p.elapsed_ms) for p in _pages(system)[0]]
    return max((slow - quick for slow, quick in told if slow is not None and quick is not None), default=0.0)


def _page_ms(system: SystemView) -> tuple[float | None, float | None]:
    def best(pages: list[WebAnswer]) -> float | None:
        # What leads in a circle is no page whose time could be told.
        told = (page.elapsed_ms for page in pages if page.ended != "loop")
        return min((ms for ms in told if ms is not None), default=None)

    four, six = _pages(system)
    return best(four), best(six)
