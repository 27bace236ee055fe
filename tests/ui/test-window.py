#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the first start to a finished backup, and on to the end of the program, by clicks alone.

The programs are on PATH.
"""

import json
import os
import socket
import subprocess
import time

import tap
import ui

DATABASE = 96 << 20     # so that a backup takes long enough to be cancelled

app = None


def practice(*arguments):
    return subprocess.run(['strongroomctl', 'practice', *arguments], check=True, capture_output=True, text=True).stdout


def ask(**request):
    """Tells the practice CA what no verb of strongroomctl tells it."""
    folder = json.loads(practice('status', '--json'))['folder']
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(os.path.join(folder, 'control'))
        control.sendall(json.dumps(request).encode() + b'\n')
        answer = json.loads(control.makefile().readline())
    assert answer['ok'], answer
    return answer


def counts():
    status = json.loads(practice('status', '--json'))
    return status['prepare'], status['end'], status['rundown']


def sets():
    return json.loads(subprocess.run(['strongroomctl', 'sets', '--json'], check=True, capture_output=True, text=True).stdout)


def dispositions():
    return [row.get('disposition') for row in json.loads(practice('inspect', '--json'))['rows']]


def test_first_start_offers_a_practice_ca():
    app.find('Back Up a Certificate Authority')
    ui.audit(app)
    app.press('Try with a Practice CA')
    app.says('Never backed up')
    app.find('Back Up in Full', 'button')
    ui.audit(app)


def test_certificates_are_issued_and_one_revoked():
    app.press('Issue')
    app.says('Runs with 11 certificates')
    app.press('Revoke')
    app.says('Runs with 11 certificates')
    app.wait(lambda: 'revoked' in dispositions(), 'a revoked certificate')
    states = dispositions()
    assert len(states) == 11 and states.count('revoked') == 1, states


def test_backup_ends_and_the_set_verifies():
    app.back_up_in_full()
    app.says('Backup Complete')
    app.says('Backed up (just now|[0-9]+ minute)')
    ui.audit(app)
    assert counts() == (1, 1, 0), counts()
    assert len(sets()) == 1, sets()
    app.press('Show Set')
    app.press('Verify')
    app.says('Every file is what the manifest says')
    ui.audit(app)
    app.press('Back( to .*)?')
    app.hide_card()


def test_cancel_in_the_middle_of_a_file():
    ask(do='pad', size=DATABASE)
    app.back_up_in_full()
    app.press('Cancel Backup')
    app.says('Backup Cancelled')
    ui.audit(app)
    prepares, ends, rundowns = counts()
    assert prepares == ends and rundowns == 0, counts()
    assert len(sets()) == 1, sets()


def test_closed_window_leaves_the_backup_running():
    before = counts()[0]
    app.press('Try Again')
    app.find('Cancel Backup', 'button')
    app.key('ctrl+w')
    end = time.monotonic() + ui.WAIT
    while app.windows() and time.monotonic() < end:
        time.sleep(0.05)
    assert not app.windows(), 'the window stays'
    subprocess.run(['strongroom'], check=True, timeout=ui.WAIT)     # a second start shows the window again
    app.reattach()
    app.says('Backup Complete')
    assert counts() == (before + 1, before + 1, 0), counts()
    assert len(sets()) == 2, sets()
    app.hide_card()


def test_stopped_server_is_a_failure_with_words():
    app.press('Stop')
    app.says('Does not run')
    app.back_up_in_full()
    app.says('Backup Failed')
    app.find('Try Again', 'button')
    ui.audit(app)
    assert len(sets()) == 2, sets()
    app.press('Start')
    app.says('Runs with')
    app.press('Try Again')
    app.says('Backup Complete')
    assert len(sets()) == 3, sets()


def test_narrow_window_holds_every_control():
    app.resize(360, 640)
    ui.audit(app)


def main():
    global app
    ui.begin(animations=True)
    app = ui.App()
    tap.run([test_first_start_offers_a_practice_ca, test_certificates_are_issued_and_one_revoked,
             test_backup_ends_and_the_set_verifies, test_cancel_in_the_middle_of_a_file,
             test_closed_window_leaves_the_backup_running, test_stopped_server_is_a_failure_with_words,
             test_narrow_window_holds_every_control])


main()
