"""Experiments on a whole portal: HOCBA=target/ci/hocba python3 tests/chaos/fire.py PART…

Each part says what it did and what it counted, and ends with exit code 1 at the first thing that is not as
promised. tests/chaos/run starts it; tests/chaos/README.md says what each part promises.
"""

import fcntl
import json
import os
import random
import secrets
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from portal import HOCBA, UNLIMITED, Nation, Server, check, fail, hocba, journal_lines, ledger_size, must

# What a file system does when its disk loses power (linux/fs/ext4/ext4.h).
EXT4_IOC_SHUTDOWN, EXT4_GOING_FLAGS_NOLOGFLUSH = 0x8004587D, 2
PERSONAL = ("birth", "full_name", "hoten", "ngaysinh", "disclos")


def number(name, default):
    return int(os.environ.get(name, default))


def tmpfs(nation, size):
    check(os.getuid() == 0, "this part mounts a tmpfs and needs root")
    place = nation.dir / f"mount-{secrets.token_hex(4)}"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], check=True)
    return place


def umount(place):
    subprocess.run(["umount", "-l", place], check=False)


def full_disk(nation):
    """A serving writer whose disk fills up while it takes packages."""
    used = sum(f.stat().st_size for f in nation.data.rglob("*") if f.is_file())
    place = tmpfs(nation, "1g")
    try:
        data = nation.copy(place)
        with Server(data, UNLIMITED) as server:
            expected = server.answers(nation.codes)
            filler = place / "filler"
            free = shutil.disk_usage(place).free
            subprocess.run(["fallocate", "-l", str(free - 40_000), filler], check=True)
            before, met = ledger_size(data), 0
            for package in nation.later:
                met += hocba(data, "ingest", package).returncode == 2
            check(met > 0, "the disk never filled up")
            asked = server.answers(nation.codes)
            if ledger_size(data) == before:
                check(asked == expected, "an answer changed although nothing was taken")
            wrong = [c for c, a in asked.items() if a.get("verdict") not in (expected[c]["verdict"], "unchecked", "withdrawn", "suspended")]
            check(not wrong, f"{len(wrong)} wrong answers on a full disk")
            disclosed = disclosures_on_a_full_disk(nation, server, data, place)
            filler.unlink()
            (place / "last").unlink()
            for package in nation.later:
                must(data, "ingest", package)
            reflecting(server, ledger_size(data))
            after = server.answers(nation.codes)
            opens = [server.disclose(code, birth) for code, birth in nation.births.items()]
            check(200 in opens, "with room again nothing is disclosed")
            check(server.stop() == 0, "it did not stop cleanly")
        must(data, "audit")
        with Server(undisturbed(nation), UNLIMITED) as other:
            check(after == other.answers(nation.codes), "other answers than those of an undisturbed portal")
        print(f"portal of {used >> 10} KiB on a disk that filled up: {met} of {len(nation.later)} packages met it and were refused with "
              f"exit 2, {len(asked)} verdicts meanwhile, 0 wrong; {disclosed}; with room again all were taken, audit clean")
    finally:
        umount(place)


def disclosures_on_a_full_disk(nation, server, data, place):
    """Right birth dates until the journal finds no room: what is shown has its line, the rest is refused."""
    with open(place / "last", "wb", buffering=0) as last:
        try:
            while last.write(bytes(4096)):
                pass
        except OSError:
            pass
    before, statuses = journal_lines(data), []
    for code, birth in list(nation.births.items()) * 3:
        statuses.append(server.disclose(code, birth))
    shown, lines = statuses.count(200), journal_lines(data) - before
    check(shown <= lines, f"{shown} disclosures with {lines} lines in the journal")
    check(statuses.count(503) > 0, f"the journal never met the full disk: {sorted(set(statuses))}")
    return f"{shown} disclosures with {lines} lines in the journal, then {statuses.count(503)} refused with 503"


