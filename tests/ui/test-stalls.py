#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A backup of a large database, by a click: no turn of the main loop is longer than 16 ms.

test-stalls.py LAB MEBIBYTES [--sanitized]

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
import os
import re
import socket
import subprocess
import sys
import time

import ui

sys.path.insert(0, sys.argv[1])
import tap  # noqa: E402

MEBIBYTES = int(sys.argv[2])
SANITIZED = '--sanitized' in sys.argv
LIMIT = 16.0
PLANTED = 50
PRIORITY = -15

app = None
report = None


def status():
    return json.loads(subprocess.run(['strongroomctl', 'practice', 'status', '--json'], check=True,
                                     capture_output=True, text=True).stdout)


def ask(**request):
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(os.path.join(status()['folder'], 'control'))
        control.sendall(json.dumps(request).encode() + b'\n')
        answer = json.loads(control.makefile().readline())
    assert answer['ok'], answer


def activate(action, value):
    """Activates an action of the program, as the desktop does."""
    from gi.repository import Gio, GLib
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    names = bus.call_sync('org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'ListNames', None, None, 0, -1)[0]
    name, = [name for name in names if name.startswith('io.github.strongroom.Strongroom')]
    bus.call_sync(name, '/' + name.replace('.', '/'), 'org.gtk.Actions', 'Activate',
                  GLib.Variant('(sava{sv})', (action, [value], {})), None, 0, -1)


def mark(label):
    """The counts since the mark before, and the lines of the stalls."""
    from gi.repository import GLib
    activate('mark-stalls', GLib.Variant('s', label))
    stalls = []
    end = time.monotonic() + ui.WAIT
    while time.monotonic() < end:
        line = report.readline()
        if line.startswith(f'mark {label}: '):
            counts = {name: float(value) for name, value in re.findall(r'(\w+) ([\d.]+)', line.split(': ')[1])}
            tap.note(line.strip())
            for stall in stalls:
                tap.note(stall)
            return counts, stalls
        if line.startswith('stall '):
            stalls.append(line.strip())
        elif not line:
            time.sleep(0.05)
    raise ui.Gone(f'no mark “{label}” in the report')


def waited_for_others(stall):
    return float(re.match(r'stall ([\d.]+)', stall)[1]) - float(re.search(r' cpu ([\d.]+)', stall)[1])


def test_backup_never_stalls_the_main_loop():
    global report
    app.press('Try with a Practice CA')
    app.says('Never backed up')
    ask(do='pad', size=MEBIBYTES << 20)
    app.find('Back Up', 'button')
    time.sleep(1)       # what belongs to the start is over
    report = open(os.environ['STRONGROOM_COUNT_STALLS'])
    mark('start')
    begin = time.monotonic()
    app.press('Back Up')
    # To ask the window all the time would be work for its main loop that no user makes.
    while status()['end'] == 0 and time.monotonic() < begin + 600:
        time.sleep(0.5)
    app.says('Backup Complete')
    app.says('Backed up just now')
    counts, stalls = mark('backup')
    tap.note(f'{MEBIBYTES} MiB in {time.monotonic() - begin:.1f} s')
    assert counts['frames'] > 10, 'nothing was drawn'
    assert counts['stalls'] == len(stalls), counts
    ours = [stall for stall in stalls if ' display in ' not in stall and ' rendering in ' not in stall]
    if SANITIZED:
        ours = [stall for stall in ours if waited_for_others(stall) > LIMIT]
    assert not ours, ours


def test_planted_sleep_is_counted():
    from gi.repository import GLib
    mark('before')
    activate('plant-stall', GLib.Variant('u', PLANTED))
    counts, stalls = mark('planted')
    assert counts['stalls'] >= 1 and counts['blocked'] >= PLANTED, counts
    assert any('usleep' in stall or 'nanosleep' in stall for stall in stalls), stalls


def main():
    global app
    reason = ui.missing()
    if reason:
        tap.skip_all(reason)
    try:
        os.setpriority(os.PRIO_PROCESS, 0, PRIORITY)
    except PermissionError:
        pass
    ui.inside_screen()
    os.environ['STRONGROOM_COUNT_STALLS'] = os.path.join(ui.home(), 'stalls')
    app = ui.App()
    try:
        tap.run([test_backup_never_stalls_the_main_loop, test_planted_sleep_is_counted])
    finally:
        subprocess.run(['strongroomctl', 'practice', 'stop'], capture_output=True)
        app.close()


main()
