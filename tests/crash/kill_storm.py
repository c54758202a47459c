"""Goal: what was acknowledged survives kill -9 of all processes at any moment, and the database is consistent after it.

Method: clients insert numbered rows and move money between accounts, each remembering the last number that the server has
acknowledged. Everything is killed; after recovery each client's rows are 1..k without a gap, k not below what was acknowledged; the sum of
all accounts is what it was; an index scan and a sequential scan agree. Several rounds on the same data.
"""
import random
import subprocess
import threading
import time

from cluster import CLIENT, Cluster

ACCOUNTS = 200


class Writer(threading.Thread):
    """One psql that is fed a transaction at a time; acknowledged is the last one whose result it has printed."""

    def __init__(self, cluster, number, first):
        super().__init__(daemon=True)
        self.number = number
        self.first = first
        self.acknowledged = first - 1
        self.psql = subprocess.Popen([CLIENT / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"], text=True,
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                     env=cluster.client_env(), bufsize=1)

    def run(self):
        rng = random.Random(self.number * 1000 + self.acknowledged)
        try:
            while True:
                n = self.acknowledged + 1
                a, b = rng.randrange(ACCOUNTS), rng.randrange(ACCOUNTS)
                a, b = min(a, b), max(a, b)
                # The number comes out only after COMMIT has been answered.
                self.psql.stdin.write(
                    f"begin; insert into journal values ({self.number}, {n}, repeat('x', {rng.randrange(300)}));"
                    f"update account set balance = balance - 7 where id = {a};"
                    f"update account set balance = balance + 7 where id = {b}; commit;\n\\echo {n}\n")
                self.psql.stdin.flush()
                line = self.psql.stdout.readline()
                if line.strip() != str(n):
                    return
                self.acknowledged = n
        except (BrokenPipeError, ValueError, OSError):
            return


def storm(rounds, clients, conf, seconds=(0.5, 1.5), checkpoint=True):
    with Cluster(conf=conf) as c:
        c.psql("create table journal (client int, n int, filler text, primary key (client, n));"
               "create table account (id int primary key, balance bigint);"
               f"insert into account select i, 1000 from generate_series(0, {ACCOUNTS - 1}) i;")
        last = {number: 0 for number in range(clients)}
        for round_number in range(rounds):
            writers = [Writer(c, number, last[number] + 1) for number in range(clients)]
            for w in writers:
                w.start()
            if checkpoint and round_number % 3 == 1:
                while not all(w.acknowledged >= w.first or not w.is_alive() for w in writers):
                    time.sleep(0.01)
                c.psql("checkpoint")
            time.sleep(random.Random(round_number).uniform(*seconds))
            c.crash()
            for w in writers:
                w.psql.kill()
                w.join(10)
            c.start()
            check(c, writers, last)
        assert sum(last.values()) > rounds * clients, "the writers hardly got anything done"


def check(c, writers, last):
    found = {int(client): (int(count), int(top)) for client, count, top in
             c.query("select client, count(*), max(n) from journal group by client")}
    for w in writers:
        count, top = found.get(w.number, (0, 0))
        assert count == top, f"client {w.number}: {count} rows, highest {top}"
        assert top >= w.acknowledged, f"client {w.number}: {w.acknowledged} acknowledged, {top} there"
        assert top <= w.acknowledged + 1, f"client {w.number}: {top} there, {w.acknowledged} acknowledged"
        last[w.number] = top
    assert c.psql("select sum(balance) from account") == str(ACCOUNTS * 1000)
    assert c.psql("set enable_seqscan = off; select count(*) from account where id >= 0") == str(ACCOUNTS)
    assert c.psql("set enable_indexscan = off; set enable_bitmapscan = off; set enable_indexonlyscan = off;"
                  "select count(*) from account where id >= 0") == str(ACCOUNTS)


def test_kill_everything():
    storm(rounds=6, clients=4, conf={"fsync": "off"})


def test_kill_everything_with_few_buffers():
    storm(rounds=3, clients=4, conf={"fsync": "off", "shared_buffers": "1MB", "checkpoint_timeout": "30s"})
