"""What reports say: the words of outcomes and kinds, findings as sentences, hostile text made harmless."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from checks.catalogue import catalogue
from checks.commands import in_language
from checks.model import Check, Family, Finding, Outcome, Severity, Subject, SubjectKind
from checks.sentences import GAPS, place_text, sentence
from checks.standards import Assess, Clause, clause
from inventory.errors import Gap
from inventory.evidence import Evidence
from inventory.findings import FindingRow
from inventory.plan import Plan, Requirement
from inventory.reconcile import Difference
from inventory.register import NetworkRole, UnitKind
from inventory.snapshot import State
from inventory.text import Language, Text
from inventory.topology import Witness
from reports.sources import source_text

CHINA = timezone(timedelta(hours=8))
SELF_CHECK = Text(
    "本报告是自查结果，不是等级测评结论；没有检查过的条款一律不视为符合。",
    "This is a self-check, not an official evaluation; a clause that nothing checked never counts as met.",
)
LONGEST = 300  # characters of a name or a sentence
_LONGEST_EXCERPT = 1200
REPLACED = "\N{REPLACEMENT CHARACTER}"

ASSESS = {
    Assess.AUTO: Text("由检查判定", "by checks"),
    Assess.ASSISTED: Text("检查提供部分依据，由人判定", "checks tell a part, people decide"),
    Assess.MANUAL: Text("由人评估", "by people"),
}
OUTCOMES = {
    Outcome.FAIL: Text("不符合", "fail"),
    Outcome.PASS: Text("符合", "pass"),
    Outcome.UNKNOWN: Text("无法判断", "unknown"),
    Outcome.NOT_APPLICABLE: Text("不适用", "not applicable"),
    Outcome.ERROR: Text("判定出错", "error"),
    Outcome.WAIVED: Text("已豁免", "waived"),
}
SEVERITIES = {
    Severity.CRITICAL: Text("严重", "critical"),
    Severity.HIGH: Text("高", "high"),
    Severity.MEDIUM: Text("中", "medium"),
    Severity.LOW: Text("低", "low"),
    Severity.INFO: Text("提示", "info"),
}
FAMILIES = {
    Family.LEVEL3: Text("等保三级", "Level-3 protection"),
    Family.IPV6: Text("IPv6", "IPv6"),
    Family.BANDWIDTH: Text("带宽与链路", "Bandwidth and links"),
    Family.CLOUD: Text("系统上云", "Cloud migration"),
    Family.CENSUS: Text("资产普查", "Asset census"),
}
SUBJECTS = {
    SubjectKind.DEVICE: Text("设备", "device"),
    SubjectKind.SITE: Text("站点", "site"),
    SubjectKind.LINK: Text("链路", "link"),
    SubjectKind.SYSTEM: Text("业务系统", "business system"),
    SubjectKind.NETWORK: Text("全网", "network"),
    SubjectKind.REGISTER: Text("登记表", "register"),
}
STATES = {
    State.ANSWERED: Text("已应答", "answered"),
    State.UNREACHABLE: Text("不可达", "unreachable"),
    State.REFUSED: Text("拒绝登录", "login refused"),
    State.WITHHELD: Text("为防锁定未登录", "login withheld"),
}
DIFFERENCES = {
    Difference.MATCHED: Text("一致", "matched"),
    Difference.CONFLICTING: Text("信息不符", "conflicting"),
    Difference.STALE: Text("数据过旧", "stale"),
    Difference.UNDECLARED: Text("未登记", "undeclared"),
    Difference.NOT_FOUND: Text("登记而未找到", "not found"),
    Difference.NOT_ASKED: Text("登记而未采集", "not asked"),
}
ONE_SIDED = {
    "unknown-device": Text("对端不是本次采集的设备", "the far end is no device of this run"),
    "silent": Text("对端没有给出邻居表", "the far end gave no neighbour table"),
    "deaf": Text("对端的邻居表里没有本端", "the far end's neighbour table lacks this one"),
    "unpaired": Text(
        "两端之间有多条线路，端口名对不上", "several lines between the two, whose port names do not match up"
    ),
}
SEEN = {
    Witness.NEIGHBOUR: Text("邻居协议", "neighbour protocol"),
    Witness.MAC: Text("MAC 表", "MAC table"),
    Witness.ARP: Text("ARP 表（同一网段）", "ARP table (same network)"),
}
DEVICE_KINDS = {
    "router": Text("路由器", "router"),
    "switch": Text("交换机", "switch"),
    "firewall": Text("防火墙", "firewall"),
    "server": Text("服务器", "server"),
    "wireless": Text("无线设备", "wireless"),
    "storage": Text("存储", "storage"),
    "ups": Text("UPS", "UPS"),
    "printer": Text("打印机", "printer"),
    "camera": Text("摄像机", "camera"),
    "recorder": Text("录像机", "recorder"),
    "audio": Text("音频设备", "audio device"),
    "video": Text("视频会议设备", "video conferencing"),
    "broadcast": Text("广播电视设备", "broadcast equipment"),
    "phone": Text("语音设备", "telephony"),
    "olt": Text("光线路终端", "OLT"),
    "dslam": Text("DSL 接入设备", "DSLAM"),
    "cmts": Text("电缆调制解调器头端", "CMTS"),
    "modem": Text("调制解调器", "modem"),
    "optical": Text("光传输设备", "optical transport"),
    "load balancer": Text("负载均衡", "load balancer"),
    "vpn": Text("VPN 网关", "VPN gateway"),
    "console server": Text("控制台服务器", "console server"),
    "hypervisor": Text("虚拟化主机", "hypervisor"),
    "terminal": Text("终端", "terminal"),
    "clock": Text("时间服务器", "time server"),
    "pdu": Text("配电单元", "PDU"),
    "power": Text("电源系统", "power system"),
    "cooling": Text("制冷设备", "cooling"),
    "sensor": Text("环境监测", "environment monitor"),
}


def outcome_text(outcome: str) -> Text:
    """The word for an outcome as the store keeps it."""
    return OUTCOMES[Outcome(outcome)]


def severity_text(severity: str) -> Text:
    """The word for a severity as the store keeps it; a dash where none is kept."""
    return SEVERITIES[Severity(severity)] if severity in set(Severity) else Text("—", "—")


def family_text(family: str) -> Text:
    """The words for a family."""
    return FAMILIES[Family(family)]


def kind_text(kind: str) -> Text:
    """The words for a kind of subject."""
    return SUBJECTS[SubjectKind(kind)]


def subject_text(kind: str, name: str) -> Text:
    """A subject as a reader names it: its name, or the words for network and register, which have none."""
    if kind in (SubjectKind.NETWORK, SubjectKind.REGISTER):
        return SUBJECTS[SubjectKind(kind)]
    return Text(shown(name), shown(name))


def device_kind_text(kind: str) -> Text:
    """The words for a kind of device; the kind itself where it has none."""
    return DEVICE_KINDS.get(kind, Text(shown(kind), shown(kind)))


def role_text(role: str) -> Text:
    """The words for a device's role; the role as the target list writes it where the register has no such one."""
    found = next((each for each in NetworkRole if each.value == role), None)
    return found.text if found else device_kind_text(role)


