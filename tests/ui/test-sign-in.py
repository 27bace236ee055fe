#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in where no keyring is: the password is asked for, a wrong one is told, a right one lasts until the end.

The programs are on PATH, tap.py and practice_ca.py on PYTHONPATH.
"""

import time

import lab_ca
import tap
import ui
from lab_ca import HOST, OPERATOR, PASSWORDS, WRONG

NEWER = 'zebra-of-next-month'

app = ca = None


def asked():
    app.find('Sign In', 'dialog')


def give(password):
    app.type_into('Password', password)
    app.press('Sign In')


def told_refusal():
    """The dialog is there, says that the account was refused, with the code, and what to do."""
    app.find('The Account Was Not Let In', 'label')
    app.says(f'{HOST} port .*fault 0x00000005: access denied.*The host does not accept the account: check user and password')
    ui.audit(app)


def test_a_backup_asks_for_the_password():
    global app
    lab_ca.add(app, ca)
    assert app.close() == 0
    app = ui.App()
    app.says('Password needed to ask the CA')
    app.find('Sign In…', 'button')
    app.key('ctrl+b')
    asked()
    app.says('There is no keyring in this session')
    assert lab_ca.is_on(app, 'Allow NTLM'), 'what was allowed for this CA is shown'
    assert app.look('The Account Was Not Let In') is None
    ui.audit(app)


def test_a_wrong_password_is_told_and_nothing_is_begun():
    give(WRONG)
    told_refusal()
    assert app.look('Sign In', 'dialog'), 'the dialog has closed'
    assert ca.counts() == (0, 0), ca.counts()


def test_the_right_one_goes_on_with_the_backup():
    give(PASSWORDS[OPERATOR])
    app.says('Backup Complete')
    assert ca.counts() == (1, 1), ca.counts()
    app.hide_card()
    time.sleep(0.5)
    app.key('ctrl+b')     # and is not asked for again
    app.says('Backup Complete')
    assert ca.counts() == (2, 2), ca.counts()
    app.hide_card()


def test_a_password_that_has_changed_is_asked_for_again():
    global ca
    port = ca.facts['activationPort']
    ca.close()
    ca = lab_ca.LabCa(ca.name, '--activation-port', str(port), passwords={OPERATOR: NEWER})
    app.back_up_in_full()
    app.says('Backup Failed')
    app.says('fault 0x00000005: access denied')
    app.says('Sign-in refused')
    app.press('Try Again')
    asked()
    told_refusal()
    give(NEWER)
    app.says('Backup Complete')
    assert ca.counts() == (3, 3), ca.counts()
    app.hide_card()


def test_cancelling_keeps_what_was():
    app.press('More About This CA', 'toggle button')
    time.sleep(0.5)
    app.key('s')
    asked()
    app.type_into('User', 'LAB\\somebody')
    give('something')
    told_refusal()
    app.press('Cancel')
    app.gone('Sign In', 'dialog')
    time.sleep(0.5)
    app.key('ctrl+b')
    app.says('Backup Complete')
    assert ca.counts() == (4, 4), ca.counts()
    app.hide_card()


def test_a_host_that_is_away_refuses_nothing():
    ca.close()
    app.press('More About This CA', 'toggle button')
    time.sleep(0.5)
    app.key('s')
    asked()
    give(NEWER)
    app.says('The CA could not be asked whether it accepts the account')
    app.gone('Sign In', 'dialog')
    app.says('Offline')


def test_passwords_are_nowhere_but_in_memory():
    found = lab_ca.leaks(app, NEWER, *PASSWORDS.values())
    assert not found, found


def main():
    global app, ca
    ui.begin()
    ca = lab_ca.LabCa('Contoso CA')
    app = ui.App()
    tap.run([test_a_backup_asks_for_the_password, test_a_wrong_password_is_told_and_nothing_is_begun,
             test_the_right_one_goes_on_with_the_backup, test_a_password_that_has_changed_is_asked_for_again,
             test_cancelling_keeps_what_was, test_a_host_that_is_away_refuses_nothing,
             test_passwords_are_nowhere_but_in_memory])


main()
