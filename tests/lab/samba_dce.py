# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets impacket's DCOM code speak over Samba's RPC client.

impacket marshals and unmarshals, Samba connects, authenticates, seals and
fragments: two programs that know nothing of ours, each for what it is good at
(impacket's own NTLM is refused by gss-ntlmssp as an acceptor).
"""

import ctypes
import mmap
import struct
import uuid

from impacket.dcerpc.v5 import dcomrt
from impacket.dcerpc.v5.rpcrt import DCERPC
from impacket.uuid import bin_to_uuidtup
from samba import credentials, param
from samba.dcerpc import echo

NTLM = 'ntlm'
KERBEROS = 'krb5'


class Interface:
    """Lets Samba bind, signed in, to an interface that it has no module for.

    Its ClientConnection takes any interface, but looks for the interface's
    service name when it signs in, and crashes without one. So the table of its
    own test interface, rpcecho, says another UUID while a connection is made.
    """

    TABLE = ctypes.c_char.in_dll(ctypes.CDLL('libndr-standard.so.0'), 'ndr_table_rpcecho')
    SYNTAX = ctypes.addressof(TABLE) + ctypes.sizeof(ctypes.c_void_p)  # behind its name: GUID, version
    SIZE = 20

    def __init__(self, name, version):
        self.wanted = uuid.UUID(name).bytes_le + struct.pack('<I', version)

    def write(self, data):
        first = self.SYNTAX & -mmap.PAGESIZE
        length = self.SYNTAX + self.SIZE - first
        ctypes.CDLL(None).mprotect(ctypes.c_void_p(first), ctypes.c_size_t(length), mmap.PROT_READ | mmap.PROT_WRITE)
        ctypes.memmove(self.SYNTAX, data, self.SIZE)

    def connect(self, account, binding, *others):
        """Binds; with a connection of the same association in others, by alter_context."""
        before = ctypes.string_at(self.SYNTAX, self.SIZE)
        self.write(self.wanted)
        try:
            return echo.rpcecho(binding, account.parameters, account.credentials,
                                **{'basis_connection': other for other in others[:1]})
        finally:
            self.write(before)


class Account:
    """Who signs in, how, and where: the address to connect to, and the name that a ticket is for."""

    def __init__(self, address, mechanism, user, password=None, domain=None, realm=None, name=None, options='seal'):
        self.address, self.mechanism, self.options = address, mechanism, options
        self.name, self.realm = name or address, realm
        self.credentials = credentials.Credentials()
        self.parameters = param.LoadParm()
        self.parameters.load_default()
        self.parameters.set('interfaces', '127.0.0.1/8')
        if realm:
            self.parameters.set('realm', realm)
        self.credentials.guess(self.parameters)
        self.credentials.set_username(user)
        if domain:
            self.credentials.set_domain(domain)
        if realm:
            self.credentials.set_realm(realm)
        if password is not None:
            self.credentials.set_password(password)
        wanted = credentials.MUST_USE_KERBEROS if mechanism == KERBEROS else credentials.DONT_USE_KERBEROS
        self.credentials.set_kerberos_state(wanted)

    def binding(self, port, service):
        words = [str(port), self.mechanism] + [word for word in self.options.split(',') if word]
        if self.mechanism == KERBEROS:
            words.append(f'target_hostname={self.name}')
            words.append(f'target_principal={service}/{self.name}@{self.realm}')
        return f"ncacn_ip_tcp:{self.address}[{','.join(words)}]"


class Transport:
    """What impacket asks a transport about."""

    def __init__(self, account, port, service):
        self.account, self.port, self.service = account, port, service

    def getRemoteName(self):
        return self.account.address

    getRemoteHost = getRemoteName

    def get_kerberos(self):
        return False

    def get_kdcHost(self):
        return None

    def set_connect_timeout(self, timeout):
        pass

    def get_dce_rpc(self):
        return SambaDce(self)


class SambaDce(DCERPC):
    """One association; a second interface is added by alter_context."""

    def __init__(self, transport):
        DCERPC.__init__(self, transport)
        self.connections = {}
        self.interface = None
        self.answer = None

    def connect(self):
        return 1

    def disconnect(self):
        self.connections.clear()

    def get_auth_type(self):
        return 10

    def bind(self, iface_uuid, alter=0, bogus_binds=0, transfer_syntax=None):
        name, version = bin_to_uuidtup(iface_uuid)
        if name not in self.connections:
            account = self._transport.account
            binding = account.binding(self._transport.port, self._transport.service)
            self.connections[name] = Interface(name, int(float(version))).connect(
                account, binding, *self.connections.values())
        self.interface = name
        return self

    def alter_ctx(self, newUID, bogus_binds=''):
        return self.bind(newUID)

    def auth_info(self):
        return self.connections[self.interface].auth_info()

    def call(self, function, body, uuid=None):
        stub = body.getData() if hasattr(body, 'getData') else body
        # Samba takes no None for "no object".
        objects = [] if uuid is None else [as_guid(uuid)]
        self.answer = self.connections[self.interface].request(function, stub, *objects)

    def recv(self):
        return self.answer


def as_guid(binary):
    return str(uuid.UUID(bytes_le=bytes(binary[:16])))


class Connector:
    """Stands for impacket's transport module: object bindings come here."""

    def __init__(self, account, service='host'):
        self.account, self.service = account, service
        self.ports = []
        self.last = None

    def DCERPCTransportFactory(self, binding):
        port = int(binding[binding.index('[') + 1:].rstrip(']'))
        self.ports.append(port)
        self.last = Transport(self.account, port, self.service)
        return self.last


def activate(account, port, clsid, iid):
    """RemoteCreateInstance by impacket. Returns the interface, the activator's association, and the connector."""
    connector = Connector(account)
    dcomrt.transport = connector
    # impacket would go on with the association of the client before, whoever that was.
    dcomrt.INTERFACE.CONNECTIONS.clear()
    activator = Transport(account, port, 'RPCSS').get_dce_rpc()
    dcomrt.DCOMConnection.PORTMAPS[account.address] = activator
    interface = dcomrt.IRemoteSCMActivator(activator).RemoteCreateInstance(clsid, iid)
    return interface, activator, connector


def activation_facts(stub):
    """What a RemoteCreateInstance answer says, read once more for what impacket keeps to itself."""
    answer = dcomrt.RemoteCreateInstanceResponse(stub)
    reference = dcomrt.OBJREF_CUSTOM(b''.join(answer['ppActProperties']['abData']))
    blob = dcomrt.ACTIVATION_BLOB(reference['pObjectData'])
    header = blob['CustomHeader']
    sizes = [size['Data'] for size in header['pSizes']]
    out = dcomrt.PropsOutInfo()
    used = out.fromString(blob['Property'][:sizes[0]])
    out.fromStringReferents(blob['Property'][used:sizes[0]])
    scm_bytes = blob['Property'][sizes[0]:sizes[0] + sizes[1]]
    scm = dcomrt.ScmReplyInfoData()
    used = scm.fromString(scm_bytes)
    scm.fromStringReferents(scm_bytes[used:])
    object_reference = dcomrt.OBJREF_STANDARD(b''.join(out['ppIntfData'][0]['abData']))
    reply = scm['remoteReply']
    return {
        'properties': [clsid['Data'] for clsid in header['pclsid']],
        'version': (reply['serverVersion']['MajorVersion'], reply['serverVersion']['MinorVersion']),
        'authentication': reply['authnHint'],
        'rem_unknown': reply['ipidRemUnknown'],
        'references': object_reference['std']['cPublicRefs'],
        'flags': object_reference['std']['flags'],
        'oid': object_reference['std']['oid'],
        'oxid': object_reference['std']['oxid'],
    }


def release(interface, references):
    """RemRelease of so many public references (impacket's own gives back one)."""
    request = dcomrt.RemRelease()
    request['cInterfaceRefs'] = 1
    element = dcomrt.REMINTERFACEREF()
    element['ipid'] = interface.get_iPid()
    element['cPublicRefs'] = references
    request['InterfaceRefs'].append(element)
    return interface.request(request, dcomrt.IID_IRemUnknown, interface.get_ipidRemUnknown())
