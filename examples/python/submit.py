"""Submits each line of its input as a task of two steps, and prints each outcome as JSON until all tasks have ended.

    CHIMERA_URL=http://127.0.0.1:7700 CHIMERA_TOKEN=... python3 submit.py <texts.txt
"""

import asyncio
import json
import os
import sys

from chimera import Producer

producer = Producer(os.environ["CHIMERA_URL"], os.environ["CHIMERA_TOKEN"], subscriber="submit.py")


async def submit(texts):
    tasks = [{"steps": ["longest", "measure"], "payload": {"text": text}} for text in texts]
    answers = [answer for at in range(0, len(tasks), 256) for answer in await producer.submit(tasks[at : at + 256])]
    for text, answer in zip(texts, answers):
        if "error" in answer:
            print(f"{text}: {answer['error']['message']}", file=sys.stderr)
    open_tasks = {answer["id"] for answer in answers if "id" in answer}
    async for outcome in producer.outcomes():
        if outcome["task"] in open_tasks:
            print(json.dumps({key: outcome.get(key) for key in ("task", "status", "final", "output")}), flush=True)
        if outcome["final"]:
            open_tasks.discard(outcome["task"])
        await producer.seen(outcome)
        if not open_tasks:
            return


asyncio.run(producer.during(submit([line.strip() for line in sys.stdin if line.strip()])))
