"""``waivers``: the accepted risks of a run's playbook, and how each stands."""

from __future__ import annotations

from typing import Annotated

import typer

from inventory.text import Text
from playbooks.commands.bars import working
from playbooks.commands.here import here
from playbooks.commands.speaking import App, lesson
from playbooks.commands.stored_runs import RunNumber, result_of
from playbooks.commands.tabular import show
from playbooks.language import tell


def add_to(app: App) -> None:
    """Puts the command of this module into the application."""
    app.command(
        help=lesson(
            "列出接受的风险：谁批准、到哪天、是否过期、涉及几处发现",
            "Accepted risks: who approved them, until when, expired or not, how many findings they speak of",
            "hecha waivers",
            "hecha waivers --json | jq 'select(.findings == 0)'",
            more=Text(
                "写在剧本的 waivers 文件里；没有涉及任何发现的可能写错了名称。",
                "They stand in the file that the playbook names under waivers; one that no finding needs may be "
                "misspelt.",
            ),
        )
    )(waivers)


def waivers(
    number: RunNumber = None,
    as_json: Annotated[
        bool, typer.Option("--json", help=tell("每条豁免一行 JSON", "One JSON object a waiver"))
    ] = False,
) -> None:
    """The waivers of a stored run's playbook as they stand today."""
    from reports.preassessment import waiver_text

    at = here()
    with at.store(create=False) as store:
        told = result_of(at, store, number)
        with working(at.err, Text("核对豁免", "Reviewing waivers")):
            reviewed = told.waivers
    if as_json:
        for each in reviewed:
            waiver = each.waiver
            at.json({"check": waiver.check, "subject": waiver.subject, "place": waiver.place, "site": waiver.site}
                    | {"reason": waiver.reason, "approver": waiver.approver, "until": waiver.until.isoformat()}
                    | {"expired": each.is_expired, "findings": each.findings})  # fmt: skip
        return
    if not reviewed:
        at.say("剧本 {name} 没有豁免", "playbook {name} has no waivers", name=told.run.playbook)
    headings = (
        Text("范围", "Scope"),
        Text("理由", "Reason"),
        Text("批准人", "Approver"),
        Text("有效期至", "Until"),
        Text("状态", "State"),
        Text("涉及的发现", "Findings"),
    )
    rows = (
        (w.scope, w.reason, w.approver, w.until, waiver_text(each).say(at.language), each.findings)
        for each in reviewed
        for w in (each.waiver,)
    )
    show(headings, rows)
