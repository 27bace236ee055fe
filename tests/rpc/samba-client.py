#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samba's DCE/RPC client calls our server, in the lab: samba-client.py SERVER-PROGRAM"""

import os
import struct
import subprocess
import sys

try:
    from samba import NTSTATUSError, credentials, param
    from samba.dcerpc import epmapper, svcctl, winreg
except ImportError as missing:
    print(f'1..0 # SKIP {missing}')
    sys.exit(0)

# What our server serves its testing methods as.
TESTING, SECOND = winreg.winreg, svcctl.svcctl
ECHO, PRODUCE, FAULT, DROP, WHO = range(5)
FAULT_ACCESS_DENIED = 0xC0000022
OBJECT = '01020304-0506-0708-090a-0b0c0d0e0f10'

if 'LAB_AD_CONFIG' not in os.environ:
    print('1..0 # SKIP no lab: run by tests/lab/with-lab.py --ad')
    sys.exit(0)


def make_context():
    path = os.path.join(os.environ['LAB_DIR'], 'client.conf')
    with open(path, 'w', encoding='utf-8') as out:
        out.write('[global]\n interfaces = 127.0.0.1/8\n bind interfaces only = yes\n workgroup = LAB\n realm = AD.LAB.TEST\n log level = 0\n')
        for kind in ('private dir', 'lock directory', 'cache directory', 'state directory', 'pid directory'):
            out.write(f' {kind} = {os.environ["LAB_DIR"]}\n')
    context = param.LoadParm()
    context.load(path)
    return context


CONTEXT = make_context()


def sign_in(kerberos, password=None):
    creds = credentials.Credentials()
    creds.guess(CONTEXT)
    creds.set_username('alice')
    creds.set_password(password or os.environ['LAB_PASSWORD'])
    creds.set_domain('LAB')
    creds.set_realm('AD.LAB.TEST')
    creds.set_kerberos_state(credentials.MUST_USE_KERBEROS if kerberos else credentials.DONT_USE_KERBEROS)
    return creds


def binding(port, options):
    return f'ncacn_ip_tcp:127.0.0.1[{port},target_hostname=ca.ad.lab.test,{options}]'


def connect(port, options, kerberos, interface=None, password=None):
    return (interface or TESTING)(binding(port, options), CONTEXT, sign_in(kerberos, password))


def pattern(length):
    return bytes((i * 31 + (i >> 8) * 7 + (i >> 16)) & 255 for i in range(length))


def check(good, what):
    if not good:
        raise AssertionError(what)


def who(connection, number=41, with_object=None):
    text = 'Grüße'.encode('utf-16-le') + b'\0\0'
    request = struct.pack('<IIIII', number, 0x20000, len(text) // 2, 0, len(text) // 2) + text
    reply = connection.request(WHO, request, with_object) if with_object else connection.request(WHO, request)
    check(struct.unpack_from('<I', reply)[0] == number + 1, 'number')
    check(reply[20:20 + len(text)] == text, 'text')
    at = (20 + len(text) + 3) & ~3
    auth_type, level, mechanism, referent = struct.unpack_from('<IIII', reply, at)
    units = struct.unpack_from('<III', reply, at + 16)[2]
    name = reply[at + 28:at + 28 + 2 * units - 2].decode('utf-16-le')
    check(referent != 0, 'no principal')
    return auth_type, level, mechanism, name, reply[-16:]


def bodies(options, kerberos, auth_type, level, name):
    def run(port):
        connection = connect(port, options, kerberos)
        check(who(connection)[:4] == (auth_type, level, auth_type, name), f'who: {who(connection)}')
        for length in (0, 1, 3, 17, 5000, 5840, 20001, 300007):
            reply = connection.request(ECHO, pattern(length))
            # The first request's verification trailer stands on a multiple of 4.
            check(reply == pattern(length), f'echo of {length}')
        for length in (5808, 100003, 1048576):
            reply = connection.request(PRODUCE, struct.pack('<I', length))
            check(reply == pattern(length), f'{length} bytes produced')
        check(who(connection, with_object=OBJECT)[4] ==
              bytes.fromhex('0403020106050807090a0b0c0d0e0f10'), 'object')
    return run


def first_is_odd(options, kerberos):
    """The request that carries the verification trailer has a stub of an odd length."""
    def run(port):
        for length in (0, 1, 2, 3, 5, 5755, 5800, 11513):
            reply = connect(port, options, kerberos).request(ECHO, pattern(length))
            check(reply[:length] == pattern(length) and 0 <= len(reply) - length < 4, f'echo of {length}')
    return run


def second_context(options, kerberos):
    def run(port):
        connection = connect(port, options, kerberos)
        other = SECOND(binding(port, options), CONTEXT, sign_in(kerberos), basis_connection=connection)
        for _ in range(3):
            check(other.request(ECHO, pattern(7000)) == pattern(7000), 'second')
            check(connection.request(ECHO, pattern(7000)) == pattern(7000), 'first')
    return run


def denied(call, code=None):
    try:
        call()
    except NTSTATUSError as error:
        check(code is None or error.args[0] & 0xffffffff == code, f'{error}')
        return
    raise AssertionError('it was allowed')


def faults(options, kerberos):
    def run(port):
        connection = connect(port, options, kerberos)
        denied(lambda: connection.request(FAULT, struct.pack('<I', 5)), FAULT_ACCESS_DENIED)
        denied(lambda: connection.request(99, b''))
        check(connection.request(ECHO, b'abcd') == b'abcd', 'after the faults')
        denied(lambda: connection.request(DROP, b''))
    return run


def too_weak(options, kerberos):
    """A context that cannot encrypt is not accepted, not even for an interface that would do with signatures."""
    return lambda port: denied(lambda: connect(port, options, kerberos).request(ECHO, b''), FAULT_ACCESS_DENIED)


def wrong_password(port):
    denied(lambda: connect(port, 'seal,ntlm', False, password='wrong').request(ECHO, b''), FAULT_ACCESS_DENIED)


def unknown_interface(port):
    denied(lambda: connect(port, 'seal,ntlm', False, epmapper.epmapper))


def main():
    tests = []
    for title, options, kerberos, auth_type, name in (('ntlm', 'ntlm', False, 10, 'LAB\\alice'),
                                                      ('kerberos', 'krb5', True, 16, 'alice@AD.LAB.TEST')):
        both = 'seal,' + options
        tests += [(f'{title}/bodies', bodies(both, kerberos, auth_type, 6, name)),
                  (f'{title}/first-is-odd', first_is_odd(both, kerberos)),
                  (f'{title}/second-context', second_context(both, kerberos)),
                  (f'{title}/faults', faults(both, kerberos)),
                  (f'{title}/too-weak', too_weak('sign,' + options, kerberos))]
    tests += [('connect-level', too_weak('connect,ntlm', False)), ('wrong-password', wrong_password), ('unknown-interface', unknown_interface)]

    with subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        port = int(server.stdout.readline())
        print(f'TAP version 14\n1..{len(tests)}')
        failed = 0
        for number, (name, run) in enumerate(tests, 1):
            try:
                run(port)
                print(f'ok {number} {name}', flush=True)
            except Exception as error:  # pylint: disable=broad-except
                failed += 1
                print(f'not ok {number} {name}\n# {type(error).__name__}: {error}', flush=True)
        server.stdin.close()
        if server.wait() != 0:
            failed += 1
            print(f'# the server ended with {server.returncode}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
