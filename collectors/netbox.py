"""NetBox's REST API: objects read page by page, created and updated in batches. httpx lives here.

Everything is bounded: bytes of an answer, pages of a list, time, and how long a refusal for too many requests is waited
out. The token goes to the named server alone, over TLS that is verified, and stands in no message.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from inventory.credentials import Secret
from inventory.errors import InputError
from inventory.text import Text

Object = dict[str, Any]
BATCH = 50  # objects of one request
UNWANTED = "config_context"  # of devices: large, rendered anew for each, and of no use here
_PAGE = 200
_MOST_OBJECTS = 500_000
_LARGEST_ANSWER_BYTES = 32_000_000
_TIMEOUT_S = 30.0
_ANSWER_S = 120.0
_TRIES = 4  # of a request that comes too soon
_LONGEST_WAIT_S = 30.0
_MOST_SAID = 300  # characters of a refusal


class NetBox:
    """A NetBox at its address, such as ``https://netbox.example``.

    InputError for everything that is in the way: an address that is none or not TLS, a server that does not answer or
    is not NetBox, a token that it refuses, objects that it refuses with its reason.
    """

    def __init__(self, url: str, token: Secret, *, authority: Path | None = None) -> None:
        self._url = _address(url)
        word = token.reveal()
        if not word.isascii() or not word.isprintable():
            raise InputError(url, Text("令牌含有不合法的字符", "the token has characters that no token has"))
        kind = "Bearer" if word.startswith("nbt_") else "Token"  # tokens of version 2, NetBox 4.5
        headers = {"Authorization": f"{kind} {word}", "Accept": "application/json", "User-Agent": "hecha"}
        context = _context(authority)
        self._client = httpx.Client(verify=context, trust_env=False, timeout=_TIMEOUT_S, headers=headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def each(self, path: str, **filters: Sequence[str] | str | int) -> Iterator[Object]:
        """Every object of a list that the filters let through, page by page."""
        offset = 0
        while True:
            page = self._asked("GET", path, params={**filters, "limit": _PAGE, "offset": offset})
            results = page.get("results") if isinstance(page, dict) else None
            if not isinstance(results, list) or not all(isinstance(each, dict) for each in results):
                raise self._wrong(path, Text("不是 NetBox 的列表", "not a list of NetBox"))
            yield from results
            # The server's own limit may be lower than the one asked for; its ``next`` may name another host.
            offset += len(results)
            if not results or page.get("next") is None:
                return
            if offset >= _MOST_OBJECTS:
                raise self._wrong(path, Text("对象过多", "too many objects"))

    def create(self, path: str, objects: Sequence[Object]) -> list[Object]:
        """The objects as NetBox made them, all or none."""
        return self._sent("POST", path, objects)

    def update(self, path: str, objects: Sequence[Object]) -> list[Object]:
        """The objects, each with its ``id``, as NetBox changed them, all or none."""
        return self._sent("PATCH", path, objects)

    def _sent(self, method: str, path: str, objects: Sequence[Object]) -> list[Object]:
        answer = self._asked(method, path, body=list(objects))
        if not isinstance(answer, list) or len(answer) != len(objects):
            raise self._wrong(path, Text("回答与发送的不符", "the answer does not match what was sent"))
        return answer

    def _asked(
        self, method: str, path: str, *, params: Mapping[str, Any] | None = None, body: list[Object] | None = None
    ) -> Any:
        for attempt in range(_TRIES):
            status, headers, content = self._request(method, path, params, body)
            if status != httpx.codes.TOO_MANY_REQUESTS:
                break
            wait = _retry_after(headers.get("retry-after"), attempt)
            if attempt + 1 < _TRIES and wait <= _LONGEST_WAIT_S:
                time.sleep(wait)
        if 200 <= status < 300:
            return self._decoded(path, content)
        raise self._refused(path, status, content, body or [])

    def _request(
        self, method: str, path: str, params: Mapping[str, Any] | None, body: list[Object] | None
    ) -> tuple[int, httpx.Headers, bytes]:
        deadline = time.monotonic() + _ANSWER_S
        content = bytearray()
        try:
            with self._client.stream(method, f"{self._url}/api/{path}/", params=params, json=body) as response:
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > _LARGEST_ANSWER_BYTES:
                        raise self._wrong(path, Text("回答过大", "the answer is too large"))
                    if time.monotonic() > deadline:
                        raise self._wrong(path, Text("回答太慢", "the answer takes too long"))
                return response.status_code, response.headers, bytes(content)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise self._wrong(path, _unreached(error)) from None

    def _decoded(self, path: str, content: bytes) -> Any:
        try:
            return json.loads(content)
        except (ValueError, RecursionError):
            raise self._wrong(path, Text("回答不是 JSON，这不是 NetBox？", "no JSON: is this NetBox?")) from None

    def _refused(self, path: str, status: int, content: bytes, body: list[Object]) -> InputError:
        said = _said(content, body)
        if status in (401, 403):
            return self._wrong(path, Text(f"令牌被拒绝或权限不足：{said}", f"token refused, or no permission: {said}"))
        if status == 429:
            return self._wrong(path, Text("请求过多，稍后再试", "too many requests: try again later"))
        if status == 400:
            return self._wrong(path, Text(f"NetBox 不接受：{said}", f"NetBox does not accept: {said}"))
        if 300 <= status < 400:
            return self._wrong(path, Text(f"HTTP {status} 转向别处，请写最终地址", f"HTTP {status} leads elsewhere"))
        return self._wrong(path, Text(f"HTTP {status}：{said}", f"HTTP {status}: {said}"))

    def _wrong(self, path: str, text: Text) -> InputError:
        return InputError(f"{self._url}/api/{path}/", text)


def _address(url: str) -> str:
    """The address without what follows the path; InputError for one over which the token could be overheard."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        shown = f"{parts.scheme}://{host}" if parts.username or parts.password else url
        raise InputError(shown, Text("应是 https://主机 这样的地址", "expected an address such as https://host"))
    if parts.scheme == "http" and not _is_here(host):
        raise InputError(url, Text("须用 https：令牌不能明文传送", "needs https: the token must not be overheard"))
    path = parts.path.rstrip("/").removesuffix("/api")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _context(authority: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(authority) if authority else None)
    except (OSError, ssl.SSLError):
        raise InputError(
            str(authority), Text("不是 CA 证书文件（PEM）", "not a file of CA certificates (PEM)")
        ) from None


