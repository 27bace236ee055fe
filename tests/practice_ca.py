# SPDX-License-Identifier: GPL-3.0-or-later
"""A practice CA for the time of a test, told what to do over its control socket."""

import atexit
import json
import os
import signal
import socket
import subprocess


class PracticeCa:
    """Runs the program until close(), or the end of the script."""

    def __init__(self, program, folder, *options, name='Contoso CA'):
        self.folder = folder
        self.process = subprocess.Popen(
            [program, '--state-dir', folder, '--name', name, '--json', *options],
            stdout=subprocess.PIPE, text=True)
        atexit.register(self.close)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f'the practice CA ended with {self.process.wait()}')
        self.facts = json.loads(line)

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.stdout.read()
        return self.process.wait()

    def ask(self, what, **members):
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(os.path.join(self.folder, 'control'))
            control.sendall(json.dumps({'do': what, **members}).encode() + b'\n')
            answer = json.loads(control.makefile(encoding='utf-8').readline())
        if not answer['ok']:
            raise RuntimeError(f'the practice CA refused {what}: {answer["error"]}')
        return answer

    def inspect(self):
        return self.ask('inspect')['inspection']

    def log(self, event):
        """The lines of the server's log with this event."""
        with open(os.path.join(self.folder, 'server.log'), encoding='utf-8') as lines:
            facts = [json.loads(line) for line in lines]
        return [fact for fact in facts if fact['event'] == event]
