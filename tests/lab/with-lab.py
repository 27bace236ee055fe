#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a program among real servers on loopback, and ends them with it.

    with-lab.py [--mit] [--ad] -- PROGRAM [ARGUMENT...]

--mit  an MIT KDC of realm LAB.TEST
--ad   a Samba AD domain controller of AD.LAB.TEST, DNS name dc1.ad.lab.test

The servers live in a scratch folder, in namespaces of their own for processes,
network and mounts where the system allows that: they cannot outlive this
script, and several labs do not disturb each other. The program finds

    LAB_DIR      the scratch folder
    KRB5_CONFIG  how to reach the realms
    LAB_KEYTAB   keys of the services (host/ca.lab.test, or host/ca.ad.lab.test with --ad)
    LAB_REALM    LAB.TEST or AD.LAB.TEST

Where something is missing (not root, no KDC, no Samba) a TAP plan says why the
test is skipped.
"""

import argparse
import ctypes
import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

PASSWORD = 'Passw0rd!'
AD_ADDRESS = '127.0.77.10'
MIT_ADDRESS = '127.0.77.1'


class Skip(Exception):
    pass


def need(*programs):
    for program in programs:
        if shutil.which(program) is None:
            raise Skip(f'{program} is not installed')


def run(*command, folder, text=None, **extra):
    """Runs a command that must work; what it says is shown only when it does not."""
    done = subprocess.run(command, input=text, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          cwd=folder, **extra)
    if done.returncode != 0:
        sys.stderr.write(f'{command[0]} failed with {done.returncode}:\n{done.stdout}\n')
        raise SystemExit(1)
    return done.stdout


def wait_for_port(address, port, server, log):
    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            socket.create_connection((address, port), 0.5).close()
            return
        except OSError:
            time.sleep(0.05)
    with open(log, encoding='utf-8', errors='replace') as text:
        sys.stderr.write(f'nothing listens on {address} port {port}; {log} ends with:\n{text.read()[-4000:]}\n')
    raise SystemExit(1)


def start(*command, log, **extra):
    """Starts a server that dies with this process."""
    with open(log, 'wb') as out:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                preexec_fn=lambda: ctypes.CDLL(None).prctl(1, signal.SIGKILL), **extra)


def write(folder, name, text, mode=0o600):
    path = os.path.join(folder, name)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), 'w', encoding='utf-8') as out:
        out.write(text)
    return path


LIBDEFAULTS = '''[libdefaults]
 default_realm = {realm}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
'''

MIT_KRB5 = LIBDEFAULTS + '''[realms]
 LAB.TEST = {{
  kdc = {address}:{port}
 }}
 HOLE.TEST = {{
  kdc = {address}:{hole}
 }}
[domain_realm]
 .lab.test = LAB.TEST
 .hole.test = HOLE.TEST
'''

MIT_KDC = '''[kdcdefaults]
 kdc_listen = {address}:{port}
 kdc_tcp_listen = {address}:{port}
[realms]
 LAB.TEST = {{
  database_name = {folder}/principal
  key_stash_file = {folder}/stash
  acl_file = {folder}/acl
  supported_enctypes = aes256-cts-hmac-sha1-96:normal aes256-cts-hmac-sha384-192:normal
  master_key_type = aes256-cts-hmac-sha1-96
 }}
[logging]
 kdc = FILE:{folder}/kdc.log
'''

# One service a message encryption type.
MIT_PRINCIPALS = f'''addprinc -pw {PASSWORD} alice
addprinc -pw {PASSWORD} bob
addprinc -randkey -e aes256-cts-hmac-sha1-96:normal host/ca.lab.test
addprinc -randkey -e aes256-cts-hmac-sha384-192:normal host/ca384.lab.test
addprinc -randkey -e aes128-cts-hmac-sha1-96:normal host/ca128.lab.test
addprinc -randkey host/stranger.lab.test
addprinc -randkey RPCSS/ca.lab.test
ktadd -norandkey -k {{folder}}/service.keytab host/ca.lab.test
ktadd -norandkey -k {{folder}}/service.keytab host/ca384.lab.test
ktadd -norandkey -k {{folder}}/service.keytab host/ca128.lab.test
ktadd -norandkey -k {{folder}}/service.keytab RPCSS/ca.lab.test
ktadd -norandkey -k {{folder}}/bob.keytab bob
'''


def free_port(address):
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


def start_mit(folder, environment):
    need('krb5kdc', 'kdb5_util', 'kadmin.local')
    port, hole = free_port(MIT_ADDRESS), free_port(MIT_ADDRESS)
    facts = {'folder': folder, 'address': MIT_ADDRESS, 'port': port, 'hole': hole, 'realm': 'LAB.TEST'}
    environment['KRB5_CONFIG'] = write(folder, 'krb5.conf', MIT_KRB5.format(**facts), 0o644)
    environment['KRB5_KDC_PROFILE'] = write(folder, 'kdc.conf', MIT_KDC.format(**facts))
    run('kdb5_util', 'create', '-s', '-P', 'master', '-r', 'LAB.TEST', folder=folder, env=environment)
    said = run('kadmin.local', folder=folder, env=environment, text=MIT_PRINCIPALS.format(**facts))
    if not os.path.exists(os.path.join(folder, 'bob.keytab')):
        sys.stderr.write(said)
        raise SystemExit(1)
    log = os.path.join(folder, 'krb5kdc.out')
    server = start('krb5kdc', '-n', log=log, env=environment)
    wait_for_port(MIT_ADDRESS, port, server, log)
    environment.update(LAB_KEYTAB=f'{folder}/service.keytab', LAB_CLIENT_KEYTAB=f'{folder}/bob.keytab',
                       LAB_REALM='LAB.TEST', LAB_HOLE=f'{MIT_ADDRESS}:{hole}')


AD_KRB5 = LIBDEFAULTS + '''[realms]
 AD.LAB.TEST = {{
  kdc = {address}
 }}
[domain_realm]
 .ad.lab.test = AD.LAB.TEST
'''

AD_ENCTYPES = '''dn: CN=svcca,CN=Users,DC=ad,DC=lab,DC=test
changetype: modify
replace: msDS-SupportedEncryptionTypes
msDS-SupportedEncryptionTypes: 24
'''


def start_ad(folder, environment):
    need('samba', 'samba-tool', 'ldbmodify')
    target, keytab = os.path.join(folder, 'ad'), os.path.join(folder, 'ad-service.keytab')
    config = ('-s', os.path.join(target, 'etc', 'smb.conf'))
    os.mkdir(target)
    environment['KRB5_CONFIG'] = write(folder, 'ad-krb5.conf',
                                       AD_KRB5.format(realm='AD.LAB.TEST', address=AD_ADDRESS), 0o644)
    run('samba-tool', 'domain', 'provision', '--realm=AD.LAB.TEST', '--domain=ADLAB', '--server-role=dc',
        '--dns-backend=SAMBA_INTERNAL', '--adminpass=' + PASSWORD + 'x', '--host-name=dc1', '--host-ip=' + AD_ADDRESS,
        '--targetdir=' + target, f'--option=interfaces={AD_ADDRESS}/8', '--option=bind interfaces only=yes',
        '--option=netbios name=dc1', folder=folder, env=environment)
    run('samba-tool', 'user', 'create', 'alice', PASSWORD, *config, folder=folder, env=environment)
    run('samba-tool', 'user', 'create', 'svcca', PASSWORD + '1', *config, folder=folder, env=environment)
    for spn in ('host/ca.ad.lab.test', 'RPCSS/ca.ad.lab.test'):
        run('samba-tool', 'spn', 'add', spn, 'svcca', *config, folder=folder, env=environment)
    run('ldbmodify', '-H', os.path.join(target, 'private', 'sam.ldb'), folder=folder, text=AD_ENCTYPES,
        env=environment)
    # AES keys come with a password that is set after the account may have them.
    run('samba-tool', 'user', 'setpassword', 'svcca', '--newpassword=' + PASSWORD + '2', *config, folder=folder,
        env=environment)
    for spn in ('host/ca.ad.lab.test', 'RPCSS/ca.ad.lab.test'):
        run('samba-tool', 'domain', 'exportkeytab', keytab, '--principal=' + spn, *config, folder=folder,
            env=environment)
    run('samba-tool', 'group', 'addmembers', 'Domain Admins', 'alice', *config, folder=folder, env=environment)
    os.makedirs(os.path.join(target, 'run', 'ncalrpc'), exist_ok=True)
    log = os.path.join(folder, 'samba.out')
    server = start('samba', '-i', '-M', 'prefork', *config, '--debug-stdout', log=log, env=environment)
    for port in (88, 135, 445):
        wait_for_port(AD_ADDRESS, port, server, log)
    environment.update(LAB_KEYTAB=keytab, LAB_REALM='AD.LAB.TEST', LAB_AD_ADDRESS=AD_ADDRESS, LAB_AD_CONFIG=config[1])


def raise_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack('16sh', b'lo', 1 | 0x40)  # IFF_UP, IFF_RUNNING
        fcntl.ioctl(control, 0x8914, request)  # SIOCSIFFLAGS


def enter_namespaces():
    """Becomes process 1 of a new world, whose end is the end of all; False where that is not allowed."""
    try:
        os.unshare(os.CLONE_NEWPID | os.CLONE_NEWNET | os.CLONE_NEWNS)
    except OSError:
        return False
    child = os.fork()
    if child != 0:
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, lambda *_: os.kill(child, signal.SIGKILL))
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 1)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(1, signal.SIGKILL)
    libc.mount(b'none', b'/', None, 0x44000, None)  # MS_REC | MS_PRIVATE
    libc.mount(b'proc', b'/proc', b'proc', 0, None)
    # Samba's own configuration would get in the way of a provisioning, its sockets in that of another lab.
    for folder in ('/etc/samba', '/run/samba'):
        if os.path.isdir(folder):
            libc.mount(b'tmpfs', folder.encode(), b'tmpfs', 0, b'mode=0755')
    raise_loopback()
    return True


def run_program(command, environment):
    done = subprocess.run(command, env=environment, check=False)
    return done.returncode if done.returncode >= 0 else 128 - done.returncode


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--mit', action='store_true')
    parser.add_argument('--ad', action='store_true')
    parser.add_argument('command', nargs='+')
    arguments = parser.parse_args()
    try:
        if os.geteuid() != 0:
            raise Skip('the lab needs root')
        if arguments.mit:
            need('krb5kdc')
        if arguments.ad:
            need('samba')
            if not os.path.exists('/proc/self/fd'):
                raise Skip('Samba cannot make a domain without /proc')
    except Skip as why:
        print(f'1..0 # SKIP {why}')
        return 0

    enter_namespaces()
    environment = dict(os.environ, LAB_PASSWORD=PASSWORD)
    # The Kerberos libraries that Samba brings, and ours, must not find anything of the machine's own.
    for name in ('KRB5CCNAME', 'KRB5_KTNAME', 'KRB5_CLIENT_KTNAME', 'NTLM_USER_FILE'):
        environment.pop(name, None)
    with tempfile.TemporaryDirectory(prefix='sr-lab-', ignore_cleanup_errors=True) as folder:
        environment['LAB_DIR'] = folder
        environment['KRB5CCNAME'] = f'FILE:{folder}/ccache'
        environment['KRB5RCACHETYPE'] = 'none'
        quiet = dict(environment, LSAN_OPTIONS='', ASAN_OPTIONS='')
        try:
            for wanted, starter in ((arguments.mit, start_mit), (arguments.ad, start_ad)):
                if wanted:
                    starter(folder, quiet)
        except Skip as why:
            print(f'1..0 # SKIP {why}')
            return 0
        environment.update({name: quiet[name] for name in quiet if name.startswith(('LAB_', 'KRB5_CONFIG'))})
        return run_program(arguments.command, environment)


if __name__ == '__main__':
    sys.exit(main())
