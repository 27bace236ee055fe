#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords in a real keyring: gnome-keyring's, on a session bus of its own.

The programs are on PATH, tap.py and practice_ca.py on PYTHONPATH.
"""

import os
import shutil
import subprocess
import time

import lab_ca
import tap
import ui
from lab_ca import OPERATOR, PASSWORDS

SECRETS = 'org.freedesktop.secrets'

app = ca = None


def call(interface, method, signature, *arguments):
    from gi.repository import Gio, GLib
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    name, path = (SECRETS, '/org/freedesktop/secrets') if 'Secret' in interface else ('org.freedesktop.DBus', '/org/freedesktop/DBus')
    return bus.call_sync(name, path, interface, method, GLib.Variant(signature, arguments), None, 0, 10000, None).unpack()


def start_keyring():
    """One whose login collection is open, as after a login with a password."""
    keyring = subprocess.Popen(['gnome-keyring-daemon', '--foreground', '--unlock', '--components=secrets'],
                               stdin=subprocess.PIPE, stdout=2)
    keyring.stdin.write(b'the password of the login')
    keyring.stdin.close()
    end = time.monotonic() + ui.WAIT
    while not call('org.freedesktop.DBus', 'NameHasOwner', '(s)', SECRETS)[0]:
        assert keyring.poll() is None and time.monotonic() < end, 'the keyring does not come up'
        time.sleep(0.05)
    return keyring


def stored():
    """The items in the keyring that are of this program."""
    found = call('org.freedesktop.Secret.Service', 'SearchItems', '(a{ss})', {'xdg:schema': 'io.github.strongroom.Authority'})
    assert not found[1], 'the keyring is locked'
    return found[0]


def start_again():
    global app
    assert app.close() == 0
    app = ui.App()


def menu(letter):
    """An item of the CA's own menu, by its letter."""
    app.press('More About This CA', 'toggle button')
    time.sleep(0.5)
    app.key(letter)


def open_sign_in():
    menu('s')
    app.find('Sign In', 'dialog')


def close_dialog(name='Sign In'):
    app.press('Cancel')
    app.gone(name, 'dialog')
    time.sleep(0.5)


def backed_up(number):
    """That a backup ends well without anybody being asked."""
    app.back_up_in_full()
    app.says('Backup Complete')
    assert ca.counts() == (number, number), ca.counts()
    app.press('Hide')


def test_the_keyring_is_offered_and_takes_the_password():
    lab_ca.open_add(app)
    lab_ca.name_it(app, ca)
    assert lab_ca.is_on(app, 'Remember in the Keyring')
    assert app.look('Kept Until Strongroom Quits') is None
    lab_ca.sign_in(app, OPERATOR, PASSWORDS[OPERATOR])
    app.press('Check')
    lab_ca.checked(app)
    app.press('Next')
    app.press('Add CA')
    app.says('Kept in the keyring')
    ui.audit(app)
    app.wait(lambda: len(stored()) == 1, 'the password in the keyring')
    app.press('Done')


def test_another_start_finds_it():
    start_again()
    app.says('Reachable')
    backed_up(1)


def test_it_is_nowhere_else():
    # libsecret's own file of the keyring holds it encrypted, and is among those that are read.
    assert os.listdir(os.path.join(ui.home(), 'data/keyrings')), 'the keyring is kept elsewhere'
    found = lab_ca.leaks(app, *PASSWORDS.values())
    assert not found, found


def test_it_can_be_forgotten():
    open_sign_in()
    ui.audit(app)
    app.click(app.find('Forget the Password', 'button'))
    app.says('The password was forgotten')
    app.wait(lambda: not stored(), 'the keyring to be empty')
    assert app.look('Forget the Password', 'button') is None
    close_dialog()
    app.says('Password needed to ask the CA')
    app.back_up_in_full()
    app.find('Sign In', 'dialog')
    close_dialog()
    assert ca.counts() == (1, 1), ca.counts()


def test_it_is_kept_for_the_session_where_that_is_wanted():
    app.back_up_in_full()
    app.find('Sign In', 'dialog')
    app.type_into('Password', PASSWORDS[OPERATOR])
    lab_ca.switch(app, 'Remember in the Keyring', False)
    app.press('Sign In')
    app.says('Backup Complete')
    assert ca.counts() == (2, 2), ca.counts()
    assert not stored(), stored()
    start_again()
    app.says('Password needed to ask the CA')


def test_removing_the_ca_clears_it():
    app.press('Sign In…')
    app.find('Sign In', 'dialog')
    app.type_into('Password', PASSWORDS[OPERATOR])
    app.press('Sign In')
    app.gone('Sign In', 'dialog')
    app.wait(lambda: len(stored()) == 1, 'the password in the keyring')
    app.says('Reachable')
    time.sleep(0.5)
    menu('r')
    app.says('Its 2 backup sets stay in\n.*strongroom/backups/')
    ui.audit(app)
    app.press('Remove CA')
    app.find('Back Up a Certificate Authority', 'label')
    app.wait(lambda: not stored(), 'the keyring to be empty')
    assert len(lab_ca.sets()) == 2, lab_ca.sets()


def main():
    global app, ca
    reason = ui.missing()
    if reason is None and shutil.which('gnome-keyring-daemon') is None:
        reason = 'not installed: gnome-keyring'
    if reason:
        tap.skip_all(reason)
    ui.inside_screen(keyring=True)
    running = []
    try:
        running.append(start_keyring())
        ca = lab_ca.LabCa('Contoso CA')
        app = ui.App()
        tap.run([test_the_keyring_is_offered_and_takes_the_password, test_another_start_finds_it, test_it_is_nowhere_else,
                 test_it_can_be_forgotten, test_it_is_kept_for_the_session_where_that_is_wanted,
                 test_removing_the_ca_clears_it])
    finally:
        if app is not None:
            app.close()
        if ca is not None:
            ca.close()
        for process in running:
            process.terminate()
            process.wait()


main()
