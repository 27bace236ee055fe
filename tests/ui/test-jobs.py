#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a backup in the window: cancelled in the middle of a file, its server or the window's own program
killed there, the window closed and the program quit meanwhile.

The programs are on PATH.
"""

import os
import signal
import subprocess
import time

import practice
import tap
import ui

DATABASE = 192 << 20
BUTTON = 'button|push button'

app = None
notified = None


def audit():
    found = ui.nameless(app) + ui.outside(app)
    assert not found, '\n'.join(found)


def picture(name):
    folder = os.environ.get('STRONGROOM_UI_PICTURES')
    if folder:
        app.picture(os.path.join(folder, name + '.png'))


def clipboard():
    return subprocess.run(['xclip', '-selection', 'clipboard', '-o'], capture_output=True, text=True).stdout


def balanced():
    prepares, ends, rundowns = practice.counts()
    assert prepares == ends and rundowns == 0, (prepares, ends, rundowns)
    return prepares


def test_cancel_in_the_middle_of_a_file():
    app.press('Try with a Practice CA')
    app.says('Never backed up')
    practice.ask(do='pad', size=DATABASE)
    app.press('Back Up')
    with practice.stop_in_the_middle(DATABASE):
        length = practice.half_read(DATABASE)
        tap.note(f'{length} of {DATABASE} bytes have come')
        app.says('Reading database')
        picture('job-running')
        app.press('Cancel Backup')
        app.says('Cancelling')
        assert practice.half_read(DATABASE) == length
        picture('job-cancelling')
    app.says('Backup Cancelled')
    app.says('No set was made.')
    app.says('The backup session on the CA was ended.')
    app.find('Try Again', BUTTON)
    picture('job-cancelled')
    audit()
    assert balanced() == 1
    assert practice.staging() == [] and practice.journal() == [] and practice.sets() == []


def main():
    global app
    reason = ui.missing()
    if reason:
        tap.skip_all(reason)
    ui.inside_screen()
    compositor = ui.compositor() if os.environ.get('STRONGROOM_UI_PICTURES') else None
    app = ui.App()
    try:
        tap.run([test_cancel_in_the_middle_of_a_file])
    finally:
        practice.ctl('practice', 'stop', check=False)
        app.close()
        if compositor:
            compositor.kill()


main()