def gap_text(gap: Gap) -> Text:
    """Why something is not known, in a few words."""
    return GAPS[gap]


def unit_kind_text(kind: str) -> Text:
    """The words for a kind of unit as plans name them."""
    if kind == "city_bureau":  # outside the county, so that no register lists one
        return Text("市级主管部门", "city bureau")
    found = next((each for each in UnitKind if each.value == kind), None)
    return found.text if found else Text(shown(kind), shown(kind))


def shown(text: object, most: int = LONGEST) -> str:
    """Text from anywhere, fit to be read on one line: control characters, bidirectional overrides and lone surrogates
    become replacement characters, what is longer than ``most`` is cut with an ellipsis."""
    plain = str(text)
    if len(plain) > most:
        plain = plain[: most - 1] + "…"
    return plain if plain.isprintable() else "".join(c if c.isprintable() else REPLACED for c in plain)


def shown_lines(text: str, most: int = _LONGEST_EXCERPT) -> str:
    """The same for text of several lines; tabs become spaces."""
    cut = text if len(text) <= most else text[: most - 1] + "…"
    return "\n".join(shown(line.expandtabs(4), most) for line in cut.replace("\r\n", "\n").split("\n"))


def commands(row: FindingRow, language: Language) -> str:
    """The commands that mend it, comments in one language, harmless."""
    return shown_lines(in_language(row.commands, language))


