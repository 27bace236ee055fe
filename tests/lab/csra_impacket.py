# SPDX-License-Identifier: GPL-3.0-or-later
"""ICertAdminD and ICertAdminD2 for impacket's NDR engine.

Written from the IDL of MS-CSRA (appendix A) and the structures of MS-OAUT
2.2.29 and 2.2.30, without a look at the project's own coders: what both sides
agree on is right, or wrong in the specification.
"""

from impacket.dcerpc.v5.dcomrt import DCOMANSWER, DCOMCALL
from impacket.dcerpc.v5.dcom.oaut import BSTR
from impacket.dcerpc.v5.dtypes import DWORD, LONG, LPWSTR, NULL, ULONG, ULONGLONG, USHORT, WSTR
from impacket.dcerpc.v5.ndr import NDR, NDRPOINTER, NDRSTRUCT, NDRUniConformantArray, NDRUNION
from impacket.uuid import uuidtup_to_bin

CLSID_CERT_ADMIN_D = 'd99e6e73-fc88-11d0-b498-00a0c90312f3'
ICERTADMIND = 'd99e6e71-fc88-11d0-b498-00a0c90312f3'
ICERTADMIND2 = '7fe0d935-dda6-443f-85d0-1cfb58fe41dd'
IID_ICERTADMIND = uuidtup_to_bin((ICERTADMIND, '0.0'))
IID_ICERTADMIND2 = uuidtup_to_bin((ICERTADMIND2, '0.0'))


class DCERPCSessionError(Exception):
    """What impacket raises for an answer whose last four bytes are not zero."""

    def __init__(self, error_string=None, error_code=None, packet=None):
        super().__init__(error_string or f'HRESULT 0x{error_code or 0:08x}')
        self.error_code = error_code
        self.packet = packet


class BYTES(NDRUniConformantArray):
    """BYTE[], kept as bytes: impacket's own reader makes a list of them, one by one."""
    item = 'c'

    def unpack(self, fieldName, fieldTypeOrClass, data, offset=0):
        count = self.getArraySize()
        self.fields[fieldName] = data[offset:offset + count]
        return count


class PBYTES(NDRPOINTER):
    referent = (('Data', BYTES),)


class WCHARS(NDRUniConformantArray):
    item = '<H'


class PWCHARS(NDRPOINTER):
    referent = (('Data', WCHARS),)


class CERTTRANSBLOB(NDRSTRUCT):
    structure = (('cb', ULONG), ('pb', PBYTES))


# VARIANT, MS-OAUT 2.2.29 and 2.2.30: what impacket's own module has of arrays lacks pointers.

class BSTRS(NDRUniConformantArray):
    item = BSTR


class PBSTRS(NDRPOINTER):
    referent = (('Data', BSTRS),)


class BYTE_SIZEDARR(NDRSTRUCT):
    structure = (('clSize', ULONG), ('pData', PBYTES))


class SAFEARR_BSTR(NDRSTRUCT):
    structure = (('Size', ULONG), ('aBstr', PBSTRS))


class SAFEARRAYUNION(NDRUNION):
    commonHdr = (('tag', ULONG),)
    union = {
        8: ('BstrStr', SAFEARR_BSTR),
        16: ('ByteStr', BYTE_SIZEDARR),
    }


class SAFEARRAYBOUND(NDRSTRUCT):
    structure = (('cElements', ULONG), ('lLbound', LONG))


class SAFEARRAYBOUNDS(NDRUniConformantArray):
    item = SAFEARRAYBOUND


class wireSAFEARRAY(NDRSTRUCT):
    structure = (
        ('cDims', USHORT),
        ('fFeatures', USHORT),
        ('cbElements', ULONG),
        ('cLocks', ULONG),
        ('uArrayStructs', SAFEARRAYUNION),
        ('rgsabound', SAFEARRAYBOUNDS),
    )


class SAFEARRAY(NDRPOINTER):
    referent = (('Data', wireSAFEARRAY),)


class PSAFEARRAY(NDRPOINTER):
    referent = (('Data', SAFEARRAY),)


class NOTHING(NDR):
    align = 0
    structure = ()


class varUnion(NDRUNION):
    commonHdr = (('tag', ULONG),)
    union = {
        0: ('empty', NOTHING),
        3: ('lVal', LONG),
        8: ('bstrVal', BSTR),
        0x2000: ('parray', PSAFEARRAY),
    }


class wireVARIANT(NDRSTRUCT):
    structure = (
        ('clSize', DWORD),
        ('rpcReserved', DWORD),
        ('vt', USHORT),
        ('wReserved1', USHORT),
        ('wReserved2', USHORT),
        ('wReserved3', USHORT),
        ('_varUnion', varUnion),
    )

    def getAlignment(self):
        return 8


class VARIANT(NDRPOINTER):
    referent = (('Data', wireVARIANT),)


# The calls. No default is left to the engine: every field is set by who makes the call.

