"""Level 3: what protects a server: against malicious code and intrusion, by whom programs run, who may touch what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checks.model import Family, Remedy, Severity, Today, Verdict, check, verdict
from checks.policies import BoundaryPolicy, ProtectionPolicy
from checks.rules.host import HOSTS
from inventory.errors import Missing
from inventory.evidence import Evidence
from inventory.facts import (
    FileMode,
    FileModes,
    MandatoryAccess,
    Processes,
    RunningServices,
    Signatures,
    Software,
    TrustedBoot,
)
from inventory.products.protection import protectors
from inventory.products.stack import program
from inventory.text import Text

Running = Processes | RunningServices


def guards(running: Iterable[Running | Missing], does: str, policy: ProtectionPolicy) -> tuple[tuple[str, ...], bool]:
    """Names of the programs that do one thing among those that run, and whether all that runs was told."""
    names: set[str] = set()
    told = False
    for each in running:
        if isinstance(each, Processes):
            names.update(process.name for process in each.items)
            told = True
        elif isinstance(each, RunningServices):
            names.update(each.items)
    known = [protector.en for protector in protectors(sorted(names), does)]
    own = {word.partition("/")[2] for word in policy.own_programs if word.partition("/")[0] == does}
    return (*known, *sorted(own & names)), told


def _sources(*facts: Processes | RunningServices | Signatures | Software | Missing) -> list[Evidence]:
    return [fact.evidence for fact in facts if not isinstance(fact, Missing)]


@check(
    "host.malware-watched",
    family=Family.LEVEL3,
    title=Text("服务器有恶意代码防范且特征库及时更新", "Something current looks for malicious code on the server"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.4.5-a#1",),
    found=Text("{subject} 的恶意代码防范：{why}", "{subject}, protection from malicious code: {why}"),
    unknown=Text("{subject} 的恶意代码防范：{why}", "{subject}, protection from malicious code: {why}"),
    remedy=Remedy(
        Text(
            "安装防病毒或 EDR 并启用自动更新；可信验证机制可替代，由人确认",
            "Install anti-malware or EDR that updates itself; that active immunity stands in for it a person confirms",
        )
    ),
    scope=HOSTS,
    high_risk=("HR-6.4.4.1",),
)
def malware_watched(
    processes: Processes | Missing,
    services: RunningServices | Missing,
    signatures: Signatures | Missing,
    today: Today,
    limits: BoundaryPolicy,
    policy: ProtectionPolicy,
) -> Iterator[Verdict]:
    found, told = guards((processes, services), "malware", policy)
    days = _age(signatures, "malware", today)
    if not found:
        why = Text("没有防病毒或 EDR 进程", "no anti-malware or EDR program runs")
        if not told:
            why = Text("没有读到进程，是否安装未知", "the programs that run were not read")
        yield verdict(False if told else None, *_sources(processes, services), why=why)
        return
    name = ", ".join(found)
    if days is None:
        why = Text(f"{name} 在运行，特征库日期未知", f"{name} runs; how old its signatures are is not known")
        yield verdict(None, *_sources(processes, services, signatures), why=why)
        return
    most = limits.malware_signatures_max_days
    why = Text(
        f"{name} 的特征库已 {days} 天未更新，应不超过 {most} 天",
        f"{name}: signatures are {days} days old, {most} at most",
    )
    yield verdict(days <= most, *_sources(processes, services, signatures), why=why)


def _age(signatures: Signatures | Missing, kind: str, today: Today) -> int | None:
    """Days since the newest set of one kind; None where none is dated."""
    if isinstance(signatures, Missing):
        return None
    days = [each.released for each in signatures.items if each.kind == kind and each.released]
    return (today.date - max(days)).days if days else None


@check(
    "host.intrusion-watched",
    family=Family.LEVEL3,
    title=Text("服务器有主机入侵检测", "Something looks for intrusion on the server"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.4-f#1",),
    found=Text("{subject} 没有主机入侵检测程序", "no host intrusion detection runs on {subject}"),
    unknown=Text("{subject} 没有读到进程", "{subject}: the programs that run were not read"),
    remedy=Remedy(
        Text(
            "安装主机入侵检测或 EDR，告警发往管理中心；网络侧检测能否弥补由人判断",
            "Install host intrusion detection that alarms; whether a network's makes up for it a person says",
        ),
    ),
    scope=HOSTS,
)
def intrusion_watched(
    processes: Processes | Missing, services: RunningServices | Missing, policy: ProtectionPolicy
) -> Iterator[Verdict]:
    found, told = guards((processes, services), "intrusion", policy)
    yield verdict(True if found else False if told else None, *_sources(processes, services))


@check(
    "host.integrity-watched",
    family=Family.LEVEL3,
    title=Text("重要文件有完整性校验", "Changes of important files are noticed"),
    severity=Severity.LOW,
    clauses=("gbt22239-2019:8.1.4.7-b#2~",),
    found=Text(
        "{subject} 没有文件完整性校验（AIDE、IMA 或主机安全代理）",
        "nothing on {subject} checks that files are unchanged: no AIDE, no IMA, no agent",
    ),
    unknown=Text("{subject} 是否校验文件完整性未知", "{subject}: whether files are checked is not known"),
    remedy=Remedy(
        Text("建立文件完整性基线并定期比对", "Take a baseline of files and compare with it"),
    ),
    scope=HOSTS,
)
def integrity_watched(
    processes: Processes | Missing,
    services: RunningServices | Missing,
    signatures: Signatures | Missing,
    boot: TrustedBoot | Missing,
    policy: ProtectionPolicy,
) -> Iterator[Verdict]:
    agents, told = guards((processes, services), "integrity", policy)
    baseline = isinstance(signatures, Signatures) and any(each.kind == "integrity" for each in signatures.items)
    measured = isinstance(boot, TrustedBoot) and bool(boot.measured)
    known = told and isinstance(signatures, Signatures) and isinstance(boot, TrustedBoot)
    ok = True if agents or baseline or measured else False if known else None
    yield verdict(ok, *_sources(processes, services, signatures))


@check(
    "host.programs-unprivileged",
    family=Family.LEVEL3,
    title=Text("数据库和中间件不以 root 运行", "Databases and middleware do not run as root"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.4.2-e#3~",),
    found=Text("{subject} 的 {place} 以 {user} 运行", "{subject}: {place} runs as {user}"),
    remedy=Remedy(
        Text("为其建立专用账号并以该账号运行", "Give it an account of its own to run as"),
    ),
    scope=HOSTS,
    high_risk=("HR-6.4.2.2",),
)
def programs_unprivileged(processes: Processes) -> Iterator[Verdict]:
    served = [process for process in processes.items if program(process.name)]
    # A web server's first process opens ports as root and serves as another account.
    others = {process.name for process in served if process.user != "root"}
    raised = [process for process in served if process.user == "root" and process.name not in others]
    for process in raised:
        yield verdict(False, processes.evidence, place=process.name, user=process.user, account=process.name)
    if not raised:
        yield verdict(True, processes.evidence)


_SECRET = ("/etc/shadow", "/etc/gshadow")
_DECIDING = ("/etc/", "/boot/")


@check(
    "host.files-guarded",
    family=Family.LEVEL3,
    title=Text("关键文件的权限到用户一级", "Files that decide who may do what are guarded"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.2-f#1~",),
    found=Text("{subject} 的 {place} 权限为 {mode}，{why}", "{subject}: {place} has mode {mode}: {why}"),
    remedy=Remedy(
        Text("收紧文件权限", "Tighten its mode"),
        # Whoever logs in has to read /etc/passwd; what holds hashes only root has to.
        {
            "linux": "chmod go-w {place}\nchown root {place}",
            "linux/secret": "chmod o-rwx,g-w {place}\nchown root {place}",
        },
    ),
    scope=HOSTS,
)
def files_guarded(modes: FileModes) -> Iterator[Verdict]:
    loose = [(each, why) for each in modes.items if (why := _loose(each)) is not None]
    for each, why in loose:
        variant = "secret" if each.path in _SECRET else ""
        yield verdict(False, modes.evidence, place=each.path, mode=f"{each.mode:o}", why=why, variant=variant)
    if not loose:
        yield verdict(True, modes.evidence)


def _loose(each: FileMode) -> Text | None:
    if each.others_write:
        return Text("任何账号都能改写", "every account may change it")
    if each.path in _SECRET and each.others_read:
        return Text("任何账号都能读取口令摘要", "every account may read the hashes of passwords")
    if each.path.startswith(_DECIDING) and each.owner != "root":
        return Text(f"属主是 {each.owner}", f"it belongs to {each.owner}")
    return None


@check(
    "host.labels-enforced",
    family=Family.LEVEL3,
    title=Text("启用了基于标记的强制访问控制", "Access is controlled by labels that owners cannot lift"),
    severity=Severity.LOW,
    clauses=("gbt22239-2019:8.1.4.2-g#1~",),
    found=Text("{subject} 的强制访问控制：{module}", "{subject}, mandatory access control: {module}"),
    unknown=Text("{subject} 的强制访问控制状态未知：{module}", "{subject}: whether {module} enforces is not known"),
    remedy=Remedy(
        Text("启用 SELinux 或系统自带的强制访问控制", "Turn SELinux on, or what the system has in its place"),
    ),
    scope=HOSTS,
)
def labels_enforced(access: MandatoryAccess) -> Iterator[Verdict]:
    module: Text | str = access.module or Text("未启用", "none is on")
    if access.module and access.enforcing is False:
        module = Text(f"{access.module} 只记录不阻止", f"{access.module} only records")
    yield verdict(access.enforcing, access.evidence, module=module, variant=access.module or "")


@check(
    "host.boot-trusted",
    family=Family.LEVEL3,
    title=Text("服务器具备可信验证", "The server verifies how it started"),
    severity=Severity.LOW,
    clauses=("gbt22239-2019:8.1.4.6-a#1~",),
    found=Text(
        "{subject} 没有任何可信验证：安全启动、可信模块、完整性度量都没有",
        "nothing verifies how {subject} started: no secure boot, no trusted module, no measurement",
    ),
    unknown=Text("{subject} 的可信验证状态没有读全", "{subject}: what verifies its start was not read in full"),
    remedy=Remedy(
        Text(
            "启用安全启动和完整性度量；标准为“可”，缺少时写明并说明其他措施",
            "Turn secure boot and measurement on; the standard says may: where it lacks, say what stands in for it",
        ),
    ),
    scope=HOSTS,
)
def boot_trusted(boot: TrustedBoot) -> Iterator[Verdict]:
    states = (boot.secure_boot, boot.chip, boot.measured)
    ok = True if any(states) else None if None in states else False
    yield verdict(ok, boot.evidence)
