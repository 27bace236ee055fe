#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls defined for impacket give the recorded stubs, and read them.

The stubs came from impacket and from a library in Go, so what the lab's other
tests send and read by these definitions is what those two programs do.
"""

import re

import tap

try:
    import csra_impacket as csra
except ImportError as missing:
    tap.skip_all(f'python3-impacket is not installed ({missing})')

CID = b'\x11' * 16

# Name, its fields, and the stub behind ORPCTHIS; dots are bytes that may be any.
REQUESTS = [
    ('BackupPrepare', {'pwszAuthority': 'Contoso CA', 'grbitJet': 1, 'dwBackupFlags': 2,
                       'pwszBackupAnnotation': 0, 'dwClientIdentifier': 0x55667788},
     '........0b000000000000000b00000043006f006e0074006f0073006f002000430041000000....'
     '01000000020000000000....88776655'),
    ('BackupEnd', {}, ''),
    ('BackupOpenFile', {'pwszPath': '\\\\ca\\C$\\x.edb'},
     '........0e000000000000000e0000005c005c00630061005c00430024005c0078002e006500640062000000'),
    ('BackupReadFile', {'cbBuffer': 65536}, '00000100'),
    ('RestoreGetDatabaseLocations', {}, ''),
]

# Name, the whole stub, and what it says.
REPLIES = [
    ('BackupGetAttachmentInformation',
     '0000000000000000' '09000000' '11000000'
     '44005c005c00630061005c00430024005c00630061002e0065006400620000000000' '0000' '11000000' '00000000',
     lambda answer: csra.list_text(answer)[0] == ['D\\\\ca\\C$\\ca.edb']),
    ('BackupGetAttachmentInformation', '0000000000000000' '000000000000000000000000',
     lambda answer: csra.list_text(answer) == ([], b'')),
    ('BackupOpenFile', '0000000000000000' '0807060504030201' '00000000',
     lambda answer: answer['pliLength'] == 0x0102030405060708),
    ('BackupReadFile', '0000000000000000' '08000000' '0102030000000000' '03000000' '00000000',
     lambda answer: answer['pbBuffer'] == b'\1\2\3\0\0\0\0\0' and answer['pcbRead'] == 3),
    ('GetConfigEntry', '0000000000000000' '0900000000000000' '0300000000000000' '0300000000000000' '0300000041060000'
     '00000000', lambda answer: csra.get_variant(answer['pVariant']) == 0x641),
    ('GetMyRoles', '0000000000000000' '08010000' '00000000', lambda answer: answer['pdwRoles'] == 0x108),
]


def header(request):
    request['ORPCthis']['cid'] = CID
    request['ORPCthis']['extensions'] = csra.NULL
    request['ORPCthis']['flags'] = 0
    return request


def test_requests():
    for name, fields, pattern in REQUESTS:
        stub = header(csra.make(name, **fields)).getData().hex()
        assert stub.startswith('05000700' + '00' * 8 + CID.hex() + '00000000'), f'{name}: {stub}'
        assert re.fullmatch(pattern, stub[64:]), f'{name}: {stub[64:]}'
        again = getattr(csra, name)(bytes.fromhex(stub))
        for field, value in fields.items():
            assert again[field] in (value, f'{value}\0'), f'{name}: {field} is {again[field]!r}'


def test_replies():
    for name, stub, is_right in REPLIES:
        answer = getattr(csra, name + 'Response')(bytes.fromhex(stub))
        assert answer['ErrorCode'] == 0 and is_right(answer), name


def test_variants():
    for value in (None, -5, 'Zürich', '', b'\1\2\3', ['a', 'bc'], []):
        request = header(csra.make('SetConfigEntry', pwszAuthority='CA', pwszNodePath='', pwszEntry='E'))
        csra.put_variant(request['pVariant'], value)
        again = csra.get_variant(csra.SetConfigEntry(request.getData())['pVariant'])
        assert again == value, f'{value!r} came back as {again!r}'


tap.run([test_requests, test_replies, test_variants])
