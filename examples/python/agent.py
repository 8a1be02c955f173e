"""An agent for the queues `longest` (the longest word of a text) and `measure` (its letters).

    CHIMERA_URL=http://127.0.0.1:7700 CHIMERA_TOKEN=... python3 agent.py [FILE]

With FILE, an agent that was killed and is started again goes on with the tasks that it had.
"""

import asyncio
import os
import sys
from pathlib import Path

from chimera import Agent


async def work(task):
    if task["queue"] == "measure":
        return {"letters": len(task["previous"]["longest"])}, 1.0
    text = task["payload"]["text"]
    longest = max(text.split(), key=len)
    return {"longest": longest}, sum(letter.isalpha() for letter in longest) / len(longest)


agent = Agent(
    os.environ["CHIMERA_URL"],
    os.environ["CHIMERA_TOKEN"],
    work,
    keep=Path(sys.argv[1]) if len(sys.argv) > 1 else None,
    queues=["longest", "measure"],
    capacity=8,
)
asyncio.run(agent.run())
