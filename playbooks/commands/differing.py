"""``diff``: what changed between two runs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import InputError
from inventory.text import Text
from playbooks.commands.bars import working
from playbooks.commands.here import here
from playbooks.commands.speaking import App, lesson
from playbooks.commands.stored_runs import stored
from playbooks.commands.tabular import show
from playbooks.language import tell

if TYPE_CHECKING:
    from inventory.diff import Change
    from inventory.findings import FindingRow
    from inventory.gap_changes import GapChange, Turn
    from inventory.store import Store


def add_to(app: App) -> None:
    """Puts the command of this module into the application."""
    app.command(
        help=lesson(
            "两次运行之间有什么变化：设备、接口、配置行，出现和消除的差距",
            "What changed between two runs: devices, interfaces, lines of configuration, gaps that came and went",
            "hecha diff",
            "hecha diff 1 2 --json | jq .",
            more=Text(
                "不写编号时比较最近一次运行和同一剧本的上一次；较晚的运行没有再判定的差距不列。",
                "Without numbers the newest run is held against the one of its playbook before it. Gaps that the later "
                "run did not judge again are not listed.",
            ),
        )
    )(diff)


Old = Annotated[
    int | None,
    typer.Argument(
        metavar="[OLD]",
        show_default=False,
        help=tell(
            "较早运行的编号，默认同一剧本的上一次。例：1",
            "Number of the earlier run, by default the one of the same playbook before. Example: 1",
        ),
    ),
]
New = Annotated[
    int | None,
    typer.Argument(
        metavar="[NEW]",
        show_default=False,
        help=tell("较晚运行的编号，默认最近一次。例：2", "Number of the later run, the newest by default. Example: 2"),
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help=tell("每处变化一行 JSON", "One JSON object a change"))]


def diff(
    old: Old = None,
    new: New = None,
    as_json: AsJson = False,
) -> None:
    """What changed between two runs."""
    from inventory.diff import diff as changes
    from inventory.gap_changes import Turn, gap_changes
    from inventory.same import OneEach
    from inventory.store import StoredNetwork

    at = here()
    with at.store(create=False) as store:
        before, after = _two_runs(store, old, new)
        same_as = _same_in_both(store, before, after)
        found = changes(*(OneEach(StoredNetwork(store, run), same_as) for run in (before, after)))
        if as_json:
            for c in found:
                line = {"event": c.event, "facet": c.facet, "target": c.target, "place": c.place, "field": c.field}
                at.json(line | {"old": c.old, "new": c.new})
            for gap in gap_changes(store.findings, before, after):
                at.json(_gap_line(gap))
            return
        with working(at.err, Text("比较", "Comparing")):
            rows = [(*change_words(c), c.target, c.place, c.field, c.old or "", c.new or "") for c in found]
            gaps = list(gap_changes(store.findings, before, after))
    rows += [(turn_words(g.turn), g.row.check, g.row.subject, _place(g.row), "", "", "") for g in gaps]
    counts = Counter(gap.turn for gap in gaps)
    at.say(
        "第 {old} 次到第 {new} 次运行：变化 {n} 处，出现差距 {came} 个，消除 {went} 个",
        "run {old} to run {new}: {n} changes, {came} gaps came, {went} were closed",
        old=before,
        new=after,
        n=len(rows) - len(gaps),
        came=counts[Turn.CAME],
        went=counts[Turn.WENT],
    )
    if not rows:
        return
    headings = (Text("变化", "Event"), Text("方面", "Facet"), Text("对象", "Subject"), Text("位置", "Place"))
    show((*headings, Text("字段", "Field"), Text("旧值", "Old"), Text("新值", "New")), rows)


def _two_runs(store: Store, old: int | None, new: int | None) -> tuple[int, int]:
    """The runs to be compared; InputError for a number that is none, and where there is nothing to compare with."""
    later = store.run(stored(store, new))
    if old is not None:
        return store.run(old).id, later.id
    before = next((run.id for run in store.runs(later.playbook) if run.id < later.id), None)
    if before is None:
        raise InputError(
            "diff",
            Text(
                f"剧本 {later.playbook} 在第 {later.id} 次运行之前没有运行过，没有可比的",
                f"playbook {later.playbook} has no run before run {later.id} to compare with",
            ),
        )
    return before, later.id


_TURNS = {
    "gap": Text("出现差距", "gap"),
    "gap-closed": Text("差距消除", "gap closed"),
    "gap-unknown": Text("差距现在无法判断", "gap not known now"),
}


def _same_in_both(store: Store, before: int, after: int) -> dict[str, str]:
    """For each further address of a device, the target that stands for it, where both runs have that."""
    from inventory.same import sameness
    from inventory.store import StoredNetwork

    principals = sameness(StoredNetwork(store, after), store.decisions()).principals()
    return {target: one for target, one in principals.items() if store.record(before, one) is not None}


def turn_words(turn: Turn) -> str:
    """What became of a gap: words at a terminal, a code for programs."""
    return _TURNS[turn].say(here().language) if here().is_terminal else turn.value


def _place(row: FindingRow) -> str:
    from reports.wording import place

    return place(row).say(here().language) if here().is_terminal else row.place


def _gap_line(gap: GapChange) -> dict[str, object]:
    row = gap.row
    said = {"event": gap.turn, "facet": row.check, "target": row.subject, "place": row.place, "field": ""}
    return said | {"old": None, "new": None, "severity": row.severity}


_EVENTS = {"appeared": "新出现", "went": "消失", "changed": "变化"}
_FACETS = {
    "device": "设备",
    "identity": "身份",
    "release": "版本",
    "module": "模块",
    "interface": "接口",
    "address": "地址",
    "neighbour": "邻居",
    "configuration": "配置",
}


def change_words(change: Change) -> tuple[str, str]:
    """Event and facet: words at a terminal, codes for programs."""
    event, facet = change.event.value, change.facet.value
    if here().language == "zh" and here().is_terminal:
        return _EVENTS[event], _FACETS[facet]
    return event, facet
