#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window is closed while something is pending: a question, a dialog, an answer that has not come. The program ends
by itself, and well.

The programs are on PATH, tap.py and practice_ca.py on PYTHONPATH.
"""

import lab_ca
import practice
import tap
import ui
from lab_ca import OPERATOR, PASSWORDS

app = ca = None


def start():
    global app
    app = ui.App()


def close_button():
    """The window's own, not a dialog's."""
    for node in app.walk():
        if node.get_role_name() == 'button' and node.get_name() == 'Close':
            parent = node.get_parent()
            while parent is not None and parent.get_role_name() not in ('dialog', 'alert', 'alert dialog'):
                parent = parent.get_parent()
            if parent is None:
                return node
    return None


def close_window():
    """By its button, again when the first press has only closed a dialog; and all ends well."""
    def gone():
        if app.process.poll() is not None or not app.windows():
            return True
        button = close_button()
        if button is not None:
            app.atspi.Action.do_action(button.get_action_iface(), 0)
        return False
    practice.wait_for(lambda: gone_or_ended(gone), 'the window to go')
    status = app.process.wait(ui.WAIT)
    assert status == 0, f'the program ended with {status}'


def gone_or_ended(gone):
    """The program may end between two questions to it."""
    try:
        return gone()
    except Exception as error:
        if not ui.went(error):
            raise
        return False


def test_while_the_practice_ca_is_started():
    app.press('Try with a Practice CA')
    close_window()


def test_while_a_question_is_open():
    practice.ctl('practice', 'start', check=False)
    start()
    app.says('Never backed up')
    app.press('More About This CA')
    app.choose_item('Remove CA…')
    app.find('Remove CA', 'button')
    close_window()


def test_while_preferences_are_open():
    start()
    app.says('Never backed up')
    app.key('ctrl+comma')
    app.find('Verify After Backup', 'check box|switch|list item')
    close_window()


def test_while_a_folder_is_chosen():
    start()
    app.says('Never backed up')
    app.key('ctrl+comma')
    app.press('Choose…')
    app.find('Choose the Backup Folder', 'dialog|frame|window|file chooser')
    close_window()


def test_while_a_new_ca_is_checked():
    start()
    lab_ca.open_add(app)
    lab_ca.name_it(app, ca)
    lab_ca.sign_in(app, OPERATOR, PASSWORDS[OPERATOR])
    with practice.Stopped(ca.process.pid):
        app.press('Check')
        app.find('Check Again', 'button')
        close_window()


def test_while_a_password_is_tried():
    start()
    lab_ca.add(app, ca)
    app.press('More About This CA')
    app.choose_item('Sign-In…')
    app.type_into('Password', PASSWORDS[OPERATOR])
    with practice.Stopped(ca.process.pid):
        app.press('Sign In')
        app.gone('Sign In', 'button')
        close_window()


def test_while_the_password_is_asked_for():
    start()
    app.click(app.find(ca.name, 'list item'))
    app.find('Sign In…', 'button')
    app.back_up_in_full()
    app.find('Sign In', 'dialog')
    close_window()
    assert ca.counts() == (0, 0), ca.counts()


def main():
    global ca
    ui.begin()
    ca = lab_ca.LabCa('Contoso CA')
    start()
    tap.run([test_while_the_practice_ca_is_started, test_while_a_question_is_open, test_while_preferences_are_open,
             test_while_a_folder_is_chosen, test_while_a_new_ca_is_checked, test_while_a_password_is_tried,
             test_while_the_password_is_asked_for])


main()
