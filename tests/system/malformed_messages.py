"""What a client may send that it should not: the server answers with an error or closes the connection, and lives.

Method: raw sockets; after each attack a well-behaved client must still be served by the same server processes.
"""
import random
import socket
import struct

from cluster import Cluster


LEFT_OVER = {}  # what came after the message that was waited for, by socket


def connect(c):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.settimeout(10)
    s.connect(str(c.dir / f".s.PGSQL.{c.port}"))
    return s


def startup(c, user=b"postgres", database=b"postgres"):
    s = connect(c)
    body = struct.pack("!i", 196608) + b"user\0" + user + b"\0database\0" + database + b"\0\0"
    s.sendall(struct.pack("!i", len(body) + 4) + body)
    return s


def read_until_ready(s):
    return read_messages(s, lambda kind: kind == b"Z")


def read_messages(s, done=lambda kind: False):
    """The messages up to done() or the end of the stream."""
    messages, data = [], LEFT_OVER.pop(s, b"")
    while True:
        while len(data) >= 5:
            length = struct.unpack("!i", data[1:5])[0]
            if len(data) < length + 1:
                break
            messages.append((data[:1], data[5:length + 1]))
            data = data[length + 1:]
            if done(messages[-1][0]):
                LEFT_OVER[s] = data
                return messages
        try:
            piece = s.recv(65536)
        except (ConnectionResetError, socket.timeout):
            return messages
        if not piece:
            return messages
        data += piece


def sqlstate(messages):
    for kind, body in messages:
        if kind == b"E":
            for field in body.split(b"\0"):
                if field[:1] == b"C":
                    return field[1:].decode()
    return None


def message(kind, body=b""):
    return kind + struct.pack("!i", len(body) + 4) + body


def assert_same_server(c, pid):
    assert c.psql("select 1") == "1"
    assert (c.data / "postmaster.pid").read_text().split("\n")[0] == pid
    assert "terminating any other active server processes" not in c.log_text()


def test_bad_startup_packets():
    with Cluster() as c:
        pid = (c.data / "postmaster.pid").read_text().split("\n")[0]
        for packet in (b"", b"\0", b"GET / HTTP/1.0\r\n\r\n", struct.pack("!i", 0), struct.pack("!i", -1),
                       struct.pack("!i", 4), struct.pack("!i", 1 << 30), struct.pack("!ii", 8, 196608),
                       struct.pack("!ii", 9, 196608) + b"\0", struct.pack("!ii", 8, 131072),
                       struct.pack("!ii", 16, 80877102) + b"\0" * 8, struct.pack("!ii", 12, 196608) + b"user",
                       struct.pack("!ii", 10000, 196608) + b"x" * 9992):
            s = connect(c)
            s.sendall(packet)
            s.shutdown(socket.SHUT_WR)
            read_messages(s)
            s.close()
        s = startup(c, user=b"nobody_of_that_name")
        assert sqlstate(read_messages(s)) == "28000"
        s = startup(c, database=b"no_such_database")
        assert sqlstate(read_messages(s)) == "3D000"
        assert_same_server(c, pid)


def test_ssl_and_gss_are_refused_politely():
    with Cluster() as c:
        for code in (80877103, 80877104):
            s = connect(c)
            s.sendall(struct.pack("!ii", 8, code))
            assert s.recv(1) == b"N"
            s.close()


def test_bad_messages_in_a_session():
    attacks = (
        b"Q" + struct.pack("!i", 3),                     # shorter than its own length
        b"Q" + struct.pack("!i", -5),
        b"Q" + struct.pack("!i", 1 << 30),               # longer than anything
        message(b"Q", b"select 1"),                      # no terminating zero
        message(b"\x01"), message(b"!"),                  # no such message
        message(b"P", b""), message(b"P", b"\0"), message(b"P", b"\0select 1\0\xff\xff"),
        message(b"B", b"\0\0\0\1"), message(b"B", b"\0\0" + struct.pack("!hh", 0, 5)),
        message(b"B", b"\0nope\0" + struct.pack("!hhh", 0, 0, 0)),
        message(b"D", b"X\0"), message(b"D", b"S"), message(b"E", b"\0"), message(b"C", b"Z\0"),
        message(b"F", b"\0\0\0\1"), message(b"d", b"x"), message(b"c"), message(b"f", b"x\0"), message(b"p", b"x\0"),
    )
    with Cluster() as c:
        pid = (c.data / "postmaster.pid").read_text().split("\n")[0]
        for attack in attacks:
            s = startup(c)
            read_until_ready(s)
            s.sendall(attack)
            try:
                s.sendall(message(b"S"))
                s.shutdown(socket.SHUT_WR)
                read_messages(s)
            except OSError:
                pass  # a stream out of step is ended at once, perhaps before we have said everything
            s.close()
        assert_same_server(c, pid)


def test_random_bytes():
    generator = random.Random(20261121)
    with Cluster() as c:
        pid = (c.data / "postmaster.pid").read_text().split("\n")[0]
        for _ in range(200):
            s = startup(c)
            read_until_ready(s)
            for _ in range(generator.randrange(1, 6)):
                body = generator.randbytes(generator.randrange(0, 40))
                kind = generator.choice(b"QPBDECSHFdcfpX!").to_bytes(1, "big")
                try:
                    s.sendall(message(kind, body))
                except (BrokenPipeError, ConnectionResetError):
                    break
            try:
                s.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            read_messages(s)
            s.close()
        assert_same_server(c, pid)


def test_errors_skip_to_sync():
    with Cluster() as c:
        s = startup(c)
        read_until_ready(s)
        s.sendall(message(b"P", b"\0select nonsense\0\0\0") + message(b"B", b"\0\0" + struct.pack("!hhh", 0, 0, 0)) +
                  message(b"E", b"\0\0\0\0\0") + message(b"S") + message(b"Q", b"select 1\0"))
        messages = read_until_ready(s)
        assert [kind for kind, _ in messages] == [b"E", b"Z"], messages
        kinds = [kind for kind, _ in read_until_ready(s)]
        assert kinds == [b"T", b"D", b"C", b"Z"], kinds