def call(opnum, name, request=(), reply=()):
    """Two classes: the call, and its answer, which ends in an HRESULT."""
    globals()[name] = type(name, (DCOMCALL,), {'opnum': opnum, 'structure': tuple(request), '__module__': __name__})
    globals()[name + 'Response'] = type(name + 'Response', (DCOMANSWER,), {
        'structure': tuple(reply) + (('ErrorCode', ULONG),), '__module__': __name__})


AUTHORITY = ('pwszAuthority', LPWSTR)
LIST = (('list', PWCHARS), ('count', LONG))
ENTRY = (AUTHORITY, ('pwszNodePath', LPWSTR), ('pwszEntry', WSTR))

call(17, 'ServerControl', (AUTHORITY, ('dwControlFlags', DWORD)), (('pctbOut', CERTTRANSBLOB),))
call(18, 'Ping', (AUTHORITY,))
call(19, 'GetServerState', (AUTHORITY,), (('pdwState', DWORD),))
call(20, 'BackupPrepare', (AUTHORITY, ('grbitJet', ULONG), ('dwBackupFlags', ULONG),
                           ('pwszBackupAnnotation', USHORT), ('dwClientIdentifier', DWORD)))
call(21, 'BackupEnd')
call(22, 'BackupGetAttachmentInformation', (), LIST)
call(23, 'BackupGetBackupLogs', (), LIST)
call(24, 'BackupOpenFile', (('pwszPath', LPWSTR),), (('pliLength', ULONGLONG),))
call(25, 'BackupReadFile', (('cbBuffer', LONG),), (('pbBuffer', BYTES), ('pcbRead', LONG)))
call(26, 'BackupCloseFile')
call(27, 'BackupTruncateLogs')
call(29, 'BackupGetDynamicFiles', (), LIST)
call(30, 'RestoreGetDatabaseLocations', (), LIST)
call(32, 'GetCAProperty', (AUTHORITY, ('PropId', LONG), ('PropIndex', LONG), ('PropType', LONG)),
     (('pctbPropertyValue', CERTTRANSBLOB),))
call(38, 'Ping2', (AUTHORITY,))
call(44, 'GetConfigEntry', ENTRY, (('pVariant', VARIANT),))
call(45, 'SetConfigEntry', ENTRY + (('pVariant', VARIANT),))
call(47, 'GetMyRoles', (AUTHORITY,), (('pdwRoles', LONG),))

NAMES = {value.opnum: name for name, value in list(globals().items())
         if isinstance(value, type) and issubclass(value, DCOMCALL) and hasattr(value, 'opnum')}


def make(name, **fields):
    """A call with its fields set; strings get their NUL."""
    request = globals()[name]()
    for field, value in fields.items():
        request[field] = value + '\0' if isinstance(value, str) else value
    return request


def list_text(answer):
    """The strings of an answer with a list, and its raw UTF-16."""
    units = answer['list'] if answer['count'] else []
    raw = b''.join(unit.to_bytes(2, 'little') for unit in units)
    return [item for item in raw.decode('utf-16-le').split('\0') if item], raw


def put_variant(field, value):
    """Fills a VARIANT with None, a number, a text, bytes, or a list of texts."""
    field['clSize'] = 3
    field['rpcReserved'] = 0
    for reserved in ('wReserved1', 'wReserved2', 'wReserved3'):
        field[reserved] = 0
    vt = {type(None): 0, int: 3, str: 8, bytes: 0x2011, list: 0x2008}[type(value)]
    field['vt'] = vt
    union = field['_varUnion']
    union['tag'] = vt & 0x2000 or vt
    if isinstance(value, int):
        union['lVal'] = value
    elif isinstance(value, str):
        union['bstrVal']['asData'] = value
    elif value is not None:
        put_array(union['parray'], value)


def put_array(array, value):
    array['cDims'] = 1
    array['cbElements'] = 1 if isinstance(value, bytes) else 4
    bound = SAFEARRAYBOUND()
    bound['cElements'] = len(value)
    bound['lLbound'] = 0
    array['rgsabound'].append(bound)
    union = array['uArrayStructs']
    if isinstance(value, bytes):
        array['fFeatures'], array['cLocks'] = 0x80, 0x11 << 16
        union['tag'] = 16
        union['ByteStr']['clSize'] = len(value)
        union['ByteStr']['pData'] = value
    else:
        array['fFeatures'], array['cLocks'] = 0x180, 8 << 16
        union['tag'] = 8
        union['BstrStr']['Size'] = len(value)
        for text in value:
            item = BSTR()
            item['asData'] = text
            union['BstrStr']['aBstr'].append(item)


def get_variant(field):
    """The value of a VARIANT, as put_variant() takes it."""
    union = field['_varUnion']
    if field['vt'] == 0:
        return None
    if field['vt'] == 3:
        return union['lVal']
    if field['vt'] == 8:
        return union['bstrVal']['asData']
    arrays = union['parray']['uArrayStructs']
    if field['vt'] == 0x2011:
        return bytes(arrays['ByteStr']['pData'])
    if field['vt'] == 0x2008:
        return [item['asData'] for item in arrays['BstrStr']['aBstr']]
    raise ValueError(f"a VARIANT of type 0x{field['vt']:x}")
