#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Saves pictures of every state of the window into ./screenshots.

take-screenshots.py [FOLDER [LOOK...]], where a look is one of light, dark,
narrow, german, rtl; all of them otherwise. The programs are on PATH.

glibc translates nothing in the locale C.UTF-8, so german and rtl want locales
of their own, made here by localedef; german wants the translation where the
program looks for it, so it is to be installed.
"""

import os
import shutil
import subprocess
import sys
import traceback

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import audit  # noqa: E402
import states  # noqa: E402
import ui  # noqa: E402

LIGHT = {'ADW_DEBUG_COLOR_SCHEME': 'prefer-light'}
DARK = {'ADW_DEBUG_COLOR_SCHEME': 'prefer-dark'}
NARROW = 360, 720
# What ends a scene, but not the next one.
BROKE_OFF = ui.Gone, OSError, RuntimeError, subprocess.SubprocessError
# environment, language, locale, size
LOOKS = {
    'light': (LIGHT, None, None, None),
    'dark': (DARK, None, None, None),
    'narrow': (LIGHT, None, None, NARROW),
    'german': (LIGHT, 'de', 'de_DE', None),
    'rtl': (LIGHT, None, 'he_IL', None),
}


def forget_everything():
    for name in ('config/strongroom', 'data/strongroom', 'state/strongroom'):
        shutil.rmtree(os.path.join(ui.home(), name), ignore_errors=True)


def session(folder, look):
    environment, language, locale, size = LOOKS[look]
    if locale:
        in_locale = states.locale(locale)
        if in_locale is None:
            print(f'{look}: there is no localedef, or no locale {locale}')
            return 1
        environment = environment | in_locale
    forget_everything()
    stage = states.Stage(environment, states.Words(language), size, look == 'rtl')
    findings, taken = [], []
    try:
        for scene in stage.scenes():
            try:
                for name in scene():
                    stage.app.picture(os.path.join(folder, f'{name}-{look}.png'))
                    taken.append(name)
                    findings += [f'{name}-{look}: {finding}' for finding in audit.settled(stage.app)]
            except BROKE_OFF:
                findings.append(f'{look}, behind {taken[-1:]}: {traceback.format_exc()}')
                stage.again()
    except BROKE_OFF:
        findings.append(f'{look}, behind {taken[-1:]}: {traceback.format_exc()}')
    finally:
        stage.finish()
    findings += [f'{name}-{look}: no picture' for name in states.NAMES if name not in taken]
    print('\n'.join(findings) or f'{look}: nothing is cut, covered, outside or without a name')
    return len(findings)


def main():
    ui.inside_screen()
    folder = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else 'screenshots')
    ui.compositor()
    found = sum(session(folder, look) for look in sys.argv[2:] or LOOKS)
    sys.exit(1 if found else 0)


main()
