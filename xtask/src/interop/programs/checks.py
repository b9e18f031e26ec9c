"""What the programs in Python share: the server's address, the cases, and one line of JSON on stdout for each check."""

import json
import os
import pathlib
import signal
import urllib.request
from contextlib import contextmanager

URL = os.environ["GATELET_DT_URL"]
TOKEN = os.environ["GATELET_DT_TOKEN"]
READ_ONLY_TOKEN = os.environ["GATELET_DT_READ_ONLY_TOKEN"]
WRONG_TOKEN = "dt0c01.NOSUCHTOKEN.SECRET"

CASES = json.loads((pathlib.Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))

# A program that hangs must fail.
signal.alarm(300)


@contextmanager
def check(operation, what):
    """Runs the block, and prints whether it failed as a check of an operation."""
    failure = None
    try:
        yield
    except Exception as error:
        failure = f"{what}: {type(error).__name__}: {error}"
    print(json.dumps({"operation": operation, "failure": failure}), flush=True)


def expect(found, expected):
    """Fails unless both are equal."""
    if found != expected:
        raise AssertionError(f"{found!r} instead of {expected!r}")


def enroll(gate, token):
    """Connects an ActiveGate with a token, as its own program would."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = json.dumps(gate).encode()
    urllib.request.urlopen(urllib.request.Request(f"{URL}/emulator/v1/activeGates", body, headers)).close()
