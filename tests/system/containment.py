"""A backend killed from outside (kill -9) is cleaned up after: its transaction is gone, its locks are free, and no other
session notices.

Method: sessions that hold or wait for locks are psql processes fed through pipes; one is killed; the others must go on with the
same connection.
"""
import os
import signal
import subprocess

from cluster import Cluster, wait_for


class Session:
    def __init__(self, c):
        self.p = subprocess.Popen(["psql", "-XqAt"], env=c.client_env(), text=True, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.pid = int(self.query("select pg_backend_pid()")[0])

    def send(self, sql):
        self.p.stdin.write(sql + ";\n\\echo <done>\n")
        self.p.stdin.flush()

    def lines(self):
        result = []
        for line in self.p.stdout:
            if line.strip() == "<done>":
                return result
            result.append(line.strip())
        raise AssertionError(f"the session is gone: {result}")

    def query(self, sql):
        self.send(sql)
        return self.lines()

    def close(self):
        self.p.kill()
        self.p.wait()
        self.p.stdin.close()
        self.p.stdout.close()


def waits(observer, session):
    return observer.query(f"select count(*) from pg_locks where pid = {session.pid} and not granted") == ["1"]


def test_locks_and_rows_of_a_killed_backend_are_free():
    with Cluster() as c:
        observer = Session(c)
        observer.query("create table t (a int primary key, b int); insert into t values (1, 1), (2, 2)")
        victim, waiter = Session(c), Session(c)
        victim.query("begin; savepoint s; update t set b = 100 where a = 1; insert into t values (3, 3);"
                     "select pg_advisory_lock(42)")
        waiter.send("update t set b = b + 1 where a = 1 returning b")
        wait_for(lambda: waits(observer, waiter), "the second update to wait")
        os.kill(victim.pid, signal.SIGKILL)
        assert waiter.lines() == ["2"]
        assert observer.query("select a, b from t order by a") == ["1|2", "2|2"]
        assert observer.query("select pg_try_advisory_lock(42)") == ["t"]
        assert f"cleaned up after process {victim.pid}" in c.log_text()
        assert "reinitializing" not in c.log_text()
        for s in (observer, victim, waiter):
            s.close()


def test_a_killed_waiter_leaves_the_queue():
    with Cluster() as c:
        holder, victim, third = Session(c), Session(c), Session(c)
        holder.query("create table t (a int); begin; lock table t")
        victim.send("lock table t")
        third.send("select count(*) from t")
        wait_for(lambda: waits(holder, third), "the reader to wait")
        os.kill(victim.pid, signal.SIGKILL)
        wait_for(lambda: f"cleaned up after process {victim.pid}" in c.log_text(), "the cleaner")
        holder.query("commit")
        assert third.lines() == ["0"]
        assert holder.query(f"select count(*) from pg_stat_activity where pid = {victim.pid}") == ["0"]
        for s in (holder, victim, third):
            s.close()


def test_slots_do_not_leak():
    with Cluster(conf={"max_connections": 5, "superuser_reserved_connections": 0}) as c:
        for _ in range(20):
            s = Session(c)
            s.query("begin; select count(*) from pg_class")
            os.kill(s.pid, signal.SIGKILL)
            wait_for(lambda: f"cleaned up after process {s.pid}" in c.log_text(), "the cleaner")
            s.close()
        assert c.query("select 1") == [["1"]]
        assert "reinitializing" not in c.log_text()
