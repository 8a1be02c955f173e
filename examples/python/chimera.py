"""A client for Chimera's wire protocol, version 1: `Agent`, `Producer` and `Operator`.

What isn't obvious: nothing here looks after broken connections but what a new one must be told, in `hello` and
`welcomed`; requests that were under way are sent again by the link.
"""

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgpack

from link import Frame, Link, Refused

Work = Callable[[Frame], Awaitable[tuple[Any, float]]]


class Agent(Link):
    """Works tasks: `work` gets one and returns (output, confidence); what it raises fails the attempt.

    With `keep`, a file of its own, a process that was killed goes on where it stood: same session, same leases.
    """

    path = "/v1/agent"

    def __init__(self, url: str, token: str, work: Work, keep: Path | None = None, **who: Any):
        """`who`: `queues`, `capacity` and, where one token serves several agents, `instance`."""
        super().__init__(url, token)
        self._work, self._keep, self._who = work, keep, who
        # By lease: the tasks, what works on each, and which of them are done but for the node's answer.
        self._held: dict[str, Frame] = {}
        self._runs: dict[str, asyncio.Task[None]] = {}
        self._reporting: set[str] = set()
        # By lease and key: who waits for a person.
        self._asked: dict[tuple[str, str], asyncio.Future[Frame]] = {}
        self._session: str | None = None
        if keep and keep.exists():
            self._session, self._held = msgpack.unpackb(keep.read_bytes())

    async def propose(self, task: Frame, action: Any, confidence: float, key: str | None = None, **why: str) -> Frame:
        """Asks before it acts: act on `status` `APPROVED` alone, and on `action` where an operator changed it.

        `summary` tells the operator what it is for. With a `key` that is the same whenever the task is begun anew in the
        same attempt, a process that was killed gets the answer to what it asked before.
        """
        key = key or uuid.uuid4().hex
        decision = self._asked[task["lease"], key] = asyncio.get_running_loop().create_future()
        about = {"task": task["id"], "lease": task["lease"], "key": key}
        try:
            answer = await self.request("propose", **about, action=action, confidence=confidence, **why)
            return answer if answer["status"] == "APPROVED" else await decision
        finally:
            del self._asked[task["lease"], key]

    def hello(self) -> Frame:
        holding = [{"task": task["id"], "lease": lease} for lease, task in self._held.items()]
        return {**self._who, "session": self._session, "holding": holding}

    async def welcomed(self) -> None:
        self._session = self.welcome["session"]
        for lease in self.welcome["lost"]:
            self._stop(lease)
        for task in list(self._held.values()):
            self._start(task)
        await self._pull()
        await asyncio.sleep(self.welcome["heartbeatPhaseMs"] / 1000)
        while True:
            await self.tell("heartbeat", status="BUSY" if self._held else "IDLE", holding=list(self._held))
            await asyncio.sleep(self.welcome["heartbeatMs"] / 1000)

    def take(self, frame: Frame) -> None:
        for task in [frame["task"]] if frame["type"] == "task" else frame.get("tasks", []):
            self._start(task)
        if frame["type"] == "decision":
            about = {name: frame[name] for name in ("task", "lease", "key")}
            asyncio.ensure_future(self.tell("decided", **about))
            decision = self._asked.get((frame["lease"], frame["key"]))
            if decision and not decision.done():
                decision.set_result(frame)
        if frame["type"] == "cancel":
            self._stop(frame["lease"])
            asyncio.ensure_future(self._pull())

    def _start(self, task: Frame) -> None:
        self._held[task["lease"]] = task
        self._save()
        if task["lease"] not in self._runs:
            self._runs[task["lease"]] = asyncio.ensure_future(self._carry(task))

    def _stop(self, lease: str) -> None:
        # A report is sent all the same: the node may have had it before the connection broke.
        if lease not in self._reporting and lease in self._held:
            self._forget(lease)

    def _forget(self, lease: str) -> None:
        del self._held[lease]
        self._reporting.discard(lease)
        run = self._runs.pop(lease, None)
        if run and run is not asyncio.current_task():
            run.cancel()
        self._save()

    async def _pull(self) -> None:
        # The node cuts credits at the free places: asking for all of them is always right.
        await self.request("pull", credits=self._who["capacity"])

    async def _carry(self, task: Frame) -> None:
        lease = task["lease"]
        try:
            output, confidence = await self._work(task)
            report = {"type": "result", "output": output, "confidence": confidence}
        except Exception as error:
            report = failure(type(error).__name__, str(error))
        self._reporting.add(lease)
        try:
            await self._report(task, report)
        except Refused as refusal:  # of a lease that has ended, mostly: the task is somebody else's by now
            print(f"task {task['id']}: {refusal}", file=sys.stderr)
            self._forget(lease)
            await self._pull()
        else:
            self._forget(lease)

    async def _report(self, task: Frame, report: Frame) -> None:
        about = {"task": task["id"], "lease": task["lease"], "credits": self._who["capacity"]}
        try:
            await self.request(**report, **about)
        except Refused as refusal:
            if report["type"] == "fail" or refusal.code not in ("INVALID", "TOO_LARGE"):
                raise
            await self.request(**failure(refusal.code, refusal.frame["message"]), **about)

    def _save(self) -> None:
        if self._keep:
            beside = self._keep.with_suffix(".new")
            beside.write_bytes(msgpack.packb([self._session, self._held]))
            os.replace(beside, self._keep)


