"""Level 3: how busy devices are."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from checks.policies import LoadPolicy
from inventory.facts import Load
from inventory.text import Text


@check(
    "load.within-limits",
    family=Family.LEVEL3,
    title=Text("CPU、内存没有过载", "Processor and memory are not overloaded"),
    severity=Severity.MEDIUM,
    # One reading outside the peak proves nothing of it; one above the limit speaks for itself.
    clauses=("gbt22239-2019:8.1.2.1-a#1~",),
    found=Text(
        "{subject} 的 CPU 为 {cpu}%（上限 {cpu_max}%），内存为 {memory}%（上限 {memory_max}%）",
        "{subject}: processor {cpu}% ({cpu_max}% at most), memory {memory}% ({memory_max}% at most)",
    ),
    remedy=Remedy(
        Text("查明占用来源；持续过载则扩容或分担", "Find what takes it; where it lasts, extend or share the load")
    ),
    high_risk=("HR-6.2.1.1",),
)
def within_limits(load: Load, policy: LoadPolicy) -> Iterator[Verdict]:
    measured = [(load.cpu_percent, policy.cpu_max_percent), (load.memory_percent, policy.memory_max_percent)]
    over = any(value is not None and value > most for value, most in measured)
    cpu, memory = ("?" if value is None else value for value, _ in measured)
    yield verdict(
        not over,
        load.evidence,
        cpu=cpu,
        memory=memory,
        cpu_max=policy.cpu_max_percent,
        memory_max=policy.memory_max_percent,
    )