def undisturbed(nation):
    data = nation.copy()
    must(data, "ingest", *nation.later)
    return data


def reflecting(server, size):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        status, _, body = server.get("/readyz")
        if status == 200 and json.loads(body)["reflected_size"] >= size:
            return
        time.sleep(0.1)
    fail("the server does not follow")


def read_only(nation):
    """A replica over a ledger on a read-only disk, its writer dead; then a disk that is read-only as a whole."""
    check(os.getuid() == 0, "this part mounts and needs root")
    data = nation.copy()
    with Server(data, UNLIMITED) as server:
        expected = server.answers(nation.codes)
        check(server.stop() == 0, "it did not stop cleanly")
    with read_only_mount(data / "ledger"):
        with Server(data, UNLIMITED, roles=("public",)) as server:
            asked = server.answers(nation.codes)
            check(asked == expected, "other answers from a read-only ledger")
            age = server.verdict(nation.codes[0])[1]["as_of"]["checkpoint_time"]
            check(age, "no age is shown")
            check(server.stop() == 0, "it did not stop cleanly")
        taken = hocba(data, "ingest", nation.later[0])
        check(taken.returncode == 2, f"ingest into a read-only ledger: exit {taken.returncode}")
        check("check the mount" in taken.stderr, f"ingest into a read-only ledger advises: {taken.stderr}")
    with read_only_mount(data), Server(data, roles=("public",), wait=False) as server:
        code = server.child.wait(60)
        said = server.log.read_text()
        check(code == 2 and "panicked" not in said and "Read-only" in said, f"exit {code}: {said}")
    print(f"read-only ledger, writer dead: {len(asked)} verdicts as before, as of {age}; ingest: exit 2, "
          f"{taken.stderr.strip().splitlines()[-1]}; everything read-only, journal too: serve says so and ends with exit 2")


