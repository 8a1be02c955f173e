"""Shows what the gate held, one card after the other, and asks: Enter approves, a reason rejects.

    CHIMERA_URL=http://127.0.0.1:7700 CHIMERA_TOKEN=... python3 review.py
"""

import asyncio
import os

from chimera import Operator, Refused

operator = Operator(os.environ["CHIMERA_URL"], os.environ["CHIMERA_TOKEN"])


async def review():
    async for card in operator.waiting():
        print(f"{card['queue']}, {card['agentId']}, {card['reason']}: {card['details']}", flush=True)
        print(" ", card["output"], flush=True)
        reason = (await asyncio.to_thread(input, "Enter approves, a reason rejects: ")).strip()
        try:
            decided = await operator.decide(card, "REJECTED" if reason else "APPROVED", reason=reason or None)
            print(decided["status"], flush=True)
        except Refused as refusal:  # somebody else was faster, or the card has changed and comes again
            print(refusal, flush=True)


asyncio.run(operator.during(review()))
