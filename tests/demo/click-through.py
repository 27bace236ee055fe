#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clicks through the window's first backup in a virtual screen, and saves pictures.

click-through.py FOLDER [COLOR [SCALE]]: where the pictures go, light or dark
(light, and dark after a second start, unless given), and pixels for a pixel.
The programs are on PATH; the practice CA goes on running, to be asked what it saw.
"""

import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'ui'))
import ui  # noqa: E402

WIDTH, HEIGHT = 1280, 860
# What is clicked goes by its English name.
ENGLISH = {'LC_ALL': 'C.UTF-8', 'LANGUAGE': ''}


def start(color, scale=1):
    return ui.App(environment={'ADW_DEBUG_COLOR_SCHEME': 'prefer-' + color, 'GDK_SCALE': str(scale), **ENGLISH})


def save(app, folder, name):
    app.picture(os.path.join(folder, name + '.png'))
    print(f'{os.path.basename(folder)}/{name}.png', flush=True)


def back_up(folder, color, scale=1):
    """From the first start to the set."""
    app = start(color, scale)
    try:
        app.find('Try with a Practice CA')
        save(app, folder, '1-first-start')
        app.press('Try with a Practice CA')
        app.find('Back Up in Full|Back Up Logs Only', 'button')
        app.press('Issue')
        app.says('Runs with 11 certificates')
        save(app, folder, '2-practice-ca')
        app.back_up_in_full()
        app.says('Backup Complete')
        app.says('Backed up just now')
        app.gone('The practice CA runs')
        save(app, folder, '3-backup-complete')
        app.press('Show Set')
        app.press('Verify')
        app.says('Every file is what the manifest says')
        save(app, folder, '4-set')
    finally:
        app.close()


def look_again(folder):
    """A second start knows the CA and its set; this time in the dark."""
    app = start('dark')
    try:
        app.says('Backed up')
        app.says('Runs with')
        save(app, folder, '5-started-again-dark')
    finally:
        app.close()


def main():
    reason = ui.missing()
    if reason:
        sys.exit(reason)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('folder')
    parser.add_argument('color', nargs='?', choices=('light', 'dark'))
    parser.add_argument('scale', nargs='?', type=int, default=1)
    options = parser.parse_args()
    ui.inside_screen(WIDTH * options.scale, HEIGHT * options.scale, keep=('XDG_CONFIG_HOME', 'XDG_STATE_HOME'),
                     animations=True)
    ui.compositor()
    try:
        back_up(options.folder, options.color or 'light', options.scale)
        if not options.color:
            look_again(options.folder)
    except ui.Gone as gone:
        sys.exit(str(gone))


main()
