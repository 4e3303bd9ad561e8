"""``ipv6``: how far IPv6 has come, from a stored run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import InputError
from inventory.text import Text
from playbooks.commands.bars import working
from playbooks.commands.here import here
from playbooks.commands.options import AsJson
from playbooks.commands.speaking import App, lesson
from playbooks.commands.stored_runs import RunNumber, result_of
from playbooks.commands.tabular import show
from playbooks.language import tell

if TYPE_CHECKING:
    from checks.ipv6_levels import Standing
    from reports.maturity import Maturity, PrefixUse
    from reports.model import Result

_SHOWN = 40  # lines of things that lag behind, without --all


def add_to(app: App) -> None:
    """Puts the command of this module into the application."""
    app.command(
        "ipv6",
        help=lesson(
            "IPv6 成熟度：设备、站点、单位、业务系统和全县各到哪一级，下一级还缺什么",
            "IPv6 maturity: how far devices, sites, units, systems and the county have come, and what is missing next",
            "hecha ipv6",
            "hecha ipv6 --of site --all",
            "hecha ipv6 --prefixes",
            "hecha ipv6 --run 3 --json | jq 'select(.level < 3)'",
            more=Text(
                "级别 L0 未证实 · L1 可支持 · L2 已启用 · L3 可承载 · L4 等效服务 · L5 单栈就绪；不要求双栈。",
                "Levels: L0 not shown, L1 capable, L2 enabled, L3 carrying, L4 serving at parity, L5 IPv6-only ready. "
                "Dual stack is not asked for.",
            ),
        ),
    )(ipv6)


def _kind_names() -> list[str]:
    from checks.ipv6_levels import Kind

    return [kind.value for kind in Kind]


KindName = Annotated[
    str,
    typer.Option(
        "--of",
        metavar="KIND",
        help=tell(
            "只列这一类：network、security、host、site、unit、system。例：--of site",
            "Lists this kind only: network, security, host, site, unit, system. Example: --of site",
        ),
        autocompletion=_kind_names,
    ),
]
Everything = Annotated[
    bool, typer.Option("--all", help=tell("全部列出，不只落后的", "Lists all, not only what lags behind"))
]
Prefixes = Annotated[
    bool, typer.Option("--prefixes", help=tell("列出地址规划和使用情况", "Lists the address plan and its use"))
]


def ipv6(
    number: RunNumber = None,
    of: KindName = "",
    everything: Everything = False,
    prefixes: Prefixes = False,
    as_json: AsJson = False,
) -> None:
    """How far IPv6 has come."""
    from reports.maturity import maturity, prefix_uses

    if of and of not in _kind_names():
        listed = ", ".join(_kind_names())
        raise InputError(f"--of {of}", Text(f"没有这一类；现有：{listed}", f"no such kind; there are: {listed}"))
    at = here()
    with at.store(create=False) as store:
        told = result_of(at, store, number)
        with working(at.err, Text("汇总", "Summing up")):
            if prefixes:
                uses = prefix_uses(told)
            else:
                ripe = maturity(told)
        if prefixes:
            _show_prefixes(uses, as_json=as_json)
        elif as_json:
            _json_lines(ripe, of)
        else:
            _show_maturity(told, ripe, of, everything=everything)


def _json_lines(ripe: Maturity, of: str) -> None:
    at = here()
    if not of:
        whole = ripe.county
        rates = [{"key": r.key, "what": r.text.en, "done": r.done, "total": r.total} for r in ripe.rates]
        line: dict[str, object] = {"kind": "county", "level": whole.level, "weakest": whole.weakest}
        line |= {"layers": dict(whole.layers), "missing": list(whole.missing), "rates": rates}
        at.json(line | {"ipv6_traffic_percent": ripe.traffic_percent})
    for each in ripe.standings:
        if of in ("", each.kind):
            at.json(
                {
                    "kind": each.kind.value,
                    "name": each.name,
                    "level": each.level,
                    "shown": each.shown,
                    "missing": list(each.missing),
                    "techniques": list(each.techniques),
                }
            )


def _show_maturity(told: Result, ripe: Maturity, of: str, *, everything: bool) -> None:
    from checks.ipv6_levels import CARRYING, TOP
    from reports.maturity import KINDS, county_line, level_text

    at = here()
    if not of and at.is_terminal:
        at.print(
            tell("第 {run} 次运行：{line}", "Run {run}: {line}", run=told.run.id, line=county_line(ripe, at.language))
        )
        headings = [Text("对象", "Of"), *(level_text(level) for level in range(TOP + 1))]
        counts = ripe.county.counts
        cells = [
            [KINDS[k].say(at.language), *(counts[k].get(n, 0) for n in range(TOP + 1))] for k in KINDS if k in counts
        ]
        show(headings, cells)
    chosen = [s for s in ripe.standings if of in ("", s.kind) and (everything or of or s.level < CARRYING)]
    limit = len(chosen) if everything or not at.is_terminal else _SHOWN
    rows = [_cells(each) for each in sorted(chosen, key=lambda s: (list(KINDS).index(s.kind), s.level, s.name))[:limit]]
    headings = [Text("对象", "Of"), Text("名称", "Name"), Text("级别", "Level"), Text("技术", "Technique")]
    show([*headings, Text("下一级还缺", "Missing for the next level")], rows)
    if len(chosen) > limit:
        at.say("另有 {n} 个，加 --all 全部列出", "{n} more: --all lists them", n=len(chosen) - limit)


def _cells(standing: Standing) -> tuple[str, ...]:
    """Words at a terminal, codes for programs."""
    from reports.maturity import KINDS, level_text, technique_text, wanted_text

    at = here()
    if not at.is_terminal:
        parts = (",".join(standing.techniques), ",".join(standing.missing))
        return standing.kind.value, standing.name, f"L{standing.level}", *parts
    level = level_text(standing.level).say(at.language)
    techniques = ", ".join(technique_text(name).say(at.language) for name in standing.techniques)
    missing = "; ".join(wanted_text(each).say(at.language) for each in standing.missing)
    return KINDS[standing.kind].say(at.language), standing.name, level, techniques, missing


def _show_prefixes(uses: list[PrefixUse], *, as_json: bool) -> None:
    at = here()
    if as_json:
        for each in uses:
            line = {"site": each.site, "unit": each.unit, "prefix": str(each.prefix)}
            at.json(line | {"networks": each.networks, "used": each.used})
        return
    headings = (Text("站点", "Site"), Text("单位", "Unit"), Text("前缀", "Prefix"), Text("/64 数", "/64s"))
    rows = ((u.site, u.unit or "", u.prefix, u.networks, u.used) for u in uses)
    none = Text("登记表没有登记地址规划", "the register declares no address plan")
    show((*headings, Text("已用", "In use")), rows, none)
