# SPDX-License-Identifier: GPL-3.0-or-later
"""The practice CA and the backup folder, as the tests of the window see them from behind."""

import contextlib
import glob
import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid

import ui


def ctl(*arguments, check=True):
    return subprocess.run(['strongroomctl', *arguments], check=check, capture_output=True, text=True)


def status():
    return json.loads(ctl('practice', 'status', '--json').stdout)


def ask(**request):
    """Tells the practice CA what no verb of strongroomctl tells it."""
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(os.path.join(status()['folder'], 'control'))
        control.sendall(json.dumps(request).encode() + b'\n')
        answer = json.loads(control.makefile().readline())
    assert answer['ok'], answer
    return answer


def counts():
    """How often a backup was prepared, ended, and lost with its object, as the practice CA has counted."""
    now = status()
    return now['prepare'], now['end'], now['rundown']


def sets():
    return json.loads(ctl('sets', '--json').stdout)


def restore(name):
    """Restores the practice CA to what a set and those before it hold, as another tool does: nothing here is told."""
    folder = tempfile.mkdtemp(dir=ui.home())
    ctl('export', name, os.path.join(folder, 'exported'))
    ask(do='restore', folder=os.path.join(folder, 'exported', 'DataBase'))


def note_restore(sequence):
    """The note that a restore by this program leaves, ahead of the set of that number."""
    one = sets()[0]
    note = {'format': 1, 'program': 'Strongroom', 'id': str(uuid.uuid4()), 'sequence': sequence, 'kind': 'restore',
            'config': one['config'], 'when': time.strftime('%Y-%m-%dT%H:%M:%S.000000Z', time.gmtime())}
    path = os.path.join(os.path.dirname(one['path']), f'event-{sequence:08d}-restore.json')
    with open(path + '.part', 'w') as file:
        json.dump(note, file)
    os.rename(path + '.part', path)


def repository():
    return os.path.join(os.environ['XDG_DATA_HOME'], 'strongroom', 'backups')


def journal():
    """The sessions that are noted as open."""
    return glob.glob(os.path.join(os.environ['XDG_STATE_HOME'], 'strongroom', 'sessions', '*.json'))


def staging(root=None):
    """What sessions have begun to write and not published."""
    return [path for path in glob.glob(os.path.join(root or repository(), '*', '.*')) if os.path.isdir(path)]


def half_read(size, root=None):
    """Bytes of a database that is being read, when some have come and some have not."""
    for folder in staging(root):
        for path in glob.glob(os.path.join(folder, 'DataBase', '*.edb')):
            with contextlib.suppress(FileNotFoundError):
                length = os.path.getsize(path)
                if 0 < length < size:
                    return length
    return None


def wait_for(function, what, timeout=ui.WAIT):
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        found = function()
        if found:
            return found
        time.sleep(0.002)
    raise ui.Gone(f'not seen within {timeout} s: {what}')


def notifications():
    """A notification service: what it is told comes as lines of JSON from its output."""
    service = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'notifications.py')
    process = subprocess.Popen([sys.executable, '-B', service], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(ui.end, process)
    assert json.loads(process.stdout.readline()) == 'ready'
    return process


class Stopped:
    """A process that stands still for as long as this is entered."""

    def __init__(self, pid):
        self.pid = pid
        atexit.register(self.__exit__)

    def __enter__(self):
        os.kill(self.pid, signal.SIGSTOP)
        return self

    def __exit__(self, *unused):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGCONT)


def stop_in_the_middle(size, pid=None, root=None):
    """Waits until a database of that size is being read, and stops the practice CA (or pid) there: a context."""
    stopped = Stopped(pid or status()['pid'])
    for _ in range(50):
        wait_for(lambda: half_read(size, root), 'a database that is being read')
        os.kill(stopped.pid, signal.SIGSTOP)
        time.sleep(0.1)      # what was under way has come
        if half_read(size, root):
            return stopped
        os.kill(stopped.pid, signal.SIGCONT)
    raise ui.Gone('a database in the middle')
