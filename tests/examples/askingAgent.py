"""An agent of the tests: asks before it does what a task says, and answers with what it was told."""

import asyncio
import os
import sys
from pathlib import Path

from chimera import Agent


class Asking(Agent):
    async def welcomed(self):
        print("welcome, resumed", len(self.welcome["resumed"]), flush=True)
        await super().welcomed()


async def work(task):
    print("asks", task["payload"]["text"], flush=True)
    sure = float(task["payload"]["text"] == "sure")
    decision = await agent.propose(task, {"do": task["payload"]["text"]}, sure, key="do", summary="it was asked for")
    return [decision["status"], decision.get("reason")], 1.0


agent = Asking(
    os.environ["CHIMERA_URL"],
    os.environ["CHIMERA_TOKEN"],
    work,
    keep=Path(sys.argv[1]) if len(sys.argv) > 1 else None,
    queues=["longest", "measure"],
    capacity=4,
)
asyncio.run(agent.run())
