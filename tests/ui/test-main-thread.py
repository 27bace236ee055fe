#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main thread touches none of the program's own files, and no network: strace looks on while the window is used.

The programs are on PATH.
"""

import json
import os
import re
import shutil
import subprocess
import time

import tap
import ui

# Everything with a path, what makes a disk wait, and where a network begins. A write is made certain half a second late.
CALLS = '%file,fsync,fdatasync,syncfs,connect,flock'
SLOW = 'fsync,fdatasync:delay_enter=500000'

app = None
trace = None


def of_the_main_thread():
    """Its calls that touch the program's own folders, wait for a disk, or reach for a network."""
    found = []
    main = str(app.process.pid)
    ours = re.compile(r'["<]' + re.escape(ui.home()) + r'/(config|data|state)/strongroom[/">]')
    with open(trace) as file:
        for line in file:
            thread, _, call = line.partition(' ')
            if thread != main:
                continue
            call = call.strip()
            if ours.search(call) or re.match(r'f(data)?sync|syncfs', call) or 'AF_INET' in call:
                found.append(call)
    return found


def others():
    """How many threads and programs do such things: else nothing was seen at all."""
    with open(trace) as file:
        return len({line.split(' ')[0] for line in file if '/strongroom/' in line} - {str(app.process.pid)})


def quiet():
    time.sleep(0.5)     # strace writes behind the program
    found = of_the_main_thread()
    assert not found, '\n'.join(found)


def test_first_start_and_a_backup():
    app.press('Try with a Practice CA')
    app.says('Never backed up')
    app.press('Issue')
    app.says('Runs with 11 certificates')
    app.back_up_in_full()
    app.says('Backup Complete')
    app.says('Backed up (just now|[0-9]+ minute)')
    quiet()
    assert others() > 1


def test_set_is_shown_and_verified():
    app.press('Show Set')
    app.press('Verify')
    app.says('Every file is what the manifest says')
    app.press('Back( to .*)?')
    app.hide_card()
    quiet()


def test_preferences_are_changed():
    app.key('ctrl+comma')
    row = app.find('Verify .*', 'list item|switch|check box')
    app.click(row)
    path = os.path.join(ui.home(), 'config/strongroom/preferences.json')

    def written():
        with open(path) as file:
            return json.load(file).get('verify_after_backup') is False
    app.wait(written, 'the change in the file')
    app.key('Escape')
    quiet()


def test_ca_is_removed():
    app.press('More About This CA')
    app.press('Remove CA…', 'menu item|button|push button')
    app.press('Remove CA')
    app.find('Back Up a Certificate Authority')
    assert json.loads(subprocess.run(['strongroomctl', 'ca', 'list', '--json'], check=True, capture_output=True).stdout) == []
    quiet()


def test_write_outlives_the_window():
    """Another start of the practice CA puts it into the list; the program is told to quit while that is written."""
    app.press('Try with a Practice CA')
    app.says('Reachable')
    app.key('ctrl+comma')
    app.click(app.find('Verify .*', 'list item|switch|check box'))
    subprocess.run(['gapplication', 'action', name(), 'quit'], check=True)
    app.process.wait(ui.WAIT)
    with open(os.path.join(ui.home(), 'config/strongroom/preferences.json')) as file:
        assert json.load(file)['verify_after_backup'] is True
    quiet()


def name():
    from gi.repository import Gio
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    names = bus.call_sync('org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'ListNames', None, None, 0, -1)[0]
    found, = [name for name in names if name.startswith('io.github.strongroom.Strongroom')]
    return found


def no_strace():
    """Why not, in words, or None."""
    if shutil.which('strace') is None:
        return 'not installed: strace'
    tried = subprocess.run(['strace', '-f', '--seccomp-bpf', '-o', '/dev/null', 'true'], capture_output=True)
    return 'strace may not trace here' if tried.returncode != 0 else None


def main():
    global app, trace
    ui.begin(no_strace())
    trace = os.path.join(ui.home(), 'trace')
    # With -D the program is our child, and strace its grandchild. Two tracers of one program cannot be: no leak check.
    os.environ['ASAN_OPTIONS'] = os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0'
    app = ui.App('strace', arguments=['-D', '-f', '--seccomp-bpf', '-y', '-s', '300', '-o', trace, '-e', 'trace=' + CALLS,
                                      '-e', 'inject=' + SLOW, shutil.which('strongroom')])
    tap.run([test_first_start_and_a_backup, test_set_is_shown_and_verified, test_preferences_are_changed,
             test_ca_is_removed, test_write_outlives_the_window])


main()
