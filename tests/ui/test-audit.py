#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every state of the window, wide, 360 pixels wide, and from right to left:
nothing without a name, outside the window, over something else, or cut.

test-audit.py LAB: the folder with tap.py. The programs are on PATH.
"""

import os
import re
import shutil
import subprocess
import sys

import audit
import states
import ui

sys.path.insert(0, sys.argv[1])
import tap  # noqa: E402

WIDE, NARROW = (1000, 720), (360, 640)
# States that a change of size ends: menus, and a window of its own.
FIXED = {'menu', 'backup-menu', 'ca-menu', 'shortcuts'}


def forget_everything():
    for name in ('config/strongroom', 'data/strongroom', 'state/strongroom'):
        shutil.rmtree(os.path.join(ui.home(), name), ignore_errors=True)


def resize(app, width, height):
    subprocess.run(['xdotool', 'windowsize', '--sync', app.titled()[0], str(width), str(height)], check=True, timeout=10)


def audited(app, width):
    layout = audit.settled(app)
    found = layout.findings() + audit.nameless(app)
    wide = layout.windows[0]['width']
    if wide > width:
        found.append(f'the window asks for {wide} pixels, and there are {width}')
    return found


def walk(stage):
    """All states in both sizes."""
    found, seen = [], 0
    try:
        for name in stage.everything():
            for width, height in [WIDE] if name in FIXED else [NARROW, WIDE]:
                if name not in FIXED:
                    resize(stage.app, width, height)
                found += [f'{name}, {width} wide: {finding}' for finding in audited(stage.app, width)]
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
    assert all(widget['rtl'] for widget in audit.Layout(stage.app).windows[0]['widgets'][:3]), 'not mirrored'
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
    for fault, finding in PLANTED.items():
        forget_everything()
        app = ui.App(environment={'STRONGROOM_UI_PLANT': fault})
        try:
            app.find('Back Up a Certificate Authority')
            app.wait(lambda: not audit.everything(app), 'a window without faults', 20)
            audit.plant(app)
            found = app.wait(lambda: audit.everything(app), f'{fault} to be found', 20)
        finally:
            app.close()
        assert found and all(re.search(finding, what) for what in found), f'{fault}: {found}'
        tap.note(found[0])


def main():
    reason = ui.missing()
    if reason:
        tap.skip_all(reason)
    ui.inside_screen()
    tap.run([test_planted_faults_are_found, test_left_to_right, test_right_to_left])


main()
