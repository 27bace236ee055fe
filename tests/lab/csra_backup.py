# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole backup by impacket over Samba: Prepare to End, and RemRelease."""

import collections
import hashlib

import csra_impacket as csra
import samba_dce
from impacket.dcerpc.v5 import dcomrt
from impacket.uuid import uuidtup_to_bin

READ_SIZE = 256 * 1024
TCP = 7     # tower id of ncacn_ip_tcp


class Refused(Exception):
    """The HRESULT that a method answered with."""

    def __init__(self, name, hresult):
        super().__init__(f'{name}: 0x{hresult:08x}')
        self.hresult = hresult


class Client:
    """An activated CertAdminD object."""

    def __init__(self, account, port, authority):
        self.authority = authority
        self.counts = collections.Counter()
        clsid = uuidtup_to_bin((csra.CLSID_CERT_ADMIN_D, '0.0'))[:16]
        self.object, self.activator, self.connector = samba_dce.activate(
            account, port, clsid, csra.IID_ICERTADMIND)
        self.facts = samba_dce.activation_facts(self.activator.answer)
        self.second = None

    def call(self, name, **fields):
        request = csra.make(name, **fields)
        self.counts[request.opnum] += 1
        interface, iid = self.object, csra.IID_ICERTADMIND
        if request.opnum > 30:
            if self.second is None:
                self.second = self.object.RemQueryInterface(1, (csra.IID_ICERTADMIND2,))
            interface, iid = self.second, csra.IID_ICERTADMIND2
        try:
            return interface.request(request, iid, interface.get_iPid())
        except csra.DCERPCSessionError as error:
            raise Refused(name, error.error_code) from error

    def authentication(self):
        """(type, level) that Samba used for the object's association."""
        return self.object.get_dce_rpc().auth_info()

    def names(self, name):
        return csra.list_text(self.call(name))

    def get_config(self, entry, node=''):
        answer = self.call('GetConfigEntry', pwszAuthority=self.authority, pwszNodePath=node, pwszEntry=entry)
        return csra.get_variant(answer['pVariant'])

    def set_config(self, entry, value, node=''):
        request = csra.make('SetConfigEntry', pwszAuthority=self.authority, pwszNodePath=node, pwszEntry=entry)
        csra.put_variant(request['pVariant'], value)
        self.counts[request.opnum] += 1
        self.second.request(request, csra.IID_ICERTADMIND2, self.second.get_iPid())

    def read_file(self, path):
        """Opens, reads to the end, closes. Returns length and SHA-256."""
        length = self.call('BackupOpenFile', pwszPath=path)['pliLength']
        digest, total = hashlib.sha256(), 0
        while True:
            answer = self.call('BackupReadFile', cbBuffer=READ_SIZE)
            buffer, read = answer['pbBuffer'], answer['pcbRead']
            assert len(buffer) == READ_SIZE, f'{len(buffer)} bytes for a read of {READ_SIZE}'
            digest.update(buffer[:read])
            total += read
            if read < READ_SIZE:
                break
        self.call('BackupCloseFile')
        assert total == length, f'{path}: {total} bytes read of {length}'
        return length, digest.hexdigest()

    def ping(self):
        """ServerAlive, ResolveOxid2, ComplexPing with the object, SimplePing. Returns the bindings' ports."""
        exporter = dcomrt.IObjectExporter(self.activator)
        exporter.ServerAlive()
        bindings = exporter.ResolveOxid2(self.facts['oxid'], (TCP,))
        answer = exporter.ComplexPing(0, 0, [self.facts['oid']], [])
        exporter.SimplePing(answer['pSetId'])
        return [int(binding['aNetworkAddr'].split('[')[1].split(']')[0])
                for binding in bindings if '[' in binding['aNetworkAddr']]

    def release(self):
        if self.second is not None:
            samba_dce.release(self.second, 1)
        samba_dce.release(self.object, self.facts['references'])


def full_backup(client, truncate=True):
    """The order of a full backup. Returns {path: (length, sha256)} and the raw locations."""
    files = {}
    client.call('BackupPrepare', pwszAuthority=client.authority, grbitJet=0, dwBackupFlags=1,
                pwszBackupAnnotation=0, dwClientIdentifier=0)
    _, locations = client.names('RestoreGetDatabaseLocations')
    databases, _ = client.names('BackupGetAttachmentInformation')
    for name in databases:
        assert name[0] == 'D', f'{name}: not a database'
        files[name[1:]] = client.read_file(name[1:])
    logs, _ = client.names('BackupGetBackupLogs')
    for name in logs:
        assert name[0] == '!', f'{name}: not a log'
        files[name[1:]] = client.read_file(name[1:])
    client.names('BackupGetDynamicFiles')
    if truncate:
        client.call('BackupTruncateLogs')
    client.call('BackupEnd')
    return files, locations
