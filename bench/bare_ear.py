"""What listening cannot be cheaper than: a socket that hands each frame to a Vosk recogniser, and tells nobody.

`python -m bench.bare_ear MODEL PORT < phrases.json`; decodes as many streams at a time as `ivr listen` does with 2 workers.
"""

import asyncio
import base64
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from websockets.asyncio.server import ServerConnection, serve

from ivr.adapters.recognition.stream import TELEPHONE_RATE, linear
from ivr.adapters.recognition.vosk import Model

WORKERS = 2


async def main() -> None:
    """Serve until the process is ended."""
    model, phrases = Model(Path(sys.argv[1])), tuple(json.load(sys.stdin))
    workers, loop = ThreadPoolExecutor(WORKERS), asyncio.get_running_loop()

    async def hear(connection: ServerConnection) -> None:
        recogniser = await loop.run_in_executor(workers, model.recogniser, phrases, TELEPHONE_RATE)
        is_answered = False
        async for message in connection:
            told = json.loads(message)
            if told["event"] != "media" or is_answered:
                continue
            sound = linear(base64.b64decode(told["media"]["payload"]))
            if await loop.run_in_executor(workers, recogniser.AcceptWaveform, sound):
                is_answered = bool(json.loads(recogniser.Result())["text"])

    async with serve(hear, "127.0.0.1", int(sys.argv[2]), compression=None, ping_interval=None) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
