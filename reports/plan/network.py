"""Access, bandwidth, backbone, private networks, egresses: PR-NET; and carrying IPv6: PR-V6."""

from __future__ import annotations

import re

from checks.model import Outcome
from inventory.egress import strange_egresses, unread
from inventory.errors import Missing
from inventory.facts import Forwarding
from inventory.register import LinkKind, PrivateState, Tier
from inventory.text import Text
from inventory.views import SiteDevice, SiteView
from reports.plan.facts import PlanFacts, any_of, citing, measures
from reports.plan.measure import DECLARED_ONLY, Told, Unmeasured, answers, number, passed

_NO_SITE = Text("没有登记这类站点", "no such site is declared")
_NO_PRIVATE = Text("没有登记业务专网", "no private network is declared")
_TIER_CHECKS = ("bandwidth.contract-meets-tier", "bandwidth.port-meets-tier", "bandwidth.shaper-meets-tier")
_TIER_TEST = "bandwidth.test-reaches-tier"
_AIR = "traffic.outside-encrypted"
_JOINED = frozenset({PrivateState.CONNECTED, PrivateState.MIGRATED, PrivateState.RETIRED})
_SENSING = re.compile("物联|视联|视频|雪亮|感知|IoT|video", re.IGNORECASE)
_DENOMINATORS = {Tier.TOWN: "DEN-TOWN", Tier.VILLAGE: "DEN-VILLAGE"}


@measures("PR-NET-01")
def budget_units_connected(facts: PlanFacts) -> Told:
    """Budget units of which a site is reached."""
    sites: dict[str | None, list[bool | None]] = {}
    for site in facts.register.sites:
        sites.setdefault(site.unit, []).append(facts.connected.get(site.name))
    told = ((unit.name, any_of(sites.get(unit.name, []))) for unit in facts.register.units if unit.budget_unit)
    missing = Text("没有登记财政预算单位", "no budget unit is declared")
    open_, total = facts.undeclared("DEN-BUDGET"), facts.total("DEN-BUDGET")
    return answers(told, Text("个财政预算单位", "budget units"), missing, total=total, open=open_)


@measures("PR-NET-02")
def sites_connected(facts: PlanFacts) -> Told:
    """Towns, villages and departments."""
    things = Text("个镇、村、部门站点", "sites of towns, villages, departments")
    return _tiers_connected(facts, (Tier.TOWN, Tier.VILLAGE, Tier.DEPARTMENT), things)


@measures("PR-NET-03")
def institutions_connected(facts: PlanFacts) -> Told:
    """Schools, hospitals and village committees."""
    things = Text("个事业单位、村站点", "sites of institutions and villages")
    return _tiers_connected(facts, (Tier.INSTITUTION, Tier.VILLAGE), things)


def _tiers_connected(facts: PlanFacts, wanted: tuple[Tier, ...], things: Text) -> Told:
    """Sites of some tiers that the network reaches; a tier of which nobody knows how many there are stays open."""
    sites = [site for site in facts.register.sites if site.tier in wanted]
    told = ((site.name, facts.connected.get(site.name)) for site in sites)
    total, undeclared = 0, []
    for tier in wanted:
        listed = sum(site.tier is tier for site in sites)
        name = _DENOMINATORS.get(tier, "DEN-EDU-HEALTH" if tier is Tier.INSTITUTION else "")
        total += max(listed, facts.total(name) or 0)
        if name and facts.total(name) is None:
            undeclared.append(name)
    return answers(told, things, _NO_SITE, total=total, open=facts.undeclared(*undeclared))


@measures("PR-NET-04")
def tiers_met(facts: PlanFacts) -> Told:
    """Links that meet their tier by every evidence, or by a test that carried it both ways."""
    worst = dict(facts.figures.subjects_of(_TIER_CHECKS))
    tested = facts.figures.subjects_of((_TIER_TEST,)).items()
    worst |= {link: outcome for link, outcome in tested if outcome == Outcome.PASS and link in worst}
    return passed(worst, Text("条链路", "links"), Text("没有登记链路", "no link is declared"))


@measures("PR-NET-05")
def links_within_limits(facts: PlanFacts) -> Told:
    """Links that pass what is judged of load, delay, loss and availability by the polls of a day."""
    missing = Text("没有链路的时间序列", "there is no time series of the links")
    return facts.passing(citing().get("PR-NET-05", ()), Text("条链路", "links"), missing)


@measures("PR-NET-07")
def nodes_interconnected(facts: PlanFacts) -> Told:
    """Sites that the network reaches and whose own route table leads on into it."""
    told = ((site.name, _leads_back(site, facts.connected.get(site.name))) for site in facts.views.sites())
    things = Text("个站点可达且有通往全网的路由", "sites reached and with a route into the network")
    open_ = Text(
        "没有从各站点探测市级网关、云和其他站点", "no site was made to ask the city's gateway, the cloud, other sites"
    )
    return answers(told, things, _NO_SITE, open=open_)


