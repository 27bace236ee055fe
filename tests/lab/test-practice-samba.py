#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samba's RPC client, carrying what impacket marshals, against the practice CA.

    with-lab.py --mit -- test-practice-samba.py PRACTICE-CA

Activation, a whole backup, pings and releases: with NTLM (key file) and with
Kerberos (MIT KDC). What the server says it served is what came.
"""

import collections
import os
import sys

import tap

try:
    import csra_backup
    import csra_impacket as csra
    import samba_dce
except ImportError as missing:
    tap.skip_all(f'python3-samba or python3-impacket is not installed ({missing})')

from impacket.dcerpc.v5 import dcomrt
from practice_ca import PracticeCa
from samba import NTSTATUSError

ADDRESS = '127.0.0.1'
NAME = 'ca.lab.test'
AUTHORITY = 'Contoso CA'
CERTIFICATES = 300
TYPE_NTLM, TYPE_KERBEROS, LEVEL_PRIVACY = 10, 16, 6

folder, password, realm = os.environ['LAB_DIR'], os.environ['LAB_PASSWORD'], os.environ['LAB_REALM']


def start():
    users = os.path.join(folder, 'users')
    with open(os.open(users, os.O_WRONLY | os.O_CREAT, 0o600), 'w', encoding='utf-8') as out:
        out.write(f'LAB:alice:{password}\n')
    everything = 'operator,read,administrator'
    practice = PracticeCa(sys.argv[1], os.path.join(folder, 'ca'), '--host', NAME, '--ntlm-users', users,
                          '--keytab', os.environ['LAB_KEYTAB'],
                          '--role', rf'LAB\alice={everything}', '--role', f'alice@{realm}={everything}')
    practice.ask('issue', count=CERTIFICATES)
    return practice


def ntlm_account(options='seal', secret=password):
    return samba_dce.Account(ADDRESS, samba_dce.NTLM, 'alice', secret, domain='LAB', options=options)


def kerberos_account():
    return samba_dce.Account(ADDRESS, samba_dce.KERBEROS, 'alice', password, realm=realm, name=NAME)


def check_activation(client):
    """What impacket and others take for granted of an activation's answer."""
    facts = client.facts
    tap.note('activation:', {name: value for name, value in facts.items() if name != 'properties'})
    assert facts['properties'] == [dcomrt.CLSID_PropsOutInfo[:16], dcomrt.CLSID_ScmReplyInfo[:16]]
    assert facts['authentication'] == LEVEL_PRIVACY
    assert facts['version'] == (5, 7), facts['version']
    assert facts['references'] > 0
    assert client.object.get_oid() == facts['oid'] and client.object.get_oxid() == facts['oxid']


def check_files(files, record):
    """Our lengths and hashes against what the server noted, by the files' names, while it sent."""
    served = {entry['name']: (entry['size'], entry['sha256']) for entry in record['files']}
    assert len(files) >= 2, files
    assert len(served) == len(record['files']) == len(files), (served, files)
    for path, (length, digest) in files.items():
        tap.note(f'{path}: {length} bytes, {digest}')
        name = path.rpartition('\\')[2]
        assert served[name] == (length, digest), f'{path}: the server says {served[name]}'


def check_log(client, lines, auth_type):
    """The server's log of one client: every call sealed, counts equal to ours."""
    counts = collections.Counter(line['opnum'] for line in lines)
    tap.note('calls by opnum:', dict(sorted(counts.items())))
    assert counts == client.counts, f'ours: {client.counts}'
    for line in lines:
        assert (line['authLevel'], line['authType'], line['mechanism']) == (LEVEL_PRIVACY, auth_type, auth_type), line
        assert line['hresult'] == '0x00000000', line


def whole_way(account, auth_type):
    before = practice.inspect()
    old = len(practice.log('call'))
    client = csra_backup.Client(account, practice.facts['activationPort'], AUTHORITY)
    check_activation(client)
    ports = client.ping()
    assert set(ports) == {practice.facts['objectPort']}, ports
    files, locations = csra_backup.full_backup(client)
    assert client.authentication() == (auth_type, LEVEL_PRIVACY), client.authentication()
    assert locations.endswith(b'\0\0\0\0') and locations.startswith('D\\\\'.encode('utf-16-le')), locations
    check_log(client, practice.log('call')[old:], auth_type)
    client.release()

    after = practice.inspect()
    check_files(files, after['backups'][-1])
    assert after['backups'][-1]['outcome'] == 'end' and after['backups'][-1]['truncated']
    for name in ('prepare', 'end'):
        assert after['counts'][name] == before['counts'][name] + 1, (name, after['counts'])
    assert after['counts']['rundown'] == 0
    assert after['dcom']['objects'] == 0, after['dcom']
    assert after['dcom']['simplePings'] > before['dcom']['simplePings']
    assert after['dcom']['complexPings'] > before['dcom']['complexPings']


def test_backup_with_ntlm():
    whole_way(ntlm_account(), TYPE_NTLM)


def test_backup_with_kerberos():
    whole_way(kerberos_account(), TYPE_KERBEROS)


def test_other_methods():
    client = csra_backup.Client(ntlm_account(), practice.facts['activationPort'], AUTHORITY)
    client.call('Ping', pwszAuthority=AUTHORITY)
    assert client.call('GetServerState', pwszAuthority=AUTHORITY)['pdwState'] == 1
    roles = client.call('GetMyRoles', pwszAuthority=AUTHORITY)['pdwRoles']
    assert roles & 0x109 == 0x109, hex(roles)
    client.call('Ping2', pwszAuthority=AUTHORITY)
    name = client.call('GetCAProperty', pwszAuthority=AUTHORITY, PropId=6, PropIndex=0, PropType=4)
    text = name['pctbPropertyValue']['pb'].decode('utf-16-le').rstrip('\0')
    assert text == AUTHORITY, text
    flags = client.get_config('InterfaceFlags')
    for value in (flags | 0x40, 'Zürich', [r'65:C:\a.crl', '6:http://b/a.crl'], b'\0\1\2\3\xff', None):
        entry = 'InterfaceFlags' if isinstance(value, int) else 'StrongroomLab'
        client.set_config(entry, value)
        if value is not None:
            assert client.get_config(entry) == value, entry
    client.set_config('InterfaceFlags', flags)
    assert client.get_config('InterfaceFlags') == flags
    client.release()


def test_refusals():
    """HRESULTs arrive as such: no backup is prepared, no such file."""
    client = csra_backup.Client(ntlm_account(), practice.facts['activationPort'], AUTHORITY)
    for name, fields in (('BackupReadFile', {'cbBuffer': 65536}), ('BackupGetBackupLogs', {}), ('BackupEnd', {})):
        try:
            client.call(name, **fields)
        except csra_backup.Refused as refused:
            tap.note(refused)
            assert refused.hresult & 0x80000000
        else:
            raise AssertionError(f'{name} worked without a backup')
    client.release()


def test_less_than_privacy():
    """Signed calls that anyone can read are refused, and so is a wrong password."""
    for options, secret in (('sign', password), ('connect', password), ('seal', 'wrong')):
        old = len(practice.log('activation'))
        try:
            csra_backup.Client(ntlm_account(options, secret), practice.facts['activationPort'], AUTHORITY)
        except NTSTATUSError as refused:
            tap.note(f'{options}: {refused}')
        else:
            raise AssertionError(f'activated with {options}')
        assert len(practice.log('activation')) == old


practice = start()
try:
    tap.run([test_backup_with_ntlm, test_backup_with_kerberos, test_other_methods, test_refusals,
             test_less_than_privacy])
finally:
    practice.close()
