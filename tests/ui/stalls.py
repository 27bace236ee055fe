# SPDX-License-Identifier: GPL-3.0-or-later
"""The program's own counter of main-loop stalls, see src/app/sr-stall-counter.h."""

import os
import re
import time

import ui

LIMIT = 16.0

report = None


def prepare():
    """Before the program is started."""
    os.environ['STRONGROOM_COUNT_STALLS'] = os.path.join(ui.home(), 'stalls')


def activate(action, value):
    """Activates an action of the program, as the desktop does."""
    from gi.repository import Gio, GLib
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    names = bus.call_sync('org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'ListNames', None, None, 0, -1)[0]
    name, = [name for name in names if name.startswith('io.github.strongroom.Strongroom')]
    bus.call_sync(name, '/' + name.replace('.', '/'), 'org.gtk.Actions', 'Activate',
                  GLib.Variant('(sava{sv})', (action, [value], {})), None, 0, -1)


def mark(label, note):
    """The counts since the mark before, and the lines of the stalls."""
    global report
    report = report or open(os.environ['STRONGROOM_COUNT_STALLS'])
    from gi.repository import GLib
    activate('mark-stalls', GLib.Variant('s', label))
    stalls = []
    end = time.monotonic() + ui.WAIT
    while time.monotonic() < end:
        line = report.readline()
        if line.startswith(f'mark {label}: '):
            counts = {name: float(value) for name, value in re.findall(r'(\w+) ([\d.]+)', line.split(': ')[1])}
            note(line.strip())
            for stall in stalls:
                note(stall)
            return counts, stalls
        if line.startswith('stall '):
            stalls.append(line.strip())
        elif not line:
            time.sleep(0.05)
    raise ui.Gone(f'no mark “{label}” in the report')


def of_the_program(stalls, busy=True):
    """Those that remain without GTK's drawing and without waiting for the display server;
    with busy=False those where the program waited for something else, however slow it is itself."""
    ours = []
    for stall in stalls:
        own, cpu, drawing = [float(re.search(rf'\b{name} ([\d.]+)', stall)[1]) for name in ('stall', 'cpu', 'drawing')]
        if ' display in' in stall:
            own = cpu
        if (own - drawing if busy else own - cpu) > LIMIT:
            ours.append(stall)
    return ours
