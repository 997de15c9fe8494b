"""A synthetic portal and its server, for the experiments of tests/chaos/fire.py. Standard library only."""

import base64
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HOCBA = os.path.abspath(os.environ["HOCBA"])
UNLIMITED = "[limits]\nverdicts_per_minute = 6000000\nverdict_burst = 3000000\n"


def fail(text):
    sys.exit(f"FAILED: {text}")


def check(holds, text):
    if not holds:
        fail(text)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def hocba(data, *arguments, env=None):
    """One command, to its end; a panic is a failure whatever it was about."""
    command = [HOCBA, "--data", str(data), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(env or {})})
    check("panicked" not in done.stderr, f"a panic: {done.stderr}")
    return done


def must(data, *arguments, env=None):
    done = hocba(data, *arguments, env=env)
    check(done.returncode == 0, f"exit {done.returncode}: {arguments}: {done.stderr}")
    return done


def unpacked(text):
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def journal_lines(data):
    return sum(part.read_bytes().count(b"\n") for part in (Path(data) / "journal").glob("*.jsonl"))


def ledger_size(data):
    """As the checkpoint says it, the second line of the note."""
    return int((Path(data) / "ledger/checkpoint").read_text().splitlines()[1])


class Nation:
    """Packages made once, and a portal that took all but the last few."""

    def __init__(self, learners=300, later=4):
        self.dir = Path(tempfile.mkdtemp(prefix="hocba-chaos-"))
        made = must(self.dir / "none", "--json", "synth", "--out", self.dir / "nation", "--learners", learners, "--provinces", 2)
        self.packages = [Path(p) for p in json.loads(made.stdout)["packages"]]
        self.root = self.dir / "nation/root.jwk"
        self.first, self.later = self.packages[:-later], self.packages[-later:]
        self.data = self.dir / "data"
        self.new_portal(self.data)
        must(self.data, "ingest", *self.first)
        self.births = {}
        self.codes = sorted(self.find_codes())

    def new_portal(self, data):
        must(data, "key", "portal", "--root", self.root)

    def find_codes(self):
        """Codes of the transcripts in the first packages; notes whole birth dates."""
        codes = set()
        for package in self.first:
            text = subprocess.run(["zstd", "-dc", package], capture_output=True, check=True).stdout
            for line in text.splitlines():
                envelope = json.loads(line)
                claims = unpacked(envelope["payload"])
                if "madinhdanhhocba" not in claims:
                    continue
                codes.add(claims["madinhdanhhocba"])
                for disclosure in envelope["signatures"][0].get("header", {}).get("disclosures", []):
                    _, name, value = unpacked(disclosure)
                    if name == "name" and len(value.get("ngaythangnamsinh", "")) == 10:
                        self.births[claims["madinhdanhhocba"]] = value["ngaythangnamsinh"]
        return codes

    def own(self, package):
        """A copy of a package, whose receipt then lies beside the copy."""
        return shutil.copy(package, Path(tempfile.mkdtemp(dir=self.dir)) / package.name)

    def copy(self, to=None):
        to = Path(to or tempfile.mkdtemp(dir=self.dir)) / "data"
        shutil.copytree(self.data, to, ignore=shutil.ignore_patterns("run"))
        return to

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir, ignore_errors=True)


class Server:
    """`hocba serve`, killed at the end if it did not end before."""

    def __init__(self, data, settings="", roles=("public", "writer"), env=None, wait=True):
        self.port, self.admin = free_port(), free_port()
        self.dir = Path(tempfile.mkdtemp(prefix="hocba-serve-"))
        config = self.dir / "test.toml"
        # What stands before the first table is about serving.
        before, _, after = f"\n{settings}".partition("\n[")
        config.write_text(
            f'[serve]\nworkers = 2\nadmin_listen = "127.0.0.1:{self.admin}"\nroles = {json.dumps(roles)}\n{before}\n'
            + (f"[{after}" if after else "")
        )
        self.log = self.dir / "log"
        command = [HOCBA, "--data", str(data), "--config", str(config), "serve", "--listen", f"127.0.0.1:{self.port}"]
        self.child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.log.open("wb"), env={**os.environ, **(env or {})}
        )
        if wait:
            self.wait_ready()

    def wait_ready(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            check(self.child.poll() is None, f"the server stopped: {self.log.read_text()}")
            if self.get("/readyz")[0] == 200:
                return
            time.sleep(0.05)
        fail(f"the server is not ready: {self.log.read_text()}")

    def connect(self, timeout=30):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def get(self, path, headers=None, connection=None):
        """Status, headers and body; status 0 without an answer."""
        one = connection or self.connect()
        try:
            one.request("GET", path, headers={"Accept": "application/json", **(headers or {})})
            answer = one.getresponse()
            return answer.status, answer.headers, answer.read()
        except (OSError, http.client.HTTPException):
            # The next request on it connects again.
            one.close()
            return 0, None, b""
        finally:
            if connection is None:
                one.close()

    def verdict(self, code, **more):
        status, _, body = self.get(f"/api/v1/transcripts/{code}", **more)
        return status, json.loads(body) if body else {}

    def disclose(self, code, birth="1999-01-01"):
        """Status of an attempt to see the content."""
        one = self.connect()
        try:
            body = json.dumps({"date_of_birth": birth})
            one.request("POST", f"/api/v1/transcripts/{code}/disclosure", body, {"Content-Type": "application/json"})
            return one.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            one.close()

    def answers(self, codes):
        return {code: stable(self.verdict(code)[1]) for code in codes}

    def stop(self, number=signal.SIGTERM):
        """Its exit code."""
        if self.child.poll() is None:
            self.child.send_signal(number)
        code = self.child.wait(60)
        check("panicked at" not in self.log.read_text(), f"a panic: {self.log.read_text()}")
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


def stable(answer):
    """Without the moment it was given at and the ledger it reflects."""
    return {name: value for name, value in answer.items() if name not in ("checked_at", "as_of")}