DIAGNOSIS = Text("排查命令", "Diagnostic commands")
DIAGNOSED_BY = Text("排查命令：", "Diagnostic commands:")


def diagnosis(row: FindingRow, language: Language) -> str:
    """The commands that show where its cause lies, in the same way."""
    return shown_lines(in_language(row.diagnosis, language))


def moment(at: datetime | None, zone: timezone = CHINA) -> str:
    """A time to the minute in the reader's zone; empty for none."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else ""


def day(at: datetime | None, zone: timezone = CHINA) -> str:
    """The day of a time in the reader's zone; empty for none."""
    return at.astimezone(zone).date().isoformat() if at else ""


def declared(check: str) -> Check | None:
    """The check of that id; None when today's catalogue no longer has it."""
    return catalogue().get(check)


def check_of(row: FindingRow) -> Check | None:
    """The check that made a finding; None when today's catalogue no longer has it."""
    return declared(row.check)


def title(row: FindingRow) -> Text:
    """The good condition the finding is about; the check's id where today's catalogue no longer has it."""
    check = check_of(row)
    return check.title if check else Text(shown(row.check), shown(row.check))


def said(row: FindingRow) -> Text:
    """The finding as a sentence."""
    check = check_of(row)
    if check is None:
        return title(row)
    try:
        text = sentence(check, _finding(row))
    except (KeyError, IndexError, ValueError):  # values written by a version whose sentence asked for others
        text = check.title
    return Text(shown(text.zh, 2 * LONGEST), shown(text.en, 2 * LONGEST))


def place(row: FindingRow) -> Text:
    """Where in its subject a finding is; empty for the whole of it."""
    text = place_text(row.place, row.values)
    return Text(shown(text.zh), shown(text.en))


def _finding(row: FindingRow) -> Finding:
    """The finding as checks know it."""
    return Finding(
        row.check,
        Subject(SubjectKind(row.subject_kind), row.subject, row.site, row.platform),
        Outcome(row.outcome),
        row.place,
        row.values,
        missing=row.missing,
        underlying=Outcome(row.underlying) if row.underlying else None,
    )


def remedy(row: FindingRow) -> Text:
    """What to do in words; empty where today's catalogue no longer has the check."""
    check = check_of(row)
    return check.remedy.text if check else Text("", "")


def cited(ref: str, plan: Plan) -> tuple[str, Text]:
    """A citation's short name and what it asks for: ``8.1.4.1-c`` and the item, ``PR-NET-04`` and the requirement."""
    found: Clause | Requirement | None = clause(ref, plan)
    short = ref.partition(":")[2]
    return short, found.text if found else Text("", "")


def located(evidence: Evidence, language: Language) -> str:
    """Where a value was read, on one line: the command or object, and the lines of its answer."""
    source = shown(source_text(evidence.source).say(language))
    if not evidence.lines:
        return source
    spans = ", ".join(_spans(evidence.lines[:50]))
    lines = Text(f"第 {spans} 行", f"line {spans}" if "," not in spans and "–" not in spans else f"lines {spans}")
    return f"{source} · {lines.say(language)}"


def excerpt(evidence: Evidence) -> str:
    """The lines themselves, each under its number where there are as many numbers as lines."""
    told = shown_lines(evidence.excerpt)
    lines = told.split("\n")
    if not evidence.lines or len(evidence.lines) != len(lines):
        return told
    width = len(str(max(evidence.lines)))
    return "\n".join(f"{number:>{width}}  {line}" for number, line in zip(evidence.lines, lines, strict=True))


def _spans(lines: tuple[int, ...]) -> list[str]:
    spans: list[list[int]] = []
    for number in sorted(set(lines)):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return [str(a) if a == b else f"{a}–{b}" for a, b in spans]
