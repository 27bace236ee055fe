#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Add CA: each way in which the checks fail has words of its own, and then one succeeds.

The programs are on PATH, tap.py and practice_ca.py on PYTHONPATH.
"""

import subprocess
import time

import lab_ca
import tap
import ui
from lab_ca import HOST, OPERATOR, PASSWORDS, READER, WRONG

NEW_FLAGS = '0x641'     # what a CA of Windows has from the start, with 0x40
CHECKS = ('Host Name', 'Activation Port', 'Sign-In and Activation', 'Roles of the Account', 'Remote Backup',
          'Database Locations')

app = ca = closed = None


def type_text(text):
    subprocess.run(['xdotool', 'type', '--clearmodifiers', '--delay', '15', text], check=True)


def row_of(title):
    """What stands in the row of that check: (outcome, all its words)."""
    row = app.find(title, 'list item')
    words = [node.get_name() for node in app.walk(row) if node.get_role_name() == 'label']
    return row.get_description(), '\n'.join(words)


def leave():
    """Esc goes a page back, and from the first one out."""
    for _ in range(4):
        if app.look('Add a Certificate Authority', 'dialog') is not None:
            app.key('Escape')
            time.sleep(0.4)
    app.gone('Add a Certificate Authority', 'dialog')


def known():
    return subprocess.run(['strongroomctl', 'ca', 'list', '--json'], check=True, capture_output=True, text=True).stdout


def test_a_config_string_that_is_none_says_why():
    lab_ca.open_add(app)
    app.type_into('name', 'no backslash at all')
    app.press('Next')
    app.says('HOST\\\\CA')
    ui.audit(app)
    leave()


def test_wrong_password():
    lab_ca.check(app, ca, OPERATOR, WRONG)
    outcome, words = row_of('Sign-In and Activation')
    assert outcome == 'Failed', outcome
    assert HOST in words and 'fault 0x00000005: access denied' in words, words
    assert 'The host does not accept the account: check user and password' in words, words
    assert row_of('Host Name')[0] == row_of('Activation Port')[0] == 'Good'
    assert row_of('Roles of the Account')[0] == 'Not asked, since an earlier check failed'
    ui.audit(app)
    app.press('Sign In Differently')
    app.type_into('Password', PASSWORDS[OPERATOR])
    app.press('Check')
    lab_ca.checked(app)
    assert row_of('Sign-In and Activation') == ('Good', f'Sign-In and Activation\nSigned in as {OPERATOR}, encrypted')
    leave()


def test_ntlm_only_where_it_was_allowed():
    before = len(ca.log('activation'))
    assert before > 0, 'nobody has signed in yet'
    lab_ca.check(app, ca, OPERATOR, PASSWORDS[OPERATOR], ntlm=False)
    outcome, words = row_of('Sign-In and Activation')
    assert outcome == 'Failed', outcome
    assert f'{OPERATOR} cannot sign in' in words and 'NTLM' in words and 'Allow NTLM' in words, words
    assert len(ca.log('activation')) == before, 'it was signed in'
    leave()


def test_closed_port():
    lab_ca.check(app, ca, OPERATOR, PASSWORDS[OPERATOR], port=1)
    outcome, words = row_of('Activation Port')
    assert outcome == 'Failed', outcome
    assert f'Cannot connect to {HOST} port 1: Connection refused' in words, words
    assert 'Nothing listens at that port' in words, words
    assert row_of('Host Name')[0] == 'Good'
    assert row_of('Sign-In and Activation')[0] == 'Not asked, since an earlier check failed'
    ui.audit(app)
    app.press('Change Host or Port')
    app.set_value('Activation Port', ca.facts['activationPort'])
    app.press('Next')
    app.press('Check')
    lab_ca.checked(app)
    assert row_of('Activation Port')[0] == 'Good'
    leave()


def test_missing_role():
    lab_ca.check(app, ca, READER, PASSWORDS[READER])
    outcome, words = row_of('Roles of the Account')
    assert outcome == 'Failed', outcome
    assert 'The account is no backup operator of the CA. Its roles: reader' in words, words
    assert '“Back up files and directories”' in words, words
    assert f'net localgroup "Backup Operators" "{READER}" /add' in words, words
    assert row_of('Remote Backup')[0] == 'Good'
    outcome, words = row_of('Database Locations')
    assert outcome == 'Failed' and HOST in words and '0x80070005' in words, (outcome, words)
    ui.audit(app)
    leave()


def test_remote_backup_disabled():
    lab_ca.check(app, closed, OPERATOR, PASSWORDS[OPERATOR])
    outcome, words = row_of('Remote Backup')
    assert outcome == 'Failed', outcome
    assert f'InterfaceFlags {NEW_FLAGS} have the flag 0x40' in words, words
    command = 'certutil -setreg CA\\InterfaceFlags -IF_NOREMOTEICERTADMINBACKUP && net stop certsvc && net start certsvc'
    assert command in words and 'restarts Certificate Services' in words, words
    assert row_of('Roles of the Account')[0] == 'Good'
    outcome, words = row_of('Database Locations')
    assert outcome == 'Failed' and '0x80070005' in words, (outcome, words)
    ui.audit(app)
    copied_command(command)
    # All the same it can be added, and the last page says what that means.
    app.press('Next')
    app.press('Check')
    lab_ca.checked(app)
    app.press('Continue Anyway')
    app.press('Add CA')
    app.find(f'{closed.name} Is Added', 'label')
    app.says('backups of this CA will fail until that is mended')
    assert app.look('Back Up Now', 'button|push button', dialog()) is None, 'it offers a backup that must fail'
    ui.audit(app)
    app.press('Done')
    app.says('The CA does not allow remote backup')


def dialog():
    return app.find('Add a Certificate Authority', 'dialog')


def copied_command(command):
    """The clipboard is asked by pasting into the first page's entry."""
    app.press('Copy the Command')
    app.says('Command copied')
    app.press('Back')
    app.gone('Check Again', 'button|push button')
    app.press('Back')
    app.find('HOST\\\\CA name', 'text|entry')
    app.type_into('Address', '')
    x, y, width, height = app.extents(app.find('Address', 'text|entry'))
    subprocess.run(['xdotool', 'mousemove', str(x + width // 2), str(y + height // 2), 'click', '1'], check=True)
    app.key('ctrl+a', 'ctrl+v')

    def pasted():
        entry = app.find('Address', 'text|entry').get_text_iface()
        return app.atspi.Text.get_text(entry, 0, -1) == command
    app.wait(pasted, 'the command in the clipboard')
    app.type_into('Address', closed.facts['address'])


def test_success_by_keyboard_alone():
    """Every button has a letter with Alt."""
    lab_ca.open_add(app)
    lab_ca.tab_to(app, 'HOST\\CA name')
    type_text(ca.config)
    lab_ca.tab_to(app, 'Connect Elsewhere')
    app.key('space')
    lab_ca.tab_to(app, 'Address')
    type_text(ca.facts['address'])
    lab_ca.tab_to(app, 'Activation Port', 'spin button|text')
    app.key('ctrl+a')
    type_text(str(ca.facts['activationPort']))
    app.key('alt+n')
    app.find('User', 'text|entry')
    ui.audit(app)
    app.says('Kept Until Strongroom Quits')
    lab_ca.tab_to(app, 'User')
    type_text(OPERATOR)
    lab_ca.tab_to(app, 'Password')
    type_text(PASSWORDS[OPERATOR])
    lab_ca.tab_to(app, 'Allow NTLM')
    app.key('space')
    assert lab_ca.is_on(app, 'Allow NTLM')
    app.key('alt+c')
    lab_ca.checked(app)
    for title in CHECKS:
        assert row_of(title)[0] == 'Good', row_of(title)
    assert 'The account’s roles: backup operator, reader' in row_of('Roles of the Account')[1]
    ui.audit(app)
    app.key('alt+n')
    app.says('strongroom/backups')
    ui.audit(app)
    app.key('alt+a')


def test_done_page_and_sidebar():
    app.find(f'{ca.name} Is Added', 'label')
    app.says('It is ready to be backed up')
    app.says('Kept until Strongroom quits')
    ui.audit(app)
    assert app.look('Back', 'button|push button', dialog()) is None, 'what is done cannot be gone back from'
    assert ca.config in known().replace('\\\\', '\\'), known()
    app.find(ca.name, 'list item')
    app.key('Return')     # Back Up Now has the focus
    app.says('Backup Complete')
    assert ca.counts() == (1, 1), ca.counts()
    assert [listed['config'] for listed in lab_ca.sets()] == [ca.config]


def test_the_same_ca_is_not_added_twice():
    lab_ca.open_add(app)
    app.type_into('name', ca.config.upper())
    app.press('Next')
    app.says('is in the list already')
    leave()


def test_the_password_is_nowhere_but_in_memory():
    found = lab_ca.leaks(app, *PASSWORDS.values())
    assert not found, found


def main():
    global app, ca, closed
    ui.begin()
    ca = lab_ca.LabCa('Contoso CA')
    closed = lab_ca.LabCa('Fabrikam CA', '--interface-flags', NEW_FLAGS)
    app = ui.App()
    tap.run([test_a_config_string_that_is_none_says_why, test_wrong_password, test_ntlm_only_where_it_was_allowed,
             test_closed_port, test_missing_role, test_remote_backup_disabled, test_success_by_keyboard_alone,
             test_done_page_and_sidebar, test_the_same_ca_is_not_added_twice,
             test_the_password_is_nowhere_but_in_memory])


main()
