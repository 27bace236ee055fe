#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Saves pictures of every state of the window into ./screenshots.

take-screenshots.py [FOLDER [LOOK...]], where a look is one of light, dark,
narrow, german, rtl; all of them otherwise. The programs are on PATH.

glibc translates nothing in the locale C.UTF-8, so german and rtl want locales
of their own, made here by localedef; german wants the translation where the
program looks for it, so it is to be installed.
"""

import json
import os
import socket
import subprocess
import sys
import time

import ui

LOOKS = {
    'light': {'ADW_DEBUG_COLOR_SCHEME': 'prefer-light'},
    'dark': {'ADW_DEBUG_COLOR_SCHEME': 'prefer-dark'},
    'narrow': {'ADW_DEBUG_COLOR_SCHEME': 'prefer-light'},
    'german': {'ADW_DEBUG_COLOR_SCHEME': 'prefer-light', 'LANGUAGE': 'de', 'LC_ALL': 'de_DE.UTF-8'},
    'rtl': {'ADW_DEBUG_COLOR_SCHEME': 'prefer-light', 'LANGUAGE': 'he', 'LC_ALL': 'he_IL.UTF-8'},
}
# What buttons are called; the other looks are in English.
GERMAN = {
    'Try with a Practice CA': 'Mit einer Übungs-CA ausprobieren', 'Back Up': 'Sichern', 'Issue': 'Ausstellen',
    'Cancel Backup': 'Sicherung abbrechen', 'Show Set': 'Satz anzeigen', 'Verify': 'Prüfen', 'Next': 'Weiter',
    'Check': 'Prüfen', 'Add CA…': 'CA hinzufügen …', 'Backup Complete': 'Sicherung fertig',
    'Backup Failed': 'Sicherung fehlgeschlagen', 'Backup Cancelled': 'Sicherung abgebrochen',
    'User': 'Benutzer', 'Password': 'Passwort', 'name': 'CA-Name', 'Continue Anyway': 'Trotzdem weiter|Weiter',
    'Every file is what': 'Jede Datei ist so', 'Close': 'Schließen', 'Reading': 'wird gelesen|werden gelesen|lesen',
    'Allow NTLM': 'NTLM erlauben', 'Hide': 'Ausblenden', 'Address': 'Adresse', 'Activation Port': 'Aktivierungsport',
    'Connect Elsewhere': 'Anderswo verbinden',
}


class Pictures:
    def __init__(self, folder, look):
        self.folder, self.look = folder, look
        self.app = ui.App(environment=LOOKS[look])
        if look == 'narrow':
            self.app.resize(360, 720)
        self.findings = []

    def word(self, text):
        return GERMAN.get(text, text) if self.look == 'german' else text

    def take(self, name):
        self.app.picture(os.path.join(self.folder, f'{name}-{self.look}.png'))
        for finding in ui.nameless(self.app):
            self.findings.append(f'{name}-{self.look}: no name: {finding}')
        for finding in ui.outside(self.app):
            self.findings.append(f'{name}-{self.look}: outside: {finding}')

    def press(self, text):
        self.app.press(self.word(text))

    def says(self, text, timeout=ui.WAIT):
        return self.app.says(self.word(text), timeout)


def make_locales():
    """Into the home that this run has alone."""
    folder = os.path.join(ui.home(), 'locales')
    os.makedirs(folder)
    for name in ('de_DE', 'he_IL'):
        subprocess.run(['localedef', '-i', name, '-f', 'UTF-8', os.path.join(folder, name + '.UTF-8')], check=True)
    os.environ['LOCPATH'] = folder


def practice(*arguments):
    return subprocess.run(['strongroomctl', 'practice', *arguments], check=True, capture_output=True, text=True).stdout


def ask(**request):
    """Tells the practice CA what no verb of strongroomctl tells it."""
    folder = json.loads(practice('status', '--json'))['folder']
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(os.path.join(folder, 'control'))
        control.sendall(json.dumps(request).encode() + b'\n')
        answer = json.loads(control.makefile().readline())
    if not answer['ok']:
        raise RuntimeError(answer['error'])
    return answer


def add_authority(pictures):
    """The pages of adding a CA: what is checked is the practice CA, by another name."""
    app = pictures.app
    state = json.loads(practice('status', '--json'))
    app.key('ctrl+n')
    app.type_into(pictures.word('name'), 'ca.example.com\\Example Issuing CA')
    pictures.take('add-name')
    app.click(app.find(pictures.word('Connect Elsewhere'), 'list item'))
    app.type_into(pictures.word('Address'), state['address'])
    app.set_value(pictures.word('Activation Port'), state['port'])
    pictures.press('Next')
    app.find(pictures.word('User'), 'text|entry')
    app.type_into(pictures.word('User'), 'EXAMPLE\\admin')
    app.type_into(pictures.word('Password'), 'not the password')
    pictures.take('add-sign-in')
    pictures.press('Check')
    app.find(pictures.word('Continue Anyway'), 'button|push button')
    pictures.take('add-checks')
    app.key('Escape', 'Escape', 'Escape')


def jobs(pictures):
    """A backup in each of its states, and the set that came of it."""
    app = pictures.app
    ask(do='pad', size=256 << 20)
    pictures.take('never')
    pictures.press('Back Up')
    app.find(pictures.word('Cancel Backup'), 'button|push button')
    time.sleep(0.5)
    pictures.take('running')
    pictures.says('Backup Complete')
    pictures.take('done')
    pictures.press('Show Set')
    app.find(pictures.word('Verify'), 'button|push button')
    pictures.take('set')
    pictures.press('Verify')
    pictures.says('Every file is what')
    pictures.take('set-verified')
    app.press('Back( to .*)?|Zurück.*')
    pictures.press('Hide')
    pictures.press('Back Up')
    time.sleep(0.6)
    pictures.press('Cancel Backup')
    pictures.says('Backup Cancelled')
    pictures.take('cancelled')
    pictures.press('Hide')
    practice('stop')
    pictures.press('Back Up')
    pictures.says('Backup Failed')
    pictures.take('failed')


def session(folder, look):
    pictures = Pictures(folder, look)
    app = pictures.app
    try:
        pictures.take('empty')
        pictures.press('Try with a Practice CA')
        app.find(pictures.word('Back Up'), 'button|push button')
        if look != 'narrow':
            add_authority(pictures)
        jobs(pictures)
    finally:
        subprocess.run(['strongroomctl', 'practice', 'stop'], capture_output=True)
        app.close()
    return pictures.findings


def main():
    ui.inside_screen()
    folder = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else 'screenshots')
    compositor = ui.compositor()
    if {'german', 'rtl'} & set(sys.argv[2:] or LOOKS):
        make_locales()
    findings = []
    for look in sys.argv[2:] or LOOKS:
        for name in ('config/strongroom', 'data/strongroom', 'state/strongroom'):
            subprocess.run(['rm', '-rf', os.path.join(ui.home(), name)], check=True)
        findings += session(folder, look)
    print('\n'.join(findings) or 'every control has a name and is inside its window')
    if compositor:
        compositor.kill()
    sys.exit(1 if findings else 0)


main()