def _leads_back(site: SiteView, connected: bool | None) -> bool | None:
    """Whether a site is reached and a router there knows more than its own networks; None: not all of it was read."""
    if not connected:
        return connected
    told = [_knows_more(d) for d in site.devices if not isinstance(d.forwarding, Forwarding) or d.forwarding.ipv4]
    return any_of(told)


def _knows_more(device: SiteDevice) -> bool | None:
    if isinstance(device.routes, Missing):
        return None
    if any(route.family == 4 for route in device.routes.defaults):
        return True
    own = 0 if isinstance(device.addresses, Missing) else sum(a.ip.version == 4 for a in device.addresses.items)
    # Each address brings a route of its network and one of itself.
    return None if device.routes.ipv4 is None else device.routes.ipv4 > 2 * own


@measures("PR-NET-08")
def private_networks_joined(facts: PlanFacts) -> Told:
    """Departments' own networks that are connected, merged or retired."""
    networks = [each for each in facts.register.private_networks if not each.classified]
    told = ((each.name, None if each.state is None else each.state in _JOINED) for each in networks)
    open_, total = facts.undeclared("DEN-PRIV") or DECLARED_ONLY, facts.total("DEN-PRIV")
    return answers(told, Text("个业务专网", "private networks"), _NO_PRIVATE, total=total, open=open_)


@measures("PR-NET-14")
def sensing_networks_joined(facts: PlanFacts) -> Told:
    """Private networks of sensors and of video, as their names tell."""
    networks = [n for n in facts.register.private_networks if not n.classified and _SENSING.search(n.name)]
    told = ((each.name, None if each.state is None else each.state in _JOINED) for each in networks)
    missing = Text("没有登记物联网或视联网", "no network of sensors or video is declared")
    return answers(told, Text("个物联网、视联网", "networks of sensors and video"), missing, open=DECLARED_ONLY)


@measures("PR-NET-15")
def radio_accesses(facts: PlanFacts) -> Told:
    """Declared lines by 4G and 5G; those count as controlled whose device protects what it sends over the air."""
    sheltered = {name: outcome for (_, name), outcome in facts.figures.subjects_of([_AIR]).items()}
    radio = (link for link in facts.views.links() if link.kind in (LinkKind.FIVE_G.value, LinkKind.FOUR_G.value))
    told = ((link.name, _is_sheltered({sheltered.get(end.device or "", "") for end in link.ends})) for link in radio)
    missing = Text("没有登记 4G、5G 线路", "no line by 4G or 5G is declared")
    return answers(told, Text("条 4G、5G 线路受控", "lines by 4G and 5G under control"), missing)


def _is_sheltered(outcomes: set[str]) -> bool | None:
    """Whether the devices at the ends of a line protect what they send over it; None: none of them was told of."""
    return False if outcomes & {Outcome.FAIL, Outcome.WAIVED} else True if Outcome.PASS in outcomes else None


@measures("PR-NET-09")
def new_private_networks(facts: PlanFacts) -> Told:
    """Private networks begun within the plan's period that nobody approved."""
    networks = [each for each in facts.register.private_networks if not each.classified]
    if not networks:
        return Unmeasured(_NO_PRIVATE)
    unsure = [each.name for each in networks if each.start_date is None]
    begun = [each for each in networks if each.start_date is not None and each.start_date >= facts.period_start]
    new = [each.name for each in begun if each.approved is False]
    unsure += [each.name for each in begun if each.approved is None]
    count = len(networks)
    note = Text(f"共登记 {count} 个专网", f"{count} private networks declared")
    return number(new, Text("个", "networks"), unsure, note, open=DECLARED_ONLY)


@measures("PR-NET-10")
def one_egress(facts: PlanFacts) -> Told:
    """Devices of the network whose way out is none that was approved count against their site."""
    rogue: dict[str, bool] = {}  # by target: whether that is certain
    for each in strange_egresses(facts.register, facts.network):
        rogue[each.target] = each.certain or rogue.get(each.target, False)
    told = []
    placed: set[str] = set()
    for site in facts.views.sites():
        placed |= {d.record.target for d in site.devices}
        doubts = [rogue[d.record.target] for d in site.devices if d.record.target in rogue]
        is_dark = not site.devices or any(unread(d.routes, d.forwarding) for d in site.devices)
        told.append((site.name, False if any(doubts) else None if doubts or is_dark else True))
    # A device that nobody placed leads out all the same.
    told += [(target, False if certain else None) for target, certain in rogue.items() if target not in placed]
    return answers(told, Text("个站点没有未批准的出口", "sites without an unapproved egress"), _NO_SITE)


@measures("PR-V6-01")
def ipv6_devices(facts: PlanFacts) -> Told:
    """Network and security devices whose hardware and release are able: level 1 of the ladder."""
    things = Text("台网络和安全设备", "network and security devices")
    return facts.passing(["ipv6.capable"], things, Text("没有判定过设备", "no device was judged"))


@measures("PR-V6-02")
def sites_carry_ipv6(facts: PlanFacts) -> Told:
    """Sites that carry IPv6."""
    return facts.passing(
        ["ipv6.site-carries", "ipv6.path-carries"], Text("个站点承载 IPv6", "sites carry IPv6"), _NO_SITE
    )
