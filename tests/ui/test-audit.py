#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every state of the window, wide, 360 pixels wide, and from right to left:
nothing without a name, outside the window, over something else, or cut.

test-audit.py [--mirrored]: one direction of writing. The programs are on PATH.
"""

import os
import re
import shutil
import sys

import audit
import states
import tap
import ui

WIDE, NARROW = (1000, 720), (360, 640)
# States that a change of size ends: menus; and a window of its own.
FIXED = {'menu', 'backup-menu', 'backup-menu-logs', 'backup-menu-restored', 'ca-menu', 'shortcuts'}


def forget_everything():
    for name in ('config/strongroom', 'data/strongroom', 'state/strongroom'):
        shutil.rmtree(os.path.join(ui.home(), name), ignore_errors=True)


def walk(stage):
    """All states in both sizes."""
    found, seen = [], 0
    try:
        for name in stage.everything():
            for width, height in [WIDE] if name in FIXED else [NARROW, WIDE]:
                if name not in FIXED:
                    stage.app.resize(width, height)
                found += [f'{name}, {width} wide: {finding}' for finding in audit.settled(stage.app)]
            seen += 1
    finally:
        stage.finish()
    tap.note(f'{seen} states')
    assert not found, '\n'.join(found)
    assert seen > 20, seen


def test_left_to_right():
    forget_everything()
    walk(states.Stage())


def test_right_to_left():
    environment = states.locale('he_IL')
    if environment is None:
        raise tap.Skip('localedef cannot make a locale that is written from right to left')
    forget_everything()
    stage = states.Stage(environment, mirrored=True)
    assert all(widget['rtl'] for widget in audit.Layout(stage.app).main()['widgets'][:3]), 'not mirrored'
    walk(stage)


PLANTED = {
    'nameless-button': 'no name: (push )?button',
    'nameless-entry': 'no name: (text|entry)',
    'nameless-switch': 'no name: (switch|check box)',
    'nameless-bar': 'no name: progress bar',
    'nameless-image': 'no name: (image|icon)',
    'outside': 'outside the window',
    'cut': 'text is cut: GtkLabel “A label that is cut”',
    'overlap': 'overlapping: .*Planted',
}


def test_planted_faults_are_found():
    forget_everything()
    app = ui.App()

    def only(finding):
        found = audit.everything(app)
        return found if found and all(re.search(finding, what) for what in found) else None
    try:
        app.find('Back Up a Certificate Authority')
        for fault, finding in PLANTED.items():
            found = audit.settled(app)
            assert not found, found
            audit.plant(app, fault)
            tap.note(app.wait(lambda: only(finding), f'{fault}, and nothing else, to be found')[0])
            audit.plant(app, 'none')
    finally:
        app.close()


def main():
    ui.begin()
    tap.run([test_right_to_left] if '--mirrored' in sys.argv else [test_planted_faults_are_found, test_left_to_right])


main()
