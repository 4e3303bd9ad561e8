"""Login failures an account may cause over the whole fleet, kept over restarts.

A wrong password tried on three hundred devices locks the account on all of them. Before any secret is sent, a
permit is taken from the account's budget, and at every moment failures that happened plus permits that are out
stay within the limit: whatever the servers answer, they never count more failures than that.

* An account that never worked yet is tried on one device at a time; the others wait for what comes of it.
* A success proves the account and lets as many log in side by side as failures are left. It forgives nothing:
  being right on one device says nothing of the next.
* A target that refused an account is not asked again with the same secret, so that one device with an account of
  its own does not eat the fleet's budget week by week.
* Another secret is another account, told apart by a keyed scrypt fingerprint; the secret itself is never stored.
* Permits of a process that died count as failures while the account is unproven.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from collectors.budget_file import AccountState, BudgetFile, Permit
from inventory.errors import LoginRefused, LoginWithheld


@dataclass(frozen=True, slots=True)
class Account:
    """A user name with one secret: what the budget counts for. ``fingerprint`` tells nothing of the secret."""

    name: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands: failures so far, and on which targets."""

    name: str
    failures: int
    refused_by: tuple[str, ...]
    proven: bool
    withheld: bool


class Attempt:
    """One login under way, holding one or more permits of the budget."""

    def __init__(self, budget: FailureBudget, account: Account, target: str) -> None:
        self._budget = budget
        self._account = account
        self.target = target
        self.permits: list[str] = []
        self.sent = False  # set just before a secret leaves; decides what an unclear outcome means
        self.counts = True  # cleared where a refusal is none of the secret's: of the user's rights, say

    def again(self) -> None:
        """Take a permit for one more authentication request; LoginWithheld when none is left."""
        self.permits.append(self._budget.reserve(self._account, self.target, waiting=not self.permits))


class FailureBudget:
    """The budget file of a project. Threads and processes may share it.

    ``limit``       failed logins an account may cause in total until a person resets it or the secret changes
    ``patience_s``  how long a login waits for the outcome of others before it is withheld
    """

    def __init__(self, path: Path, limit: int = 3, patience_s: float = 120.0) -> None:
        if limit < 1:
            raise ValueError("a failure budget is at least 1")
        self._limit = limit
        self._patience_s = patience_s
        self._file = BudgetFile(path)
        self._turns: dict[str, threading.Condition] = {}

    def account(self, name: str, secret: str | bytes) -> Account:
        """The account of a user name (``ssh:admin``, ``snmpv3:nms``) with a secret."""
        return Account(name, self._file.fingerprint(name, secret))

    def check(self, account: Account, target: str) -> None:
        """LoginWithheld when the account may not be tried on this target; costs no permit."""
        with self._file.states() as states:
            self._refuse_if_spent(states.get(account.fingerprint, AccountState(account.name)), account, target)

    @contextmanager
    def attempt(self, account: Account, target: str) -> Iterator[Attempt]:
        """A login under way. Leave it normally for a success, with LoginRefused for a failure.

        Any other exception gives the permits back, unless ``sent`` was set and the account is unproven: then the
        secret may have been counted as wrong. Raises LoginWithheld when no failure is left or the wait is too long.
        """
        attempt = Attempt(self, account, target)
        attempt.again()
        try:
            yield attempt
        except LoginRefused:
            self._settle(account, attempt, refused=attempt.counts)
            raise
        except BaseException:
            self._settle(account, attempt, refused=False)
            raise
        else:
            self._settle(account, attempt, refused=None)

    def reserve(self, account: Account, target: str, *, waiting: bool) -> str:
        """The token of a permit, written to the file before it is given; LoginWithheld when there is none.

        ``waiting`` false takes a permit now or not at all: a login that already holds one must not wait for
        others, which may be waiting for it.
        """
        deadline = time.monotonic() + self._patience_s
        while True:
            with self._file.states() as states:
                state = states.setdefault(account.fingerprint, AccountState(account.name))
                state.forget_dead()
                self._refuse_if_spent(state, account, target)
                if len(state.permits) < self._slots(state, extra=not waiting):
                    return state.grant(Permit.mine(target))
            if not waiting:
                raise LoginWithheld(f"the failure budget of {account.name} leaves no second try on {target}")
            self._wait(account, deadline)

    def reset(self, name: str | None = None) -> int:
        """Forget the failures of an account name, or of all; how many accounts were touched. Only for a person."""
        with self._file.states() as states:
            gone = [fingerprint for fingerprint, state in states.items() if name in (None, state.name)]
            for fingerprint in gone:
                del states[fingerprint]
        return len(gone)

    def standings(self) -> tuple[Standing, ...]:
        """Every account that was ever tried, by name."""
        with self._file.states() as states:
            found = [
                Standing(s.name, s.failures, tuple(s.refused_by), s.proven, s.failures >= self._limit)
                for s in states.values()
            ]
        return tuple(sorted(found, key=lambda s: s.name))

    def _slots(self, state: AccountState, *, extra: bool) -> int:
        left = self._limit - state.failures
        # A second request of the one trial login is not a second trial.
        return left if state.proven or extra else min(left, 1)

    def _refuse_if_spent(self, state: AccountState, account: Account, target: str) -> None:
        if target in state.refused_by:
            raise LoginWithheld(f"{target} refused {account.name} before and neither secret nor budget changed since")
        if state.failures >= self._limit:
            raise LoginWithheld(
                f"{account.name} failed {state.failures} times (budget {self._limit}): not tried on {target}"
            )

    def _wait(self, account: Account, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise LoginWithheld(f"{account.name}: no outcome of the logins under way within {self._patience_s:.0f} s")
        turn = self._turn(account)
        with turn:
            turn.wait(0.25)  # another process cannot notify it, hence the short time

    def _settle(self, account: Account, attempt: Attempt, *, refused: bool | None) -> None:
        """Return the permits: ``refused`` None for a success, False for an unclear end."""
        with self._file.states() as states:
            state = states.setdefault(account.fingerprint, AccountState(account.name))
            held = sum(state.release(token) for token in attempt.permits)
            if refused is None:
                state.proven = True
            elif refused or (attempt.sent and not state.proven):
                state.failures += held
            if refused:
                state.refused_by.append(attempt.target)
            state.last = datetime.now(UTC).isoformat(timespec="seconds")
        turn = self._turn(account)
        with turn:
            turn.notify(self._limit)  # as many as may go on, not the whole crowd

    def _turn(self, account: Account) -> threading.Condition:
        return self._turns.setdefault(account.fingerprint, threading.Condition())
