#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tshark and impacket see of a backup that is not sealed.

    with-lab.py -- test-tshark.py UNSEALED-BACKUP

Wireshark's dissectors know binds, activation, the object resolver and
IRemUnknown; ICertAdminD they do not know, and impacket reads its stubs.
"""

import collections
import hashlib
import json
import os
import subprocess
import sys

import tap

try:
    import csra_impacket as csra
    from impacket.dcerpc.v5 import dcomrt
except ImportError as missing:
    tap.skip_all(f'python3-impacket is not installed ({missing})')

from capture import Capture, Unable

BIND, BIND_ACK, ALTER, ALTER_RESP = 11, 12, 14, 15
NDR20 = '8a885d04-1ceb-11c9-9fe8-08002b104860'
FEATURES = '6cb71c2c-9812-4540-0000-000000000000'      # bind-time feature negotiation, offering none
RESOLVER = '99fcfec4-5260-101b-bbcb-00aa0021347a'
ACTIVATOR = '000001a0-0000-0000-c000-000000000046'
REM_UNKNOWN = '00000131-0000-0000-c000-000000000046'
TCP = 7
ERROR = 0x00800000      # PI_ERROR

# What the program sets the entry to, in its order.
VALUES = [-7, 'Zürich', b'\0\1\2\3\xff', [r'65:C:\a.crl', '6:http://b/a.crl']]

folder = os.environ['LAB_DIR']


def run_backup():
    """Captures the whole run. Returns the capture and what the program tells."""
    try:
        capture = Capture(os.path.join(folder, 'unsealed.pcapng'))
    except Unable as reason:
        tap.skip_all(str(reason))
    program = subprocess.run([sys.argv[1], os.path.join(folder, 'ca')], input='go\n', stdout=subprocess.PIPE,
                             text=True, check=True)
    told = json.loads(program.stdout.splitlines()[-1])
    capture.finish(told['activationPort'], told['objectPort'])
    return capture, told


def same(what, seen, wanted):
    tap.note(f'{what}: {seen}')
    assert seen == wanted, f'{what}: {seen} and not {wanted}'


def frames_of(dissector, opnum, packet_type):
    return f'{dissector} && dcerpc.opnum == {opnum} && dcerpc.pkt_type == {packet_type}'


def test_binds():
    rows = capture.fields(f'dcerpc.pkt_type == {BIND} || dcerpc.pkt_type == {ALTER}', 'dcerpc.pkt_type',
                          'dcerpc.cn_bind_to_uuid', 'dcerpc.cn_bind_if_ver', 'dcerpc.cn_bind_trans_id',
                          'dcerpc.cn_max_xmit', 'dcerpc.cn_max_recv')
    interfaces = collections.Counter((int(row[0][0]), row[1][0]) for row in rows)
    tap.note('interfaces:', dict(interfaces))
    assert set(interfaces) == {(BIND, RESOLVER), (ALTER, ACTIVATOR), (BIND, csra.ICERTADMIND),
                               (ALTER, csra.ICERTADMIND2), (ALTER, REM_UNKNOWN)}
    for kind, uuids, versions, transfers, transmit, receive in rows:
        wanted = [NDR20, FEATURES] if int(kind[0]) == BIND else [NDR20]
        assert transfers == wanted and len(set(uuids)) == 1 and set(versions) == {'0'}, (uuids, versions, transfers)
        assert transmit == receive == ['5840']


def test_bind_answers():
    rows = capture.fields(f'dcerpc.pkt_type == {BIND_ACK} || dcerpc.pkt_type == {ALTER_RESP}', 'dcerpc.pkt_type',
                          'dcerpc.cn_ack_result', 'dcerpc.cn_ack_trans_id', 'dcerpc.cn_sec_addr', 'tcp.srcport')
    assert len(rows) == len(capture.fields(f'dcerpc.pkt_type == {BIND} || dcerpc.pkt_type == {ALTER}', 'frame.number'))
    for kind, results, transfers, address, port in rows:
        assert transfers[0] == NDR20
        if int(kind[0]) == BIND_ACK:    # 0: acceptance, 3: negotiate_ack
            assert results == ['0', '3'] and address == port, (results, address, port)
        else:
            assert results == ['0'], results


def test_activation_request():
    rows = capture.fields(frames_of('isystemactivator', 4, 0),
                          'isystemactivator.properties.instninfo.clsid', 'isystemactivator.properties.instninfo.iid',
                          'isystemactivator.properties.spcl.defauthlvl', 'isystemactivator.properties.sri.cltimplvl',
                          'isystemactivator.properties.sri.protseq', 'dcom.version_major', 'dcom.version_minor',
                          'isystemactivator.properties.instninfo.iidcount')
    same('RemoteCreateInstance requests', len(rows), told['activations'])
    clsid, iids, level, impersonation, protocols, major, minor, count = rows[0]
    same('class', clsid, [told['clsid']])
    same('interfaces', iids, [csra.ICERTADMIND, csra.ICERTADMIND2])
    same('their number', count, ['2'])
    same('authentication level, impersonation, protocol', [level[0], impersonation[0], protocols],
         ['6', '2', [str(TCP)]])
    same('ORPCTHIS version', (major[0], minor[0]), ('5', '7'))


def test_activation_answer():
    rows = capture.fields(frames_of('isystemactivator', 4, 2), 'dcom.oxid', 'dcom.oid', 'dcom.ipid',
                          'dcom.stdobjref.public_refs', 'isystemactivator.properties.scmresp.oxid',
                          'isystemactivator.properties.scmresp.rmtunknid', 'isystemactivator.properties.retval',
                          'isystemactivator.properties.scmresp.authhint', 'dcom.dualstringarray.network_addr',
                          'isystemactivator.properties.iid', 'dcom.hresult')
    assert len(rows) == 1
    oxid, oid, ipid, references, scm_oxid, rem_unknown, results, hint, addresses, iids, hresult = rows[0]
    same('OXID', (oxid[0], scm_oxid[0]), (told['oxid'], told['oxid']))
    same('OID', oid[0], told['oid'])
    same('IPID', ipid[0], told['ipid'])
    same('references', int(references[0], 0), told['references'])
    same('IRemUnknown', rem_unknown, [told['remUnknown']])
    same('interfaces', iids, [csra.ICERTADMIND, csra.ICERTADMIND2])
    same('results', results, ['0', '0'])
    same('authentication hint', hint, ['6'])
    same('bindings', f"127.0.0.1[{told['objectPort']}]" in addresses, True)
    same('HRESULT', int(hresult[-1], 0), 0)


def test_pings():
    rows = capture.fields(frames_of('oxid', 2, 0), 'oxid.setid', 'oxid.seqnum', 'oxid.addtoset', 'oxid.delfromset',
                          'oxid.oid')
    same('ComplexPing requests', len(rows), told['complexPings'])
    same('the first', rows[0], [['0x0000000000000000'], ['1'], ['1'], ['0'], [told['oid']]])
    # tshark does not align the second array, so its OID is left to impacket below.
    same('the last', rows[-1][:4], [[told['setid']], ['2'], ['0'], ['1']])
    answers = capture.fields(frames_of('oxid', 2, 2), 'oxid.setid', 'oxid.ping_backoff_factor', 'dcom.hresult')
    assert answers == [[[told['setid']], ['0'], ['0x00000000']]] * len(rows), answers
    simple = capture.fields(frames_of('oxid', 1, 0), 'oxid.setid')
    same('SimplePing requests', len(simple), told['simplePings'])
    assert simple == [[[told['setid']]]] * len(simple), simple
    answers = capture.fields(frames_of('oxid', 1, 2), 'dcom.hresult')
    assert answers == [[['0x00000000']]] * len(simple), answers


def test_complex_pings_by_impacket():
    pings = [dcomrt.ComplexPing(call.request) for call in calls if interface_of(call) == RESOLVER and call.opnum == 2]
    assert len(pings) == told['complexPings']
    oid = int(told['oid'], 0)
    same('added', [entry['Data'] for entry in pings[0]['AddToSet']], [oid])
    same('deleted', [entry['Data'] for entry in pings[-1]['DelFromSet']], [oid])


def test_release():
    rows = capture.fields(frames_of('remunk', 5, 0), 'dcerpc.obj_id', 'remunk.int_refs', 'dcom.ipid',
                          'remunk.public_refs', 'remunk.private_refs')
    same('RemRelease requests', len(rows), told['releases'])
    target, count, ipids, public, private = rows[0]
    same('to', target, [told['remUnknown']])
    same('interfaces, behind what was called', (count, ipids),
         (['2'], [told['remUnknown'], told['ipid'], told['ipid2']]))
    same('references', (public, private), ([str(told['references'])] * 2, ['0', '0']))
    answers = capture.fields(frames_of('remunk', 5, 2), 'dcom.hresult')
    same('answers', answers, [[['0x00000000']]])
    same('objects left', told['objects'], 0)


def test_nothing_is_malformed():
    same('frames of DCE/RPC', len(capture.fields('dcerpc', 'frame.number')) > 100, True)
    # That tshark looks at all: it has remarks of lesser weight.
    same('remarks of any weight', len(capture.fields('_ws.expert', 'frame.number')) > 0, True)
    for display_filter in ('_ws.malformed', f'_ws.expert.severity >= {ERROR}', 'dcerpc.cn_ctx_id.no_bind',
                           'dcerpc.pkt_type == 3'):
        frames = capture.fields(display_filter, 'frame.number', '_ws.expert.message')
        same(display_filter, frames, [])
    errors = [line for line in capture.tshark('-q', '-z', 'expert,error').splitlines() if line.startswith('Errors')]
    same('errors', errors, [])


def test_counts():
    rows = capture.fields('dcerpc.pkt_type == 0 && dcerpc.opnum == 25', 'frame.number')
    same('requests of BackupReadFile', len(rows), told['counts']['25'])
    ours = collections.Counter(str(call.opnum) for call in calls if is_csra(call))
    same('requests by opnum', dict(ours), told['counts'])


def interface_of(call):
    return interfaces[call.stream, call.context]


def is_csra(call):
    return interface_of(call) in (csra.ICERTADMIND, csra.ICERTADMIND2)


def bound_interfaces():
    """(stream, context) -> interface, of every bind and alter_context."""
    bound = {}
    for stream, contexts, uuids in capture.fields(
            f'dcerpc.pkt_type == {BIND} || dcerpc.pkt_type == {ALTER}', 'tcp.stream', 'dcerpc.cn_ctx_id',
            'dcerpc.cn_bind_to_uuid'):
        bound.update(((int(stream[0]), int(context)), uuid) for context, uuid in zip(contexts, uuids))
    return bound


def test_requests_by_impacket():
    """Every request of ICertAdminD, in order: field by field what the program says it sent."""
    seen = [call for call in calls if is_csra(call)]
    assert len(seen) == len(told['sent']), (len(seen), len(told['sent']))
    for call, sent in zip(seen, told['sent']):
        name = csra.NAMES[call.opnum]
        request = getattr(csra, name)(call.request)
        assert call.opnum == sent['opnum'], (name, sent)
        assert request['ORPCthis']['version']['MajorVersion'] == 5 and request['ORPCthis']['flags'] == 0
        assert call.object == expected_object(call), name
        for field, value in sent.items():
            if field == 'value':
                assert csra.get_variant(request['pVariant']) == VALUES[value], name
            elif field != 'opnum':
                assert request[field] in (value, f'{value}\0'), f'{name}: {field} is {request[field]!r}'
        same_length(name, request, call.request)
    tap.note(len(seen), 'requests')


def expected_object(call):
    ipid = told['ipid'] if interface_of(call) == csra.ICERTADMIND else told['ipid2']
    return csra.uuidtup_to_bin((ipid, '0.0'))[:16]


def same_length(name, message, stub):
    """impacket writes what it read; gaps and referents are its own, so only the length can be the same."""
    assert len(message.getData()) == len(stub), f'{name}: {len(message.getData())} bytes from {len(stub)}'


def test_answers_by_impacket():
    """The files that the answers carry are those that arrived; other answers say what they must."""
    files, current, settings = {}, None, iter(VALUES)
    for call in (call for call in calls if is_csra(call)):
        name = csra.NAMES[call.opnum]
        answer = getattr(csra, name + 'Response')(call.response)
        assert answer['ErrorCode'] == 0, f"{name}: 0x{answer['ErrorCode']:x}"
        if name == 'BackupOpenFile':
            current = csra.BackupOpenFile(call.request)['pwszPath'].rstrip('\0')
            files[current] = [answer['pliLength'], hashlib.sha256()]
        elif name == 'BackupReadFile':
            assert len(answer['pbBuffer']) == csra.BackupReadFile(call.request)['cbBuffer']
            files[current][1].update(answer['pbBuffer'][:answer['pcbRead']])
        elif name == 'GetConfigEntry':
            assert csra.get_variant(answer['pVariant']) == next(settings)
        elif name == 'GetServerState':
            assert answer['pdwState'] == 1
        elif name == 'GetMyRoles':
            assert answer['pdwRoles'] == 0x109, hex(answer['pdwRoles'])
    same('files', {path: (length, digest.hexdigest()) for path, (length, digest) in files.items()},
         {entry['path']: (entry['length'], entry['sha256']) for entry in told['files']})


capture, told = run_backup()
calls = capture.calls()
interfaces = bound_interfaces()
tap.run([test_binds, test_bind_answers, test_activation_request, test_activation_answer, test_pings,
         test_complex_pings_by_impacket, test_release, test_nothing_is_malformed, test_counts,
         test_requests_by_impacket, test_answers_by_impacket])