@contextmanager
def read_only_mount(place):
    subprocess.run(["mount", "--bind", place, place], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", place], check=True)
        yield
    finally:
        umount(place)


def library():
    found = list(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    check(found, "libfaketime is missing (Debian: faketime)")
    return str(found[0])


def clock(nation):
    """The clock jumps between two packages, and under a running server."""
    for jump, refused in (("-1h", False), ("+1d", False), ("+10y", True)):
        data = nation.copy()
        env = {"LD_PRELOAD": library(), "FAKETIME": jump, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        before = ledger_size(data)
        done = hocba(data, "ingest", nation.later[0], env=env)
        # A day is the most that is believed: a moment more since the last package is one too many.
        expected = (2,) if refused else ((0, 2) if jump == "+1d" else (0,))
        check(done.returncode in expected, f"{jump}: exit {done.returncode}: {done.stderr}")
        if done.returncode == 2:
            check(ledger_size(data) == before, f"{jump}: refused and yet logged")
        # With the right clock again everything goes on, and the audit finds no entry before another.
        for package in nation.later:
            must(data, "ingest", package)
        must(data, "audit")
        said = (done.stderr.strip().splitlines() or ["taken"])[-1]
        print(f"clock {jump} at one ingest: exit {done.returncode} ({said}); then the right time again: all taken, audit clean")
    data, times = nation.copy(), nation.dir / "time"
    times.write_text("+0")
    env = {"LD_PRELOAD": library(), "FAKETIME_TIMESTAMP_FILE": str(times), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    with Server(data, f"{UNLIMITED}[log]\ncosign_every_s = 1\n", env=env) as server:
        expected = server.answers(nation.codes)
        for jump in ("-1h", "+1d", "+10y", "+0"):
            times.write_text(jump)
            time.sleep(3)
            asked = server.answers(nation.codes)
            verdicts = {a.get("verdict") for a in asked.values()}
            wrong = [c for c, a in asked.items() if a.get("verdict") != "unchecked" and a != expected[c]]
            # Sheets frozen before their day take effect as days go by; that is no wrong answer.
            if jump in ("+1d", "+10y"):
                wrong = [c for c in wrong if expected[c]["verdict"] != "not_in_force" and asked[c].get("verdict") != expected[c]["verdict"]]
            check(not wrong, f"{jump}: {len(wrong)} wrong answers while serving")
            print(f"clock {jump} while serving: {len(asked)} verdicts, 0 wrong, {sorted(map(str, verdicts))}")
        check(server.stop() == 0, "it did not stop cleanly")
    must(data, "audit")


def terms(nation):
    """SIGTERM, again and again, under load."""
    data, rounds, answered, lost = nation.copy(), number("HOCBA_TERMS", 50), [0], []

    def load(server, stop):
        ask = f"GET /api/v1/transcripts/{nation.codes[0]} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        while not stop.is_set():
            try:
                with socket.create_connection(("127.0.0.1", server.port), timeout=20) as one:
                    one.sendall(ask)
                    answer = b"".join(iter(lambda: one.recv(65536), b""))
            except OSError:
                # Not taken from the queue of the system: never accepted.
                continue
            if answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"}"):
                answered[0] += 1
            elif answer:
                lost.append(answer[:60])

    for _ in range(rounds):
        with Server(data, UNLIMITED) as server:
            stop = threading.Event()
            clients = [threading.Thread(target=load, args=(server, stop)) for _ in range(6)]
            [c.start() for c in clients]
            time.sleep(random.uniform(0.1, 0.4))
            code = server.stop()
            stop.set()
            [c.join() for c in clients]
            check(code == 0, f"exit {code} after SIGTERM: {server.log.read_text()}")
    check(not lost, f"{len(lost)} accepted requests dropped: {lost[:3]}")
    must(data, "audit")
    print(f"{rounds} SIGTERMs under load: {answered[0]} requests answered around them, 0 accepted ones dropped, each exit 0")


def codes(nation):
    """Random codes: an answer of one shape, and nothing about anybody."""
    count, data = number("HOCBA_CODES", 1_000_000), nation.copy()
    known, shapes, lock = set(nation.codes), set(), threading.Lock()
    with Server(data, UNLIMITED, roles=("public",)) as server:

        def probe(share):
            connection, found = server.connect(), set()
            for _ in range(share):
                code = secrets.token_hex(16)
                if code in known:
                    continue
                status, headers, body = server.get(f"/api/v1/transcripts/{code}", connection=connection)
                answer = json.loads(body)
                length = len(body) - len(json.dumps(answer["as_of"], separators=(",", ":")))
                names = sorted(n.lower() for n in headers if n.lower() not in ("date", "x-request-id", "content-length"))
                found.add((status, answer["verdict"], length, tuple(sorted(answer)), tuple(names), len(answer["sheets"])))
                check(not any(word in body.decode().lower() for word in PERSONAL), "something personal in an answer")
            with lock:
                shapes.update(found)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(probe, [count // 4] * 4))
        check(len(shapes) == 1, f"{len(shapes)} shapes of answers: {shapes}")
        status, verdict, length, *_ = shapes.pop()
        check(verdict == "unknown", f"a random code is {verdict}")
        check(server.stop() == 0, "it did not stop cleanly")
        log = server.log.read_text()
    check(not any(word in log for word in PERSONAL), "something personal in the log")
    print(f"{count} random codes: all {status} {verdict}, {length} bytes beside the ledger's state, one set of headers, nothing personal")


def forwarded(nation):
    """Forged X-Forwarded-For, with and without a proxy that is trusted."""
    limits = "[limits]\nverdicts_per_minute = 1\nverdict_burst = 50\n"
    asks = number("HOCBA_FORGED", 5000)

    def count(server, forge):
        with ThreadPoolExecutor(8) as pool:
            ask = lambda i: server.get(f"/api/v1/transcripts/{nation.codes[i % len(nation.codes)]}", {"X-Forwarded-For": forge(i)})[0]
            statuses = list(pool.map(ask, range(asks)))
        check(set(statuses) <= {200, 429}, f"answers {set(statuses)}")
        return statuses.count(200)

    forge = lambda i: f"203.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}"
    with Server(nation.copy(), limits, roles=("public",)) as server:
        alone = count(server, forge)
        # The limit is one of a minute, so a slow run may see a few more than the burst.
        check(alone <= 60, f"{alone} answers to forged addresses past a burst of 50")
    with Server(nation.copy(), f'trusted_proxies = ["127.0.0.1/32"]\n{limits}', roles=("public",)) as server:
        behind = count(server, lambda i: f"{forge(i)}, 198.51.100.9")
        check(behind <= 60, f"{behind} answers to one client that forges hops")
        honest = server.get(f"/api/v1/transcripts/{nation.codes[0]}", {"X-Forwarded-For": "198.51.100.10"})[0]
        check(honest == 200, "another client behind the proxy is locked out")
    print(f"{asks} forged X-Forwarded-For each: {alone} answered without a trusted proxy, {behind} behind one (burst 50); "
          "another client is served")


def soak(nation):
    """A steady load for an hour, packages in between: neither memory nor descriptors grow."""
    minutes, data = float(os.environ.get("MINUTES", "60")), nation.copy()
    with Server(data, UNLIMITED) as server:
        stop, asked, faults = threading.Event(), [0], []

        def load(seed):
            dice, connection = random.Random(seed), server.connect()
            while not stop.is_set():
                code = dice.choice(nation.codes) if dice.random() < 0.9 else secrets.token_hex(16)
                path = f"/api/v1/transcripts/{code}" if dice.random() < 0.8 else f"/v/{code}"
                status = server.get(path, connection=connection)[0]
                asked[0] += 1
                if status not in (200, 404):
                    faults.append(status)
                if dice.random() < 0.01:
                    # A wrong birth date: a try that is counted, and soon refused.
                    server.disclose(dice.choice(nation.codes))
                time.sleep(0.002)

        clients = [threading.Thread(target=load, args=(i,)) for i in range(4)]
        [c.start() for c in clients]
        samples, began, later = [], time.monotonic(), list(nation.later)
        while (spent := time.monotonic() - began) < minutes * 60:
            time.sleep(min(10, minutes * 60 / 40))
            # Packages come in the first third, so that what they add is there before the comparison.
            if later and spent < minutes * 20:
                must(data, "ingest", later.pop(0))
            samples.append((spent / (minutes * 60), *weight(server.child.pid)))
            if os.environ.get("HOCBA_SAMPLES"):
                print(*map(lambda x: round(x, 2), samples[-1]), flush=True)
        stop.set()
        [c.join() for c in clients]
        check(server.stop() == 0, "it did not stop cleanly")
    check(not faults, f"{len(faults)} answers that are no answers: {set(faults)}")
    middle = lambda of, low, high: statistics.median(s[of] for s in samples if low <= s[0] <= high)
    memory, descriptors = (middle(1, 0.4, 0.55), middle(1, 0.85, 1)), (middle(2, 0.4, 0.55), middle(2, 0.85, 1))
    growth = memory[1] / memory[0] - 1
    print(f"{minutes:g} minutes, {asked[0]} requests: memory {memory[0]:.1f} → {memory[1]:.1f} MB ({growth:+.1%}), "
          f"descriptors {descriptors[0]:g} → {descriptors[1]:g}")
    check(growth <= 0.05, "memory grew by more than 5 %")
    check(descriptors[1] <= descriptors[0], "descriptors grew")


def weight(pid):
    """Resident memory in MB, open descriptors."""
    status = Path(f"/proc/{pid}/status").read_text()
    kib = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return kib * 1024 / 1e6, len(os.listdir(f"/proc/{pid}/fd"))


@contextmanager
def ext4(nation, megabytes):
    """A disk in a file; gives the place, and what cuts its power: nothing that was not synced survives."""
    check(os.getuid() == 0, "this part mounts a file system and needs root")
    image, place = nation.dir / f"image-{secrets.token_hex(4)}", nation.dir / f"mount-{secrets.token_hex(4)}"
    place.mkdir()
    with open(image, "wb") as file:
        file.truncate(megabytes << 20)
    subprocess.run(["mkfs.ext4", "-q", image], check=True)
    mount = lambda: subprocess.run(["mount", "-o", "loop", image, place], check=True)

    @contextmanager
    def cut():
        """Without power; whoever still runs there is to be ended before it comes back."""
        here = os.open(place, os.O_RDONLY)
        fcntl.ioctl(here, EXT4_IOC_SHUTDOWN, struct.pack("I", EXT4_GOING_FLAGS_NOLOGFLUSH))
        os.close(here)
        yield
        subprocess.run(["umount", place], check=True)
        mount()

    mount()
    try:
        yield place, cut
    finally:
        umount(place)
        image.unlink()


def search_of(data):
    return json.loads(hocba(data, "--json", "status").stdout)["search"]


def indexed(data):
    """Waits until the search index holds the whole ledger."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        search = search_of(data)
        if search["ready"] and search["ledger_size"] == ledger_size(data):
            return search
        time.sleep(0.1)
    fail(f"the search index does not follow: {search}")


def power(nation):
    """Power cuts at random moments of a serving writer with the offices role, while it takes packages."""
    roles, cuts, lost, anew, packages = ("public", "offices", "writer"), number("HOCBA_CUTS", 60), 0, 0, nation.first + nation.later
    with ext4(nation, 512) as (place, cut):
        data, taken = place / "data", 0
        for i in range(cuts):
            if taken == len(packages) or not data.exists():
                shutil.rmtree(data, ignore_errors=True)
                nation.new_portal(data)
                subprocess.run(["sync"], check=True)
                taken = 0
            server = Server(data, UNLIMITED, roles=roles)
            acknowledged = ledger_size(data)
            moment, ingest = time.monotonic() + random.uniform(0, 3), None
            while time.monotonic() < moment and taken < len(packages):
                ingest = subprocess.Popen([HOCBA, "--data", data, "ingest", nation.own(packages[taken])], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                try:
                    code = ingest.wait(max(0, moment - time.monotonic()))
                except subprocess.TimeoutExpired:
                    break
                check(code == 0, f"exit {code} in place of 0")
                taken, acknowledged = taken + 1, ledger_size(data)
            with cut():
                if ingest:
                    ingest.kill()
                    ingest.wait()
                server.stop(signal.SIGKILL)
            check(ledger_size(data) >= acknowledged, "something acknowledged was lost")
            with Server(data, UNLIMITED, roles=roles) as again:
                before = search_of(data)["ledger_size"]
                lost += 0 < before < ledger_size(data)
                sheets = indexed(data)["sheets"]
                check(again.stop() == 0, "it did not stop cleanly")
                anew += "the search index begins anew" in again.log.read_text()
            # The last package may be in without anybody having been told.
            taken += taken < len(packages) and ledger_size(data) > acknowledged
            found = json.loads(must(data, "--json", "audit").stdout)["checks"]
            about = next(check["found"] for check in found if check["checked"] == "search index")
            # Before the first package there is nothing to commit.
            agrees = f"{sheets} sheets of {ledger_size(data)} entries agree"
            check(about.startswith(agrees) or (sheets == 0 and about.startswith("none here")), about)
    print(f"{cuts} power cuts: nothing acknowledged lost; the index was behind the ledger {lost} times and in doubt {anew} times, "
          f"and held all of it again each time; audits clean")


PARTS = {"full": full_disk, "power": power, "readonly": read_only, "clock": clock, "terms": terms, "codes": codes, "forwarded": forwarded, "soak": soak}

if __name__ == "__main__":
    with Nation(number("HOCBA_LEARNERS", 300)) as made:
        for name in sys.argv[1:] or PARTS:
            PARTS[name](made)
