"""The stack of a server out of its facts: processor, operating system, databases, middleware, and which are domestic.

Products are data: ``stack.yaml``. What no fact names stays unknown: an architecture that several makers build
(aarch64, x86_64) names none of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from inventory.document import read_document
from inventory.errors import Missing
from inventory.facts import Fact, Hardware, Identity, Listeners, OperatingSystem, RunningServices, Software, SystemGroup
from inventory.text import Text

FILE = Path(__file__).parent / "stack.yaml"
LAYERS = ("cpu", "os", "database", "middleware")
F = TypeVar("F", bound=Fact)
Test = tuple[str, Callable[["Product"], bool]]
# A kernel as ``uname -srm`` and sysDescr tell it, in what SNMP alone knows of a host.
_KERNEL = re.compile(r"^Linux \S+ (\d\S*)")


@dataclass(frozen=True, slots=True)
class Product:
    """One product as the data file lists it. ``domestic`` None: open-source software that speaks neither way."""

    id: str
    zh: str
    en: str
    domestic: bool | None
    patterns: tuple[str, ...] = ()
    hardware: tuple[str, ...] = ()  # of maker and product of the machine
    architectures: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()  # architectures of the product; empty: any
    names: tuple[str, ...] = ()  # ID of os-release
    kernels: tuple[str, ...] = ()

    @property
    def text(self) -> Text:
        """Its name."""
        return Text(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class _Products:
    cpu: tuple[Product, ...]
    os: tuple[Product, ...]
    database: tuple[Product, ...]
    middleware: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One product found on a server. ``by`` is what told: architecture, processor, hardware, release, kernel, listens,
    runs, installed."""

    layer: str
    product: Product
    by: str


@dataclass(frozen=True, slots=True)
class Stack:
    """What a server, or all servers of a system together, are made of."""

    parts: tuple[Part, ...] = ()

    def of(self, layer: str) -> tuple[Part, ...]:
        """The products of one layer."""
        return tuple(part for part in self.parts if part.layer == layer)

    @property
    def domestic(self) -> bool | None:
        """Whether all that was found is domestic; None where processor or operating system are not known.

        What is merely installed speaks neither way.
        """
        told = [part.product.domestic for part in self.parts if part.by != "installed"]
        if False in told:
            return False
        return True if self.of("cpu") and self.of("os") else None

    def __or__(self, other: Stack) -> Stack:
        return Stack(tuple(dict.fromkeys((*self.parts, *other.parts))))


@cache
def products() -> _Products:
    """All products of the data file; InputError for one that is not written as it should be."""
    return read_document(FILE, _Products)


def stack(fact: Callable[[type[Fact]], Fact | Missing]) -> Stack:
    """The stack of one server; ``fact`` gives what is known of it by type."""
    return Stack((*_cpu(fact), *_os(fact), *_programs(fact, "database"), *_programs(fact, "middleware")))


def _known(fact: Callable[[type[Fact]], Fact | Missing], kind: type[F]) -> F | None:
    found = fact(kind)
    return found if isinstance(found, kind) else None


def _cpu(fact: Callable[[type[Fact]], Fact | Missing]) -> Iterator[Part]:
    """The processor by its architecture, else its own name, else the machine's."""
    system, machine = _known(fact, OperatingSystem), _known(fact, Hardware)
    identity = _known(fact, Identity)
    architecture = system.architecture if system else None
    processor = (system.processor if system else None) or ""
    words = [machine.manufacturer, machine.product] if machine else []
    words += [identity.vendor, identity.model] if identity else []
    name = " ".join(word for word in words if word)
    able = [p for p in products().cpu if not p.runs or architecture is None or architecture in p.runs]
    tests: tuple[Test, ...] = (
        ("architecture", lambda p: architecture in p.architectures),
        ("processor", lambda p: _any(p.patterns, processor)),
        ("hardware", lambda p: _any(p.hardware, name)),
    )
    yield from _first("cpu", able, tests)


def _os(fact: Callable[[type[Fact]], Fact | Missing]) -> Iterator[Part]:
    """The operating system by its distribution, else the kernel's suffix, else the release as it is written."""
    system, identity, group = _known(fact, OperatingSystem), _known(fact, Identity), _known(fact, SystemGroup)
    described = _KERNEL.match((group.sys_descr if group else None) or "")
    name = (system.distribution if system else None) or ""
    kernel = (system.kernel if system else None) or (described.group(1) if described else "")
    release = (identity.release if identity and identity.kind in (None, "server") else None) or ""
    tests: tuple[Test, ...] = (
        ("release", lambda p: _whole(p.names, name)),
        ("kernel", lambda p: _any(p.kernels, kernel)),
        ("release", lambda p: _any([rf"\b{word}\b" for word in p.names if len(word) > 2], release)),
    )
    yield from _first("os", products().os, tests)


def _first(layer: str, able: Iterable[Product], tests: Iterable[Test]) -> Iterator[Part]:
    """The product of the first test that any passes."""
    wanted = tuple(able)
    for by, test in tests:
        found = next((product for product in wanted if test(product)), None)
        if found:
            yield Part(layer, found, by)
            return


def _programs(fact: Callable[[type[Fact]], Fact | Missing], layer: str) -> Iterator[Part]:
    """Products of a layer, each once by the strongest that tells: it listens, it runs, it is installed."""
    listeners, services, software = _known(fact, Listeners), _known(fact, RunningServices), _known(fact, Software)
    told: dict[str, list[str | None]] = {
        "listens": [each.process for each in listeners.items] if listeners else [],
        "runs": list(services.items) if services else [],
        "installed": [name for name, _ in software.items] if software else [],
    }
    wanted: tuple[Product, ...] = getattr(products(), layer)
    for product in wanted:
        by = next((by for by, names in told.items() if any(_whole(product.patterns, _program(n)) for n in names)), None)
        if by:
            yield Part(layer, product, by)


def program(name: str | None) -> tuple[str, Product] | None:
    """The layer and product that a program's name stands for; None for all others."""
    for layer in ("database", "middleware"):
        for product in getattr(products(), layer):
            if _whole(product.patterns, _program(name)):
                return layer, product
    return None


def _program(name: str | None) -> str:
    return re.split(r"[\\/]", (name or "").strip())[-1].removesuffix(".exe").removesuffix(".service")


def _any(patterns: Iterable[str], text: str) -> bool:
    return bool(text) and any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


def _whole(patterns: Iterable[str], text: str) -> bool:
    return bool(text) and any(re.fullmatch(pattern, text, re.IGNORECASE) for pattern in patterns)
