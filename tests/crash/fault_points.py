"""Goal: a crash at every fault point of storage and log leaves a database that recovers to exactly what was committed.

Method: for each name of src/sys/fault_points.list that begins with one of our folders, the server is started with that point armed to crash at
its n-th hit, and a fixed workload runs that reaches them all (DDL, DML, VACUUM, TRUNCATE, CHECKPOINT, many segments). Where the server dies it
is started again without the fault; what the client saw committed must be there. A point that is not reached is reported.
"""
import pathlib
import re
import subprocess

from cluster import Cluster, SqlError, wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
PREFIXES = ("md-", "sync-", "buffer-", "checkpoint-", "storage-", "wal-")
STEPS = [
    "create table a (id int primary key, v text)",
    "insert into a select i, repeat('a', 100) from generate_series(1, 3000) i",
    "update a set v = repeat('b', 150) where id % 3 = 0",
    "create table gone (x int); insert into gone select generate_series(1, 1000)",
    "checkpoint",
    "delete from a where id > 2900",
    "drop table gone",
    "vacuum a",
    "create table short (x int); insert into short select generate_series(1, 5000); delete from short",
    "vacuum short",
    "vacuum short",
    "insert into a select i, repeat('c', 500) from generate_series(5001, 9000) i",
    "checkpoint",
    "create table t2 (x int); insert into t2 values (1); truncate t2; insert into t2 values (2)",
    "update a set v = 'z' where id = 1",
    "checkpoint",
]


def points():
    text = (ROOT / "src/sys/fault_points.list").read_text()
    return [n for n in re.findall(r'FAULT\("([^"]+)"', text) if n.startswith(PREFIXES)]


def expected(done):
    """What select count(*), count of b, of c, of z on table a gives after so many steps."""
    rows = {}
    if done > 1:
        rows = {i: "a" for i in range(1, 3001)}
    if done > 2:
        rows.update({i: "b" for i in range(3, 3001, 3)})
    if done > 5:
        rows = {i: v for i, v in rows.items() if i <= 2900}
    if done > 11:
        rows.update({i: "c" for i in range(5001, 9001)})
    if done > 14:
        rows[1] = "z"
    return [str(len(rows))] + [str(sum(1 for v in rows.values() if v == x)) for x in "abcz"]


def run_steps(c, first=0):
    """Number of steps whose success the client has seen."""
    for number in range(first, len(STEPS)):
        try:
            c.psql(STEPS[number], timeout=60)
        except (SqlError, subprocess.TimeoutExpired):
            return number
    return len(STEPS)


def verify(c, done):
    if done < 1:
        return
    got = c.query("select count(*), " + ", ".join(f"count(*) filter (where v like '{x}%')" for x in "abcz") + " from a")[0]
    # The step that failed may have been committed all the same: its answer was lost.
    assert got in (expected(done), expected(done + 1)), f"after {done} steps: {got}, expected {expected(done)}"
    assert c.psql("set enable_seqscan = off; select count(*) from a where id > 0") == got[0]


def try_point(name, nth):
    c = Cluster(conf={"shared_buffers": "2MB", "restart_after_crash": "off", "min_wal_size": "2MB",
                      "max_wal_size": "4MB", "fsync": "on"}, initdb_args=["--wal-segsize=1"])
    try:
        c.initdb()
        c.start(wait=False, extra_env={"MATRIARCH_FAULTS": f"{name}:crash:{nth}"})
        done = 0
        try:
            c.wait_ready(30)
            done = run_steps(c)
        except AssertionError:
            pass
        reached = "fault point" in c.log_text()
        if c.process.poll() is None:
            c.crash()
        c.start()
        verify(c, done)
        c.stop("fast")
        return reached
    finally:
        c.__exit__(None, None, None)


def test_every_fault_point():
    missed = []
    for name in points():
        if not any([try_point(name, nth) for nth in (1, 7)]):
            missed.append(name)
    if missed:
        print("not reached:", ", ".join(missed))
