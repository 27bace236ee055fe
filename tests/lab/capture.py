# SPDX-License-Identifier: GPL-3.0-or-later
"""Captures loopback with tshark, and asks tshark and nobody else what is in it."""

import collections
import os
import shutil
import socket
import struct
import subprocess
import time

MARK = 9    # a port where nobody listens
REQUEST, RESPONSE = 0, 2

Call = collections.namedtuple('Call', 'stream call_id context opnum object request response')


class Unable(Exception):
    """Why nothing can be captured here."""


class Capture:
    def __init__(self, path):
        self.path = path
        self.ports = []
        if shutil.which('tshark') is None:
            raise Unable('tshark is not installed')
        self.process = subprocess.Popen(['tshark', '-q', '-i', 'lo', '-B', '64', '-f', 'tcp', '-w', path],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.wait_for_mark()

    def marks(self):
        if not os.path.exists(self.path):
            return 0
        done = subprocess.run(['tshark', '-r', self.path, '-Y', f'tcp.dstport == {MARK}'],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
        return len(done.stdout.splitlines())

    def wait_for_mark(self):
        """Knocks at a closed port until that is in the file: what came before is in it as well."""
        before = self.marks()
        for _ in range(60):
            if self.process.poll() is not None:
                raise Unable('tshark cannot capture: ' + self.process.stderr.read().strip().replace('\n', ' '))
            with socket.socket() as knock:
                knock.connect_ex(('127.0.0.1', MARK))
            time.sleep(0.25)
            if self.marks() > before:
                return
        raise Unable('tshark captures nothing on the loopback interface')

    def finish(self, *ports):
        """Ends the capture, of which only what has to do with the ports is kept: that is DCE/RPC."""
        self.wait_for_mark()
        self.process.terminate()
        self.process.wait()
        self.process.stderr.close()
        kept = self.path + '.kept'
        self.tshark('-Y', ' || '.join(f'tcp.port == {port}' for port in ports), '-w', kept)
        self.path, self.ports = kept, ports

    def tshark(self, *arguments):
        decode = [word for port in self.ports for word in ('-d', f'tcp.port=={port},dcerpc')]
        return subprocess.run(['tshark', '-r', self.path, *decode, *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True, check=True).stdout

    def fields(self, display_filter, *names):
        """For every frame, a list of values for every field."""
        extra = [word for name in names for word in ('-e', name)]
        out = self.tshark('-Y', display_filter, '-T', 'fields', '-E', 'separator=/t', '-E', 'occurrence=a', *extra)
        return [[value.split(',') if value else [] for value in line.split('\t')] for line in out.splitlines()]

    def calls(self):
        """Every call with its whole stubs, put together from the bytes of the connections."""
        found = {}
        for stream, data in self.streams().items():
            for pdu in pdus(data):
                add_pdu(found, stream[0], pdu)
        return [Call(stream, call_id, *facts) for (stream, call_id), facts in found.items()]

    def streams(self):
        """{(stream, source port): bytes}, by sequence number: segments may be sent twice."""
        segments = sorted(
            (int(stream[0]), source[0], int(sequence[0]) - 1, bytes.fromhex(payload[0]))
            for stream, source, sequence, payload in self.fields(
                'tcp.len > 0', 'tcp.stream', 'tcp.srcport', 'tcp.seq', 'tcp.payload'))
        data = collections.defaultdict(bytearray)
        for stream, source, start, payload in segments:
            known = data[stream, source]
            assert start <= len(known), f'the capture misses {start - len(known)} bytes of connection {stream}'
            known[start:start + len(payload)] = payload
        return {key: bytes(value) for key, value in data.items()}


def pdus(data):
    while data:
        length = struct.unpack_from('<H', data, 8)[0]
        assert data[0] == 5 and length <= len(data), 'not a run of whole PDUs'
        yield data[:length]
        data = data[length:]


def add_pdu(found, stream, pdu):
    """Adds a fragment of a request or a response to what is known of its call."""
    kind, flags, authentication, call_id = pdu[2], pdu[3], *struct.unpack_from('<HI', pdu, 10)
    assert authentication == 0, 'this was to be unsealed'
    if kind not in (REQUEST, RESPONSE):
        return
    context, opnum = struct.unpack_from('<HH', pdu, 20)
    facts = found.setdefault((stream, call_id), [context, None, None, b'', b''])
    body = 24
    if kind == REQUEST:
        facts[1] = opnum
        if flags & 0x80:
            facts[2], body = pdu[24:40], 40
    facts[3 if kind == REQUEST else 4] += pdu[body:]
