#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords in a real keyring: gnome-keyring's, on a session bus of its own.

The programs are on PATH, tap.py and practice_ca.py on PYTHONPATH.
"""

import atexit
import os
import shutil
import signal
import subprocess
import time

import lab_ca
import tap
import ui
from lab_ca import OPERATOR, PASSWORDS, READER

SECRETS = 'org.freedesktop.secrets'

app = ca = keyring = None


def call(interface, method, signature, *arguments):
    from gi.repository import Gio, GLib
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    name, path = (SECRETS, '/org/freedesktop/secrets') if 'Secret' in interface else ('org.freedesktop.DBus', '/org/freedesktop/DBus')
    return bus.call_sync(name, path, interface, method, GLib.Variant(signature, arguments), None, 0, 10000, None).unpack()


def start_keyring():
    """One whose login collection is open, as after a login with a password."""
    keyring = subprocess.Popen(['gnome-keyring-daemon', '--foreground', '--unlock', '--components=secrets'],
                               stdin=subprocess.PIPE, stdout=2)
    atexit.register(ui.end, keyring)
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
    app.hide_card()


def test_a_keyring_that_comes_later_is_noticed():
    global keyring
    lab_ca.open_add(app)
    lab_ca.name_it(app, ca)
    app.find('Kept Until Strongroom Quits')
    assert app.look('Remember in the Keyring', 'check box|switch') is None
    keyring = start_keyring()
    app.find('Remember in the Keyring', 'check box|switch')


def test_the_keyring_is_offered_and_takes_the_password():
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


def test_what_cannot_be_kept_in_the_list_is_not_kept_in_the_keyring():
    path = os.path.join(os.environ['XDG_CONFIG_HOME'], 'strongroom', 'authorities.json')
    os.rename(path, path + '.away')
    os.mkdir(path)
    open_sign_in()
    app.type_into('User', READER)
    app.type_into('Password', PASSWORDS[READER])
    app.press('Sign In')
    app.find('Sign-In Not Saved', 'label')
    assert not stored(), stored()
    app.escape('Sign-In Not Saved', 'label')
    os.rmdir(path)
    os.rename(path + '.away', path)
    close_dialog()
    open_sign_in()
    app.wait(lambda: any(node.get_text_iface() and app.atspi.Text.get_text(node.get_text_iface(), 0, -1) == OPERATOR for node in app.walk()),
             'the user that was there before')
    close_dialog()


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


def test_removing_the_ca_clears_it_before_the_program_ends():
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
    os.kill(keyring.pid, signal.SIGSTOP)
    app.press('Remove CA')
    app.find('Back Up a Certificate Authority', 'label')
    lab_ca.settle(app)
    app.key('ctrl+q')
    app.wait(lambda: not app.windows(), 'the window to go')
    time.sleep(1)
    assert app.process.poll() is None, 'the program did not wait for the keyring'
    os.kill(keyring.pid, signal.SIGCONT)
    assert app.process.wait(ui.WAIT) == 0
    assert not stored(), stored()
    assert len(lab_ca.sets()) == 2, lab_ca.sets()


def main():
    global app, ca
    ui.begin(None if shutil.which('gnome-keyring-daemon') else 'not installed: gnome-keyring')
    ca = lab_ca.LabCa('Contoso CA')
    app = ui.App()
    tap.run([test_a_keyring_that_comes_later_is_noticed, test_the_keyring_is_offered_and_takes_the_password,
             test_another_start_finds_it, test_it_is_nowhere_else, test_it_can_be_forgotten,
             test_what_cannot_be_kept_in_the_list_is_not_kept_in_the_keyring,
             test_it_is_kept_for_the_session_where_that_is_wanted,
             test_removing_the_ca_clears_it_before_the_program_ends])


main()
