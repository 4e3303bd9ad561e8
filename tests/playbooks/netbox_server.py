"""A small HTTP server that behaves as NetBox's REST API is documented to: lists by page, objects referred to by number,
all or none of a batch, field errors with 400, tokens with 403, too many requests with 429."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "0123456789abcdef0123456789abcdef01234567"
# Required fields; fields that hold the number of another object, with its endpoint; fields unique in their list.
MODELS: dict[str, tuple[set[str], dict[str, str], tuple[str, ...]]] = {
    "dcim/manufacturers": ({"name", "slug"}, {}, ("name", "slug")),
    "dcim/device-types": ({"manufacturer", "model", "slug"}, {"manufacturer": "dcim/manufacturers"}, ()),
    "dcim/device-roles": ({"name", "slug"}, {}, ("name", "slug")),
    "dcim/platforms": ({"name", "slug"}, {}, ("name", "slug")),
    "tenancy/tenants": ({"name", "slug"}, {}, ("name", "slug")),
    "dcim/site-groups": ({"name", "slug"}, {}, ("name", "slug")),
    "dcim/sites": (
        {"name", "slug"}, {"group": "dcim/site-groups", "tenant": "tenancy/tenants"}, ("name", "slug"),
    ),
    "dcim/devices": (
        {"device_type", "role", "site"},
        {
            "device_type": "dcim/device-types", "role": "dcim/device-roles", "site": "dcim/sites",
            "tenant": "tenancy/tenants", "platform": "dcim/platforms",
            "primary_ip4": "ipam/ip-addresses", "primary_ip6": "ipam/ip-addresses",
        },
        ("asset_tag",),
    ),
    "dcim/interfaces": ({"device", "name", "type"}, {"device": "dcim/devices", "lag": "dcim/interfaces"}, ()),
    "ipam/ip-addresses": ({"address"}, {}, ()),
    "dcim/cables": (set(), {}, ()),
}  # fmt: skip
CHOICES = {"status", "type", "duplex"}


@dataclass
class FakeNetBox:
    """What the server holds and how it is disposed."""

    url: str = ""
    page: int = 2  # its own largest page
    objects: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {path: [] for path in MODELS})
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    hurried: int = 0  # how many requests more are answered with 429
    answer: tuple[int, bytes] | None = None  # given to every request instead of the right one
    retry_after: str = "0"

    def add(self, path: str, **fields: Any) -> dict[str, Any]:
        number = 1 + sum(map(len, self.objects.values()))
        self.objects[path].append({"id": number, **fields})
        return self.objects[path][-1]

    def one(self, path: str, **fields: Any) -> dict[str, Any]:
        (found,) = (x for x in self.objects[path] if all(x.get(k) == v for k, v in fields.items()))
        return found

    @property
    def writes(self) -> list[tuple[str, str, Any]]:
        return [request for request in self.requests if request[0] != "GET"]

    def shown(self, path: str, held: dict[str, Any]) -> dict[str, Any]:
        """An object as a client sees it: choices with labels, related objects nested."""
        told = dict(held) | ({"config_context": {}} if path == "dcim/devices" else {})
        for name, other in MODELS[path][1].items():
            if told.get(name) is not None:
                told[name] = self.nested(other, told[name])
        for name in CHOICES & told.keys():
            if path != "dcim/cables" or name == "status":
                told[name] = {"value": told[name], "label": str(told[name]).title()}
        if path == "dcim/interfaces":
            cable = self.cable_of(held["id"])
            told["cable"] = {"id": cable["id"]} if cable else None
            told["link_peers"] = [self.nested(path, n) for n in ends_of(cable) if n != held["id"]] if cable else []
        if path == "dcim/cables":
            for side in ("a_terminations", "b_terminations"):
                told[side] = [{**end, "object": self.nested("dcim/interfaces", end["object_id"])} for end in held[side]]
        if path == "ipam/ip-addresses" and told.get("assigned_object_id"):
            told["assigned_object"] = self.nested("dcim/interfaces", told["assigned_object_id"])
        return told

    def nested(self, path: str, number: int) -> dict[str, Any]:
        held = self.one(path, id=number)
        told = {key: held[key] for key in ("id", "name", "slug", "model", "address") if key in held}
        for name in ("manufacturer", "device"):
            if name in held:
                told[name] = self.nested(MODELS[path][1][name], held[name])
        return told

    def cable_of(self, interface: int) -> dict[str, Any] | None:
        return next((c for c in self.objects["dcim/cables"] if interface in ends_of(c)), None)

    def errors(self, path: str, fields: dict[str, Any], held: dict[str, Any]) -> dict[str, list[str]]:
        required, related, unique = MODELS[path]
        wrong = {n: ["This field is required."] for n in required if n not in fields and n not in held}
        for name, other in related.items():
            if fields.get(name) is not None and not any(x["id"] == fields[name] for x in self.objects[other]):
                wrong[name] = [f"Related object not found using the provided numeric ID: {fields[name]}"]
        for name in unique:
            if fields.get(name) and any(x.get(name) == fields[name] and x is not held for x in self.objects[path]):
                wrong[name] = [f"object with this {name} already exists."]
        if len(fields.get("serial") or "") > 50:
            wrong["serial"] = ["Ensure this field has no more than 50 characters."]
        for name in ("primary_ip4", "primary_ip6"):
            if fields.get(name):
                end = self.one("ipam/ip-addresses", id=fields[name]).get("assigned_object_id")
                if not end or self.one("dcim/interfaces", id=end)["device"] != held["id"]:
                    wrong[name] = ["The specified IP address is not assigned to this device."]
        if path == "dcim/cables" and any(self.cable_of(n) for n in ends_of(fields)):
            wrong["a_terminations"] = ["Duplicate termination found"]
        return wrong


def ends_of(cable: dict[str, Any] | None) -> list[int]:
    sides = ("a_terminations", "b_terminations")
    return [end["object_id"] for side in sides for end in (cable or {}).get(side, [])]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    netbox: FakeNetBox

    def log_message(self, *_: object) -> None:
        return

    def _give(self, status: int, told: object, **headers: str) -> None:
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _admitted(self, body: Any = None) -> str | None:
        """The endpoint that was asked, where the request is to be answered rightly."""
        it = self.netbox
        it.requests.append((self.command, self.path, body))
        if len(self.path) > 8000:
            self._give(414, b"<html>Request-URI Too Large")
        elif it.answer is not None:
            self._give(*it.answer, Location="https://elsewhere.example/")
        elif self.headers.get("Authorization") != f"Token {TOKEN}":
            self._give(403, {"detail": "Invalid token"})
        elif it.hurried:
            it.hurried -= 1
            self._give(429, {"detail": "Request was throttled."}, Retry_After=it.retry_after)
        else:
            path = urlsplit(self.path).path.removeprefix("/api/").rstrip("/")
            if path in MODELS:
                return path
            self._give(404, {"detail": "Not found."})
        return None

    def do_GET(self) -> None:
        path = self._admitted()
        if path is None:
            return
        query = parse_qs(urlsplit(self.path).query)
        limit = min(int(query.pop("limit", ["50"])[0]), self.netbox.page)
        offset = int(query.pop("offset", ["0"])[0])
        unwanted = query.pop("exclude", [])
        found = [x for x in self.netbox.objects[path] if all(self._lets(x, n, v) for n, v in query.items())]
        after = f"{self.netbox.url}/api/{path}/?limit={limit}&offset={offset + limit}"
        told = {
            "count": len(found),
            "next": after if offset + limit < len(found) else None,
            "previous": None,
            "results": [
                {name: value for name, value in self.netbox.shown(path, x).items() if name not in unwanted}
                for x in found[offset : offset + limit]
            ],
        }
        self._give(200, told)

    def _lets(self, held: dict[str, Any], name: str, values: list[str]) -> bool:
        if name == "vrf_id":
            return values == ["null"] and held.get("vrf") is None
        if name == "address":
            return any(held["address"].partition("/")[0] == value for value in values)
        if name == "device_id":
            return str(held["device"]) in values
        return str(held.get(name)) in values

    def do_POST(self) -> None:
        body = self._body()
        path = self._admitted(body)
        if path is None:
            return
        many = body if isinstance(body, list) else [body]
        wrong: list[dict[str, Any]] = []
        kept = len(self.netbox.objects[path])
        for fields in many:
            wrong.append(self.netbox.errors(path, fields, {}))
            self.netbox.add(path, **fields)
        if any(wrong):
            del self.netbox.objects[path][kept:]
            self._give(400, wrong if isinstance(body, list) else wrong[0])
            return
        told = [self.netbox.shown(path, x) for x in self.netbox.objects[path][kept:]]
        self._give(201, told if isinstance(body, list) else told[0])

    def do_PATCH(self) -> None:
        body = self._body()
        path = self._admitted(body)
        if path is None:
            return
        held = [self.netbox.one(path, id=fields["id"]) for fields in body]
        wrong = [self.netbox.errors(path, fields, x) for fields, x in zip(body, held, strict=True)]
        if any(wrong):
            self._give(400, wrong)
            return
        for fields, x in zip(body, held, strict=True):
            x.update(fields)
        self._give(200, [self.netbox.shown(path, x) for x in held])

    def _body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))


@contextmanager
def serving(certificate: Path | None = None) -> Iterator[FakeNetBox]:
    """The server on a loopback port while the context lasts; over TLS with a certificate and key in one file."""
    netbox = FakeNetBox()
    handler = type("Handler", (_Handler,), {"netbox": netbox})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            scheme = "https"
        netbox.url = f"{scheme}://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield netbox
        finally:
            server.shutdown()
            thread.join()