def _unreached(error: Exception) -> Text:
    cause = error.__cause__ or error.__context__ or error
    if isinstance(cause, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
        return Text("证书未通过验证；自有 CA 请用 --ca", "the certificate does not verify; name your own CA with --ca")
    if isinstance(error, httpx.TimeoutException):
        return Text("超时", "timed out")
    return Text(f"连不上（{type(error).__name__}）", f"cannot be reached ({type(error).__name__})")


def _retry_after(header: str | None, attempt: int) -> float:
    """Seconds to wait, as the server says, else longer each time."""
    return float(header) if header and header.isascii() and header.isdigit() and len(header) < 7 else float(2**attempt)


def _said(content: bytes, body: list[Object]) -> str:
    """Why NetBox refused, in its own words: of several objects the first that are wrong, by name."""
    try:
        told = json.loads(content[:1_000_000])
    except (ValueError, RecursionError):
        return "-"
    shown = [f"{_name(body, place)} {_flat(each)}" for place, each in _wrong_ones(told)[:3]]
    return ("; ".join(shown) if shown else _flat(told))[:_MOST_SAID]


def _wrong_ones(told: Any) -> list[tuple[int, Any]]:
    """Objects of a batch that are wrong, by their place in it; none where the refusal is of the whole.

    A list as long as the batch with nothing at those that are right; from NetBox 4.7 on those that are wrong alone.
    """
    if isinstance(told, list):
        return [(place, each) for place, each in enumerate(told) if each]
    errors = told.get("errors") if isinstance(told, dict) else None
    if not isinstance(errors, list):
        return []
    return [
        (each["index"], each.get("errors"))
        for each in errors
        if isinstance(each, dict) and isinstance(each.get("index"), int)
    ]


def _name(body: list[Object], place: int) -> str:
    told = body[place] if 0 <= place < len(body) else {}
    return str(next((told[key] for key in ("name", "model", "address", "id") if key in told), place + 1))


def _flat(told: Any) -> str:
    if isinstance(told, dict):
        return ", ".join(f"{name}: {_flat(value)}" for name, value in list(told.items())[:10])
    if isinstance(told, list):
        return " ".join(_flat(each) for each in told[:10])
    return str(told)
