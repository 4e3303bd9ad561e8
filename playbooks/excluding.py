"""What ``discovery.exclude`` keeps every command from asking, however it came upon an address."""

from __future__ import annotations

from collectors.discovery.scopes import embedded, networks
from inventory.addresses import IPAddress, Scope
from inventory.targets import Target
from inventory.text import Text
from playbooks.project import Project


class Exclusions:
    """The exclusions of a project, each as it is written; InputError for one that is no network or address."""

    def __init__(self, project: Project) -> None:
        written = project.settings.discovery.exclude
        self._scopes = [(text, Scope(networks("discovery.exclude", [text]))) for text in written]

    def permits(self, ip: IPAddress) -> bool:
        """Whether an address may be asked."""
        return self._holding(ip) is None

    def refusal(self, target: Target) -> Text | None:
        """What to tell of a target that must not be asked; None for one that may be."""
        return self.told(target.address)

    def told(self, ip: IPAddress) -> Text | None:
        """That an address is refused, and by which exclusion; None for one that may be asked."""
        held = self._holding(ip)
        if held is None:
            return None
        return Text(
            f"{ip} 拒绝采集：hecha.yaml 的 discovery.exclude 排除了 {held}",
            f"{ip} is refused: discovery.exclude in hecha.yaml holds {held}",
        )

    def _holding(self, ip: IPAddress) -> str | None:
        ways = (ip, *embedded(ip))  # what is excluded as IPv4 stays so where an IPv6 address embeds it
        return next((text for text, scope in self._scopes if any(each in scope for each in ways)), None)