def failure(code: str, message: str) -> Frame:
    return {"type": "fail", "error": {"code": code, "message": message}}


class Producer(Link):
    """Submits tasks. Outcomes are kept for `subscriber` until seen, across connections and processes."""

    path = "/v1/producer"

    def __init__(self, url: str, token: str, subscriber: str):
        super().__init__(url, token)
        self._subscriber = subscriber
        self._arrived: asyncio.Queue[Frame] = asyncio.Queue()
        self._unseen: dict[int, Frame] = {}

    def hello(self) -> Frame:
        self._unseen = {}  # `seq` starts anew on each connection, and what wasn't seen comes again
        return {"subscriber": self._subscriber}

    def take(self, frame: Frame) -> None:
        if frame["type"] == "outcome":
            self._unseen[frame["seq"]] = frame
            self._arrived.put_nowait(frame)

    async def submit(self, tasks: list[Frame]) -> list[Frame]:
        """What the node answers for each: `{id}`, or `{error}` for one that it refused. At most 256 tasks."""
        reply = await self.request("submit", tasks=[{"key": uuid.uuid4().hex, **task} for task in tasks])
        return reply["tasks"]

    async def outcomes(self) -> AsyncIterator[Frame]:
        """Each at least once, in order per task, and again on the next connection until `seen` was called."""
        while True:
            outcome = await self._arrived.get()
            if self._unseen.get(outcome["seq"]) is outcome:
                yield outcome

    async def seen(self, outcome: Frame) -> None:
        """This one and all that came before it needn't be sent again."""
        if self._unseen.pop(outcome["seq"], None) is outcome:
            await self.tell("seen", seq=outcome["seq"])


class Operator(Link):
    """Reviews what the gate held."""

    path = "/v1/operator"

    def __init__(self, url: str, token: str):
        super().__init__(url, token)
        self._arrived: asyncio.Queue[Frame] = asyncio.Queue()
        self._versions: dict[str, int] = {}

    async def welcomed(self) -> None:
        page = await self.request("subscribe", filter={"status": "PENDING"})
        while page.get("cursor"):
            page = await self.request("cards", filter={"status": "PENDING"}, cursor=page["cursor"])

    def take(self, frame: Frame) -> None:
        for card in [frame["card"]] if frame["type"] == "card" else frame.get("cards", []):
            if self._versions.get(card["reviewId"], -1) < card["version"]:
                self._versions[card["reviewId"]] = card["version"]
                self._arrived.put_nowait(card)

    async def waiting(self) -> AsyncIterator[Frame]:
        """The cards that wait for a decision, as they come."""
        while True:
            card = await self._arrived.get()
            if card["status"] == "PENDING" and card["version"] == self._versions[card["reviewId"]]:
                yield card

    async def decide(self, card: Frame, status: str, **how: Any) -> Frame:
        """`APPROVED` or `REJECTED`, with `reason` or `edited`. Refused where the card is no longer as seen."""
        reply = await self.request("decide", review=card["reviewId"], version=card["version"], status=status, **how)
        return reply["card"]
