"""What the Python drivers share: the loop of JSON commands (tests/README.md) and hexadecimal bytes."""

import asyncio
import inspect
import json
import sys
import traceback


def unhex(text):
    return None if text is None else bytes.fromhex(text)


def tohex(data):
    return None if data is None else bytes(data).hex()


def record(topic, partition, offset, timestamp, key, value, headers):
    return {
        "topic": topic,
        "partition": partition,
        "offset": offset,
        "timestamp": timestamp,
        "key": tohex(key),
        "value": tohex(value),
        "headers": [[name, tohex(data)] for name, data in headers or []],
    }


def error_text(error):
    return f"{type(error).__name__}: {error}"


def serve(driver):
    """Runs the method of `driver` that each line names; methods may be coroutines."""
    answers, sys.stdout = sys.stdout, sys.stderr
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)

    async def run(line):
        command = json.loads(line)
        method = getattr(driver, command.pop("op"))
        result = method(**command)
        return await result if inspect.isawaitable(result) else result

    async def main():
        while True:
            line = await loop.run_in_executor(None, sys.stdin.readline)
            if not line:
                return
            try:
                answer = {"ok": await run(line)}
            except BaseException as error:  # every error is the answer, whatever the library raises
                traceback.print_exc()
                answer = {"error": error_text(error)}
            answers.write(json.dumps(answer) + "\n")
            answers.flush()

    loop.run_until_complete(main())
