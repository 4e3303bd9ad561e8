"""What is read out of a page: its text, its links, the addresses in it; and pages made to harm their reader."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import pytest

from collectors.probes.page_text import digest, ipv4_literals, links, resource_hosts, title

URL = urlsplit("http://oa.test:8080/start?x=1")
NEWS = "<h1>县政府门户</h1>" + "".join(
    f"<p>第{n}条通知：关于做好{word}工作的通知</p>" for n, word in enumerate("防汛防火防疫春耕秋收")
)


def distance(one: str, other: str) -> int:
    first, second = digest(one), digest(other)
    assert first
    assert second
    return (int(first.simhash, 16) ^ int(second.simhash, 16)).bit_count()


def test_same_text_has_the_same_digest_whatever_stands_around_it() -> None:
    dressed = f"<script>var t={time.time()}</script><style>p{{}}</style><div class=a>{NEWS}</div>".replace(
        "第3条", "第8条"
    )
    assert distance(NEWS, dressed) == 0


def test_another_text_is_far_away_and_a_changed_line_is_not() -> None:
    assert distance(NEWS, NEWS + "<p>访问量：来自本县</p>") <= 10
    assert distance(NEWS, "<h1>404</h1><p>The page you asked for is not here; ask your administrator.</p>") > 15
    assert digest("<script>x</script>") is None


def test_links_are_those_of_the_same_name_and_port() -> None:
    text = """<a href="/a">1</a><a href='b#part'>2</a><a href=/a#top>again</a><a href="//oa.test:8080/c">3</a>
    <a href="http://oa.test/d">other port</a><a href="https://oa.test:8080/e">other scheme</a><a href="?x=1">self</a>
    <a href="mailto:a@b">m</a><a href="javascript:void(0)">j</a><a href="http://[x">none</a><area href="/f">"""
    found = [link.geturl() for link in links(text, URL)]
    assert found == [f"http://oa.test:8080/{path}" for path in ("a", "b", "c", "f")]


def test_ipv4_addresses_in_links_resources_and_scripts() -> None:
    text = """<img src="http://10.1.2.3/a.png"><a href='//192.0.2.7:8080/x'>x</a><script>ws="wss://10.1.2.4/y"</script>
    <p>Version 1.2.3.4, or 10.9.9.9 in a text; http://999.1.1.1/ and http://10.1.2.3.example/ are none</p>
    <a href="http://10.0.0.1/own">own</a>"""
    assert ipv4_literals(text, "10.0.0.1") == ("10.1.2.3", "192.0.2.7", "10.1.2.4")


def test_title_in_one_line() -> None:
    assert title("<TITLE lang=zh> 政务&amp;协同\n OA </TITLE>") == "政务&协同 OA"
    assert title("no") is None


@pytest.mark.parametrize(
    "soup",
    [
        "<" * 200_000,
        "<title>" * 40_000,
        "<!" * 100_000,
        "<a href=" * 30_000,
        "<![x" * 50_000,
        "&#" * 100_000,
        "\0\x1b[2J",
    ],
)
def test_hostile_pages_cost_little(soup: str) -> None:
    started = time.process_time()
    digest(soup)
    links(soup, URL)
    ipv4_literals(soup, None)
    title(soup)
    assert time.process_time() - started < 3


def test_other_names_that_a_page_fetches_from_are_told_once_and_bounded() -> None:
    page = (
        '<img src="http://CDN.test/a.png"><script src="//cdn.test/b.js"></script><img src="/own.png">'
        '<link href="https://style.test/s.css"><object data="http://film.test:8080/x"></object><a href="http://no.test">x</a>'
        '<img src="http://10.1.1.1/x"><img src="http://[fd00::1]/x"><img src="http://[::"><img src="data:image/png,x">'
        '<iframe src="ftp://files.test/"></iframe><img src="http://oa.test:9/x"><script src="javascript:0"></script>'
    )
    assert resource_hosts(page, "oa.test") == ("cdn.test", "style.test", "film.test")
    many = "".join(f'<img src="http://n{n}.test/">' for n in range(1000)) + f'<img src="http://{"a" * 300}.test/">'
    assert len(resource_hosts(many, None)) == 20
    assert resource_hosts(f'<img src="http://{"a" * 300}.test/">', None) == ()
