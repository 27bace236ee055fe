#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""impacket's svcctl and winreg clients against the practice CA's host.

    test-host-impacket.py PRACTICE-CA

What impacket marshals is carried by Samba's RPC client, with NTLM and packet
privacy: services stopped and started, keys and values made, read, listed and deleted.
"""

import os
import sys
import tempfile
import time

import tap

try:
    import samba_dce
    from impacket import system_errors
    from impacket.dcerpc.v5 import rrp, scmr
    from impacket.dcerpc.v5.rpcrt import DCERPCException
except ImportError as missing:
    tap.skip_all(f'python3-samba or python3-impacket is not installed ({missing})')

from practice_ca import PracticeCa
from samba import NTSTATUSError

SERVICE, FOLLOWER = 'CertSvc', 'Follower'
CONFIGURATION = r'SYSTEM\CurrentControlSet\Services\CertSvc\Configuration'
STOPPED, RUNNING = 1, 4

scratch = tempfile.TemporaryDirectory(prefix='strongroom-')
practice = PracticeCa(sys.argv[1], os.path.join(scratch.name, 'ca'), '--dependent', FOLLOWER)


def connect(interface, options='seal', user='administrator'):
    with open(practice.facts['usersFile'], encoding='utf-8') as users:
        accounts = {name: (domain, secret) for domain, name, secret in (line.strip().split(':', 2) for line in users)}
    domain, secret = accounts[user]
    account = samba_dce.Account('127.0.0.1', samba_dce.NTLM, user, secret, domain=domain, options=options)
    return samba_dce.Transport(account, practice.facts['hostPort'], 'host').get_dce_rpc().bind(interface)


def faulted(function, *arguments):
    """That the call ends with a fault."""
    try:
        function(*arguments)
    except NTSTATUSError as error:
        tap.note(f'{function.__name__}: {error}')
        return
    raise AssertionError(f'{function.__name__} was not refused')


def refused(expected, function, *arguments, **named):
    """That the call ends with this Win32 error."""
    try:
        function(*arguments, **named)
    except DCERPCException as error:
        code = error.get_error_code()
        assert code == expected, f'{function.__name__}: {code} and not {expected}'
        return
    raise AssertionError(f'{function.__name__} was not refused')


def state(dce, service):
    return scmr.hRQueryServiceStatus(dce, service)['lpServiceStatus']['dwCurrentState']


def wait_for(dce, service, wanted):
    for _ in range(600):
        if state(dce, service) == wanted:
            return
        time.sleep(0.1)
    raise AssertionError(f'the service did not reach the state {wanted}')


def test_services():
    dce = connect(scmr.MSRPC_UUID_SCMR)
    manager = scmr.hROpenSCManagerW(dce)['lpScHandle']
    service = scmr.hROpenServiceW(dce, manager, SERVICE)['lpServiceHandle']
    follower = scmr.hROpenServiceW(dce, manager, FOLLOWER)['lpServiceHandle']
    refused(system_errors.ERROR_SERVICE_DOES_NOT_EXIST, scmr.hROpenServiceW, dce, manager, 'NoSuchSvc')

    status = scmr.hRQueryServiceStatus(dce, service)['lpServiceStatus']
    assert (status['dwServiceType'], status['dwCurrentState'], status['dwWin32ExitCode']) == (0x10, RUNNING, 0)
    answer = scmr.hREnumDependentServicesW(dce, service, 1, 4096)
    assert answer['lpServicesReturned'] == 1
    names = b''.join(answer['lpServices']).decode('utf-16le')
    assert FOLLOWER in names, names
    refused(system_errors.ERROR_MORE_DATA, scmr.hREnumDependentServicesW, dce, service, 1, 10)

    refused(system_errors.ERROR_DEPENDENT_SERVICES_RUNNING, scmr.hRControlService, dce, service, scmr.SERVICE_CONTROL_STOP)
    scmr.hRControlService(dce, follower, scmr.SERVICE_CONTROL_STOP)
    scmr.hRControlService(dce, service, scmr.SERVICE_CONTROL_STOP)
    wait_for(dce, service, STOPPED)
    assert not practice.ask('inspect')['inspection']['running']
    refused(system_errors.ERROR_SERVICE_NOT_ACTIVE, scmr.hRControlService, dce, service, scmr.SERVICE_CONTROL_STOP)
    refused(system_errors.ERROR_SERVICE_DEPENDENCY_FAIL, scmr.hRStartServiceW, dce, follower)
    scmr.hRStartServiceW(dce, service, 2, ['-one', '-two'])
    wait_for(dce, service, RUNNING)
    refused(system_errors.ERROR_SERVICE_ALREADY_RUNNING, scmr.hRStartServiceW, dce, service)
    scmr.hRStartServiceW(dce, follower)
    assert practice.ask('status')['service'] == 'running'
    for handle in (follower, service, manager):
        scmr.hRCloseServiceHandle(dce, handle)
    faulted(scmr.hRQueryServiceStatus, dce, service)
    dce.disconnect()


def list_all(function, dce, key):
    answers = []
    while True:
        try:
            answers.append(function(dce, key, len(answers)))
        except DCERPCException as error:
            assert error.get_error_code() == system_errors.ERROR_NO_MORE_ITEMS, error
            return answers


def open_key(dce, path):
    root = rrp.hOpenLocalMachine(dce)['phKey']
    return rrp.hBaseRegOpenKey(dce, root, path)['phkResult']


def test_registry():
    dce = connect(rrp.MSRPC_UUID_RRP)
    configuration = open_key(dce, CONFIGURATION)
    kind, text = rrp.hBaseRegQueryValue(dce, configuration, 'DBDirectory')
    assert (kind, text) == (rrp.REG_SZ, 'C:\\Windows\\system32\\CertLog\0'), (kind, text)
    refused(system_errors.ERROR_FILE_NOT_FOUND, rrp.hBaseRegQueryValue, dce, configuration, 'Nothing')
    names = [answer['lpNameOut'][:-1] for answer in list_all(rrp.hBaseRegEnumKey, dce, configuration)]
    assert names == ['Contoso CA'], names
    authority = rrp.hBaseRegOpenKey(dce, configuration, names[0])['phkResult']
    values = {answer['lpValueNameOut'][:-1]: (answer['lpType'], b''.join(answer['lpData']))
              for answer in list_all(rrp.hBaseRegEnumValue, dce, authority)}
    assert values['CAType'] == (rrp.REG_DWORD, b'\3\0\0\0'), values
    assert values['CACertHash'][0] == rrp.REG_MULTI_SZ
    info = rrp.hBaseRegQueryInfoKey(dce, authority)
    assert info['lpcValues'] == len(values) and info['lpcSubKeys'] == 1, info['lpcValues']
    assert info['lpcbMaxValueLen'] == max(len(data) for _, data in values.values())

    answer = rrp.hBaseRegCreateKey(dce, configuration, 'RestoreInProgress')
    assert answer['lpdwDisposition'] == 1
    assert rrp.hBaseRegCreateKey(dce, configuration, 'RestoreInProgress')['lpdwDisposition'] == 2
    key = answer['phkResult']
    written = {'LogPath': (rrp.REG_SZ, '\\\\ca\\C$\\Zürich\0'), 'LowLogNumber': (rrp.REG_DWORD, 0xfedcba98),
               'RestoreMap': (rrp.REG_MULTI_SZ, 'a\0b\0\0'), 'DatabaseRecovered': (rrp.REG_BINARY, b'\1'),
               'Large': (rrp.REG_BINARY, bytes(range(256)) * 100)}
    for name, (kind, value) in written.items():
        rrp.hBaseRegSetValue(dce, key, name, kind, value)
    rrp.hBaseRegFlushKey(dce, key)
    for name, (kind, value) in written.items():
        got = rrp.hBaseRegQueryValue(dce, key, name, dataLen=32768)
        assert got == (kind, value), (name, got)
    # a buffer that is too small, and then one that is not
    assert rrp.hBaseRegQueryValue(dce, key, 'Large', dataLen=100) == written['Large']
    described = practice.inspect()['restoreInProgress']
    assert described['LogPath'] == written['LogPath'][1][:-1], described
    refused(system_errors.ERROR_ACCESS_DENIED, rrp.hBaseRegDeleteKey, dce, configuration, 'Contoso CA')
    for name in written:
        rrp.hBaseRegDeleteValue(dce, key, name)
    rrp.hBaseRegCloseKey(dce, key)
    rrp.hBaseRegDeleteKey(dce, configuration, 'RestoreInProgress')
    refused(system_errors.ERROR_FILE_NOT_FOUND, rrp.hBaseRegDeleteKey, dce, configuration, 'RestoreInProgress')
    assert practice.inspect()['restoreInProgress'] is None
    dce.disconnect()


def test_security():
    """Below packet privacy, and without a role, nothing is done."""
    signed = connect(scmr.MSRPC_UUID_SCMR, options='sign')
    faulted(scmr.hROpenSCManagerW, signed)
    practice.ask('roles', principal='PRACTICE\\operator', roles=['read'])
    reader = connect(scmr.MSRPC_UUID_SCMR, user='operator')
    refused(system_errors.ERROR_ACCESS_DENIED, scmr.hROpenSCManagerW, reader)
    reader.disconnect()
    reader = connect(rrp.MSRPC_UUID_RRP, user='operator')
    refused(system_errors.ERROR_ACCESS_DENIED, rrp.hOpenLocalMachine, reader)
    reader.disconnect()


def test_handles():
    """Handles are their connection's own, and not without end."""
    one, other = connect(rrp.MSRPC_UUID_RRP), connect(rrp.MSRPC_UUID_RRP)
    key = rrp.hOpenLocalMachine(one)['phKey']
    faulted(rrp.hBaseRegFlushKey, other, key)
    opened = 1
    while opened < 1000:
        try:
            rrp.hOpenLocalMachine(one)
        except DCERPCException as error:
            assert error.get_error_code() == system_errors.ERROR_OUTOFMEMORY, error
            break
        opened += 1
    assert opened == 256, opened
    rrp.hBaseRegFlushKey(one, key)
    rrp.hOpenLocalMachine(other)
    # the connection's end closes them
    one.disconnect()
    one = connect(rrp.MSRPC_UUID_RRP)
    rrp.hOpenLocalMachine(one)
    faulted(rrp.hBaseRegFlushKey, one, key)


tap.run([test_services, test_registry, test_handles, test_security])
