"""The part of scripts/samba.sh that plays the clients, and the network between Openfire and the directory.

ledger.py --help says what it takes. It prints tables in Markdown. The relay carries what Openfire says to the directory;
during an outage it does what the name of the outage says.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import time
from collections import Counter
from urllib.parse import urlencode

PEOPLE_AND_HOW_THEY_TYPE = [
    ("a.schmidt", "sAMAccountName"),
    ("A.SCHMIDT", "the same in upper case"),
    ("a.schmidt@corp.example", "with the XMPP domain"),
    ("CORP\\a.schmidt", "as on Windows"),
    ("anna.schmidt@firm.example", "an e-mail address whose local part differs"),
    ("lschulz", "sAMAccountName, where the UPN differs"),
    ("lena.schulz", "prefix of that UPN"),
    ("lena.schulz@corp.example", "that UPN"),
    ("suffix@firm.example", "UPN with another suffix"),
    ("a.schmidt@firm.example", "the e-mail domain behind the sAMAccountName"),
    ("otto mann", "blank in the sAMAccountName"),
    ("o'neil", "apostrophe"),
    ("müller", "umlaut"),
    ("MÜLLER", "umlaut in upper case"),
    ("山田", "kanji"),
    ("comma", "CN with comma and parentheses"),
    ("slash", "CN with a slash"),
    ("no.display", "no displayName"),
    ("locked", "locked by five wrong binds"),
    ("disabled", "disabled"),
    ("account.expired", "account expired"),
    ("must.change", "must change the password"),
    ("password.expired", "password expired"),
    ("off.hours", "outside the logon hours"),
    ("elsewhere", "may log on at another workstation only"),
]
# As in people.py.
CLIENTS = 30
WRONG = 20
# Shortest and longest outage, in seconds.
SHORTEST, LONGEST = 0.3, 20.0
# How long clients go on after an outage.
AFTERWARDS = 6.0
ANSWER_LIMIT = 15


class Relay:
    """Carries connections to the directory, or not."""

    def __init__(self, directory):
        self.directory = directory
        self.mode = "through"
        self.every = 0
        self.count = 0
        self.through = asyncio.Event()
        self.through.set()
        self.writers = set()

    async def serve(self, port):
        self.port = port
        self.server = await asyncio.start_server(self.take, "127.0.0.1", port)

    async def close(self):
        self.server.close()
        self.cut()

    async def open(self):
        self.server = await asyncio.start_server(self.take, "127.0.0.1", self.port)

    def cut(self):
        for writer in list(self.writers):
            writer.transport.abort()

    async def take(self, reader, writer):
        self.count += 1
        if self.every and self.count % self.every == 0:
            writer.transport.abort()
            return
        try:
            # A connection to a directory that stalls is not made before the stall ends.
            await self.through.wait()
            upstream_reader, upstream = await asyncio.open_connection("127.0.0.1", self.directory)
        except OSError:
            writer.transport.abort()
            return
        self.writers |= {writer, upstream}
        try:
            await asyncio.gather(self.carry(reader, upstream), self.carry(upstream_reader, writer))
        except OSError:
            pass
        finally:
            self.writers -= {writer, upstream}
            for end in (writer, upstream):
                end.close()

    async def carry(self, reader, writer):
        while data := await reader.read(65536):
            await self.through.wait()
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


async def post(port, user, password, address):
    """The status of one request, and the first word of its body."""
    body = urlencode({"username": user, "password": password}).encode()
    head = (
        f"POST /provision HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {address}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    try:
        async with asyncio.timeout(ANSWER_LIMIT):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head.encode() + body)
            answer = await reader.read(-1)
            writer.close()
    except (OSError, TimeoutError):
        return "lost", ""
    head, _, text = answer.partition(b"\r\n\r\n")
    return head.split(b" ", 2)[1].decode(), text.split(b"\n", 1)[0].decode(errors="replace")


async def logins(settings):
    print("| typed | what it is | answer | with `login_names` |")
    print("|---|---|---|---|")
    for _ in range(5):
        await post(settings.service, "locked", "wrong", "10.3.0.1")
    for number, (typed, what) in enumerate(PEOPLE_AND_HOW_THEY_TYPE):
        asked = [post(port, typed, settings.password, f"10.2.0.{number + 1}") for port in (settings.service, settings.logins)]
        (status, _), (with_names, _) = [await answer for answer in asked]
        print(f"| `{typed}` | {what} | {status} | {with_names} |", flush=True)


async def previews(settings):
    for user in ("a.schmidt", "no.display", "lschulz", "thumb"):
        shown = await asyncio.create_subprocess_exec(*settings.preview, user, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        text, complaints = await shown.communicate()
        print(f"\n`{user}`:\n")
        for line in (text if shown.returncode == 0 else text + complaints).decode().splitlines():
            print(f"    {line}")


class Tally:
    def __init__(self):
        self.right, self.wrong = Counter(), Counter()
        self.first_right = []
        self.worst = 0


async def client(settings, number, tally, state):
    """Asks with the right password from an address that all share, as often as an impatient user."""
    while not state["over"]:
        status, _ = await post(settings.service, f"client{number:02}", settings.password, state["office"])
        tally.right[status] += 1
        now = time.monotonic()
        if status == "200" and state["ended"] and state["first"] is None:
            state["first"] = now - state["ended"]
        await asyncio.sleep(random.uniform(0.3, 1.0))


async def mistyping(settings, tally, state):
    """Asks with a wrong password, each time as another user from another address."""
    while not state["over"]:
        state["mistyped"] += 1
        number = state["mistyped"]
        address = f"10.9.{number // 250 % 250}.{number % 250 + 1}"
        status, _ = await post(settings.service, f"wrong{number % WRONG:02}", "wrong", address)
        tally.wrong[status] += 1
        await asyncio.sleep(random.uniform(0.5, 1.5))


async def outages(settings, relay):
    number = settings.outages

    async def bind_refused(seconds):
        command = ["samba-tool", "user", "setpassword", f"--configfile={settings.smb_conf}", settings.bind_user, "--newpassword"]
        changed = await asyncio.create_subprocess_exec(*command, "Another-1-password", stdout=subprocess.DEVNULL)
        await changed.wait()
        relay.cut()
        await asyncio.sleep(seconds)
        back = await asyncio.create_subprocess_exec(*command, settings.password, stdout=subprocess.DEVNULL)
        await back.wait()

    async def closed(seconds):
        await relay.close()
        await asyncio.sleep(seconds)
        await relay.open()

    async def stalled(seconds):
        relay.through.clear()
        await asyncio.sleep(seconds)
        relay.through.set()

    async def stalled_and_cut(seconds):
        relay.through.clear()
        await asyncio.sleep(seconds)
        relay.cut()
        relay.through.set()

    def reset(every):
        async def some_reset(seconds):
            relay.cut()
            relay.every = every
            await asyncio.sleep(seconds)
            relay.every = 0
        return some_reset

    kinds = {
        "port closed": closed,
        "stalled, then answered": stalled,
        "stalled, then cut": stalled_and_cut,
        "password of the bind account changed": bind_refused,
        "every 3rd connection reset": reset(3),
        "every 5th connection reset": reset(5),
    }
    print("| outage | times | right: 200 | 503 | **401** | 429 | lost | most 401 in one | wrong: 401 | 503 | other | first 200 after the end, median / longest |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    state = {"mistyped": 0}
    for kind, (name, outage) in enumerate(kinds.items()):
        tally = Tally()
        # What one kind of outage did to an address does not count for the next kind.
        state["office"] = f"10.1.{kind}.1"
        for n in range(number):
            seconds = SHORTEST * (LONGEST / SHORTEST) ** (n / max(number - 1, 1))
            state |= {"over": False, "ended": None, "first": None}
            before = tally.right["401"]
            tasks = [asyncio.create_task(client(settings, i, tally, state)) for i in range(CLIENTS)]
            tasks.append(asyncio.create_task(mistyping(settings, tally, state)))
            await asyncio.sleep(2)
            await outage(seconds)
            state["ended"] = time.monotonic()
            await asyncio.sleep(AFTERWARDS)
            state["over"] = True
            await asyncio.gather(*tasks)
            tally.worst = max(tally.worst, tally.right["401"] - before)
            tally.first_right.append(state["first"] if state["first"] is not None else float("inf"))
        right, wrong = tally.right, tally.wrong
        first = sorted(tally.first_right)
        other = sum(wrong.values()) - wrong["401"] - wrong["503"]
        print(
            f"| {name} | {number} | {right['200']} | {right['503']} | **{right['401']}** | {right['429']} | {right['lost']} "
            f"| {tally.worst} | {wrong['401']} | {wrong['503']} | {other} | {first[len(first) // 2]:.1f} / {first[-1]:.1f} s |",
            flush=True,
        )


def settings():
    parser = argparse.ArgumentParser(description="plays the clients of scripts/samba.sh, and the network behind Openfire")
    number = {"type": int, "required": True}
    parser.add_argument("--service", help="port of the service", **number)
    parser.add_argument("--relay", help="port at which Openfire looks for the directory", **number)
    parser.add_argument("--directory", help="port of the directory", **number)
    parser.add_argument("--password", help="the password of all users", required=True)
    parser.add_argument("--smb-conf", help="configuration of the directory", required=True)
    parser.add_argument("--bind-user", help="account with which Openfire searches", required=True)
    parser.add_argument("--logins", help="try who can log in, also at this port, of a service with `login_names`", type=int)
    parser.add_argument("--outages", help="so many outages of each kind", type=int, default=0)
    parser.add_argument("--preview", help="a command to which a user's name is added", type=str.split)
    return parser.parse_args()


async def main():
    chosen = settings()
    relay = Relay(chosen.directory)
    await relay.serve(chosen.relay)
    if chosen.logins:
        await logins(chosen)
    if chosen.preview:
        await previews(chosen)
    if chosen.outages:
        await outages(chosen, relay)


if __name__ == "__main__":
    asyncio.run(main())
