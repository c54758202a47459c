"""The postmaster seen from outside: files, signals, exits, pg_ctl, cancel.

Goal: what people and tools rely on (postmaster.pid, titles, exit codes, shutdown modes) is PostgreSQL's; a dead backend resets the server
and nothing else. Method: real servers, conditions waited for.
"""
import os
import signal
import subprocess

from cluster import BIN, Cluster, SqlError, wait_for


def pid_file(c):
    return (c.data / "postmaster.pid").read_text().split("\n")


def children(pid):
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8") as f:
                if int(f.read().rsplit(")", 1)[1].split()[1]) != pid:
                    continue
            with open(f"/proc/{entry}/cmdline", "rb") as f:
                found[int(entry)] = f.read().replace(b"\0", b" ").decode().strip()
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def postmaster_pid(c):
    return int(pid_file(c)[0])


def test_pid_file_and_titles():
    with Cluster() as c:
        lines = pid_file(c)
        assert lines[1] == str(c.data), lines
        assert lines[3] == str(c.port) and lines[4] == str(c.dir) and lines[5] == "127.0.0.1", lines
        assert lines[7].startswith("ready"), lines
        titles = set(children(postmaster_pid(c)).values())
        for title in ("postgres: checkpointer", "postgres: background writer", "postgres: walwriter"):
            assert title in titles, titles
        assert os.readlink(f"/proc/{postmaster_pid(c)}/cwd") == str(c.data)


def test_second_postmaster_is_refused():
    with Cluster() as c:
        run = subprocess.run([BIN / "postgres", "-D", c.data, "-p", "1"], capture_output=True, text=True, check=False)
        assert run.returncode == 1, run
        assert 'lock file "postmaster.pid" already exists' in run.stderr, run.stderr
        assert c.psql("select 1") == "1"


def test_shutdown_modes():
    for signo, clean in ((signal.SIGTERM, True), (signal.SIGINT, True), (signal.SIGQUIT, False)):
        with Cluster() as c:
            os.kill(postmaster_pid(c), signo)
            wait_for(lambda: not (c.data / "postmaster.pid").exists(), "postmaster.pid to go")
            state = subprocess.run([BIN / "pg_controldata", c.data], capture_output=True, text=True, check=True).stdout
            assert ("shut down\n" in state) == clean, state


def sleeping_backend(c):
    """A client in pg_sleep: its process and its backend's pid."""
    before = set(children(postmaster_pid(c)))
    client = subprocess.Popen([c_psql(), "-h", str(c.dir), "-p", str(c.port), "-U", "postgres", "-c", "select pg_sleep(60)"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    backend = wait_for(lambda: [p for p, t in children(postmaster_pid(c)).items() if p not in before and "SELECT" in t],
                       "a sleeping backend")[0]
    return client, backend


def test_crashed_backend_resets_and_the_server_comes_back():
    with Cluster() as c:
        client, backend = sleeping_backend(c)
        os.kill(backend, signal.SIGSEGV)
        assert "server closed the connection" in client.communicate(timeout=30)[1]

        def alive():
            try:
                return c.psql("select 1") == "1"
            except SqlError:
                return False
        wait_for(alive, "the server to come back")
        wait_for(lambda: "all server processes terminated; reinitializing" in c.log_text(), "the reset in the log")


def test_killed_backend_disturbs_nobody():
    with Cluster() as c:
        client, backend = sleeping_backend(c)
        other, other_backend = sleeping_backend(c)
        os.kill(backend, signal.SIGKILL)
        assert "server closed the connection" in client.communicate(timeout=30)[1]
        assert c.psql("select 1") == "1"
        assert other.poll() is None and other_backend in children(postmaster_pid(c))
        other.send_signal(signal.SIGINT)
        assert "canceling statement due to user request" in other.communicate(timeout=30)[1]


def c_psql():
    from cluster import CLIENT
    return CLIENT / "psql"


def test_cancel_and_terminate():
    with Cluster() as c:
        client = subprocess.Popen([c_psql(), "-h", str(c.dir), "-p", str(c.port), "-U", "postgres", "-c",
                                   "select pg_sleep(60)"], stderr=subprocess.PIPE, text=True)
        wait_for(lambda: any("SELECT" in t for t in children(postmaster_pid(c)).values()), "the query to run")
        client.send_signal(signal.SIGINT)
        assert "canceling statement due to user request" in client.communicate(timeout=30)[1]


def test_pg_ctl():
    with Cluster() as c:
        ctl = [BIN / "pg_ctl", "-D", str(c.data)]
        status = subprocess.run([*ctl, "status"], capture_output=True, text=True, check=False)
        assert status.returncode == 0 and f"(PID: {postmaster_pid(c)})" in status.stdout, status
        promote = subprocess.run([*ctl, "promote"], capture_output=True, text=True, check=False)
        assert promote.returncode == 1 and "server is not in standby mode" in promote.stderr, promote
        assert subprocess.run([*ctl, "stop", "-m", "fast"], capture_output=True, check=False).returncode == 0
        status = subprocess.run([*ctl, "status"], capture_output=True, text=True, check=False)
        assert status.returncode == 3 and "no server running" in status.stdout, status


def test_settings_reload():
    with Cluster() as c:
        assert c.psql("show work_mem") == "4MB"
        c.psql("alter system set work_mem = '7MB'")
        os.kill(postmaster_pid(c), signal.SIGHUP)
        wait_for(lambda: c.psql("show work_mem") == "7MB", "the new setting")
