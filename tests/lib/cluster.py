"""A throw-away server for tests: its own directory, socket directory and port; gone when the test ends.

    with Cluster() as c:
        c.psql("select 1")            -> "1"
        c.query("select 1")           -> [["1"]]
        c.crash(); c.start()          kill -9 of the whole family, then recovery

Conditions are waited for (wait_for), never slept for.
"""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

BIN = pathlib.Path(os.environ.get("MATRIARCH_BIN", "build/bin")).resolve()
CLIENT = pathlib.Path(os.environ.get("PG_CLIENT_BIN", "/usr/lib/postgresql/15/bin"))


class SqlError(Exception):
    def __init__(self, stderr):
        super().__init__(stderr)
        self.stderr = stderr


def wait_for(condition, what, timeout=60):
    """Polls condition() until it is true; its last value is returned."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"timed out waiting for {what}")
        time.sleep(0.02)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Cluster:
    def __init__(self, conf=None, initdb_args=(), env=None):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="matriarch-test-"))
        os.chmod(self.dir, 0o777)
        self.data = self.dir / "data"
        self.log = self.dir / "log"
        self.port = free_port()
        self.env = dict(os.environ, **(env or {}))
        self.conf = {"listen_addresses": "'127.0.0.1'", "unix_socket_directories": f"'{self.dir}'",
                     "port": self.port, "max_connections": 50, "shared_buffers": "32MB", "fsync": "off"}
        self.conf.update(conf or {})
        self.initdb_args = list(initdb_args)
        self.process = None

    # ---- life
    def initdb(self):
        run = subprocess.run([BIN / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "--locale=C.UTF-8",
                              "-E", "UTF8", *self.initdb_args], capture_output=True, text=True, env=self.env)
        if run.returncode != 0:
            raise AssertionError(f"initdb failed:\n{run.stdout}\n{run.stderr}")
        with open(self.data / "postgresql.conf", "a") as f:
            for name, value in self.conf.items():
                f.write(f"{name} = {value}\n")

    def start(self, wait=True, extra_env=None, extra_args=()):
        log = open(self.log, "ab")
        self.process = subprocess.Popen([BIN / "postgres", "-D", self.data, *extra_args], stdout=log, stderr=log,
                                        stdin=subprocess.DEVNULL, env=dict(self.env, **(extra_env or {})),
                                        start_new_session=True)
        log.close()
        if wait:
            self.wait_ready()

    def wait_ready(self, timeout=60):
        def ready():
            if self.process.poll() is not None:
                raise AssertionError(f"server ended with {self.process.returncode}:\n{self.log_text()[-4000:]}")
            try:
                return self.psql("select 1", timeout=10) == "1"
            except (SqlError, subprocess.TimeoutExpired):
                return False
        wait_for(ready, "the server to accept connections", timeout)

    def stop(self, mode="fast", timeout=60):
        number = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}[mode]
        pid = self.postmaster_pid()
        if pid and self.process.poll() is None:
            os.kill(pid, number)
        return self.process.wait(timeout)

    def postmaster_pid(self):
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n")[0])
        except (FileNotFoundError, ValueError):
            return None

    def pids(self):
        """Postmaster and all its children."""
        pid = self.postmaster_pid()
        if pid is None:
            return []
        found = [pid]
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    ppid = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                except (OSError, IndexError, ValueError):
                    continue
                if ppid == pid:
                    found.append(int(entry.name))
        return found

    def crash(self):
        """kill -9 of everything at once; returns when all of it is gone."""
        victims = self.pids()
        for pid in victims:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait(30)

        def all_gone():
            for pid in victims:
                try:
                    if pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX":
                        return False
                except OSError:
                    pass
            return True
        wait_for(all_gone, "the killed processes to end")

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    # ---- clients
    def client_env(self, db="postgres", user="postgres"):
        return dict(self.env, PGHOST=str(self.dir), PGPORT=str(self.port), PGUSER=user, PGDATABASE=db,
                    PGCONNECT_TIMEOUT="20", PGCLIENTENCODING="UTF8")

    def psql(self, sql, db="postgres", user="postgres", timeout=120, args=()):
        run = subprocess.run([CLIENT / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *args], input=sql,
                             capture_output=True, text=True, timeout=timeout, env=self.client_env(db, user))
        if run.returncode != 0 or (not args and "ERROR" in run.stderr):
            raise SqlError(run.stderr)
        return run.stdout.rstrip("\n")

    def query(self, sql, **kw):
        out = self.psql(sql, **kw)
        return [line.split("|") for line in out.split("\n")] if out else []

    def client(self, program, *args, db="postgres", user="postgres", check=True, timeout=300, **kw):
        run = subprocess.run([CLIENT / program, *args], capture_output=True, text=True, timeout=timeout,
                             env=self.client_env(db, user), **kw)
        if check and run.returncode != 0:
            raise AssertionError(f"{program} failed:\n{run.stdout}\n{run.stderr}\n{self.log_text()[-2000:]}")
        return run

    # ---- with
    def __enter__(self):
        self.initdb()
        self.start()
        return self

    def __exit__(self, kind, value, trace):
        try:
            if self.process and self.process.poll() is None:
                self.stop("immediate", timeout=20)
        except Exception:
            self.crash()
        if kind is not None:
            print(f"--- end of server log ---\n{self.log_text()[-3000:]}")
        shutil.rmtree(self.dir, ignore_errors=True)
