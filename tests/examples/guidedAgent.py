"""An agent of the tests: says what it has, and answers a task with its attempts once a line says so."""

import asyncio
import os
import sys
from pathlib import Path

from chimera import Agent


class Guided(Agent):
    async def welcomed(self):
        print("welcome, resumed", len(self.welcome["resumed"]), "lost", len(self.welcome["lost"]), flush=True)
        await super().welcomed()


async def work(task):
    print("works on step", task["step"], "attempt", task["attempt"], flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    return task.get("previous", []) + [task["attempt"]], 1.0


keep = Path(sys.argv[1]) if len(sys.argv) > 1 else None
agent = Guided(
    os.environ["CHIMERA_URL"], os.environ["CHIMERA_TOKEN"], work, keep, queues=["longest", "measure"], capacity=1
)
asyncio.run(agent.run())
