#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A backup of a large database, by a click: no turn of the main loop is longer than 16 ms.

test-stalls.py MEBIBYTES [--sanitized]

Everything here runs before the machine's other work, where that is allowed: a
thread that waits for one that others keep from running would look like a stall.
The program counts by itself, see src/app/sr-stall-counter.h: time in which a
busy machine runs others does not count. Stalls of GTK's drawing and of the
display server are told, for here both are software on the processors that the
backup loads; none of them is held against the program. A sanitized program is
several times slower than what users have, so of such a one only waiting (for a
disk, a server, a lock) is held against the limit, and its slowness is told.
"""

import json
import contextlib
import os
import socket
import subprocess
import sys
import time

import stalls
import tap
import ui

MEBIBYTES = int(sys.argv[1])
SANITIZED = '--sanitized' in sys.argv
PLANTED = 50
PRIORITY = -15

app = None


def status():
    return json.loads(subprocess.run(['strongroomctl', 'practice', 'status', '--json'], check=True,
                                     capture_output=True, text=True).stdout)


def ask(**request):
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(os.path.join(status()['folder'], 'control'))
        control.sendall(json.dumps(request).encode() + b'\n')
        answer = json.loads(control.makefile().readline())
    assert answer['ok'], answer


def test_backup_never_stalls_the_main_loop():
    app.press('Try with a Practice CA')
    app.says('Never backed up')
    ask(do='pad', size=MEBIBYTES << 20)
    app.find('Back Up (in Full|Logs Only)', 'button')
    time.sleep(1)       # what belongs to the start is over
    stalls.mark('start', tap.note)
    begin = time.monotonic()
    app.back_up_in_full()
    # To ask the window all the time would be work for its main loop that no user makes.
    while status()['end'] == 0 and time.monotonic() < begin + 600:
        time.sleep(0.5)
    app.says('Backup Complete')
    app.says('Backed up (just now|[0-9]+ minute)')
    counts, found = stalls.mark('backup', tap.note)
    tap.note(f'{MEBIBYTES} MiB in {time.monotonic() - begin:.1f} s')
    assert counts['frames'] > 10, 'nothing was drawn'
    assert counts['stalls'] == len(found), counts
    ours = stalls.of_the_program(found, busy=not SANITIZED)
    assert not ours, ours


def test_planted_sleep_is_counted():
    from gi.repository import GLib
    stalls.mark('before', tap.note)
    stalls.activate('plant-stall', GLib.Variant('u', PLANTED))
    counts, found = stalls.mark('planted', tap.note)
    assert counts['stalls'] >= 1 and counts['blocked'] >= PLANTED, counts
    ours = stalls.of_the_program(found, busy=not SANITIZED)
    assert any('usleep' in stall or 'nanosleep' in stall for stall in ours), (ours, found)


def main():
    global app
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, PRIORITY)
    ui.begin(animations=True)
    stalls.prepare()
    app = ui.App()
    tap.run([test_backup_never_stalls_the_main_loop, test_planted_sleep_is_counted])


main()
