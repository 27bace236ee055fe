# SPDX-License-Identifier: GPL-3.0-or-later
"""A practice CA that stands for a CA of the network, and how the window adds one.

The window knows it by a host name that resolves nowhere, so the address and
the port go into “Connect Elsewhere”. It signs users in by NTLM.
"""

import json
import os
import subprocess
import time

from practice_ca import PracticeCa

import ui

HOST = 'ca.example.com'
OPERATOR, READER = 'LAB\\operator', 'LAB\\reader'
PASSWORDS = {OPERATOR: 'right-horse-battery', READER: 'reader-of-staples'}
WRONG = 'wrong-horse-battery'


class LabCa(PracticeCa):
    """With an operator who may back up, and a reader who may not."""

    def __init__(self, name, *options, passwords=PASSWORDS):
        self.name = name
        folder = os.path.join(ui.home(), name.replace(' ', '-').lower())
        users = folder + '.users'
        with open(os.open(users, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'w') as file:
            for user, password in passwords.items():
                file.write(f'{user.replace(chr(92), ":")}:{password}\n')
        super().__init__('strongroom-practice-ca', folder, '--ntlm-users', users, '--role', OPERATOR + '=operator,read',
                         '--role', READER + '=read', *options, name=name)
        # This process reads them; no other needs the file.
        os.unlink(users)
        self.config = f'{HOST}\\{name}'

    def counts(self):
        """How many BackupPrepares and BackupEnds were sent."""
        counts = self.ask('status')['counts']
        return counts['prepare'], counts['end']


def name_it(app, ca, port=None, field='User'):
    """From the first page of Add CA to the second, which has that control."""
    app.type_into('name', ca.config)
    if app.look('Address', 'text|entry') is None:
        app.click(app.find('Connect Elsewhere', 'list item'))
    app.type_into('Address', ca.facts['address'])
    app.set_value('Activation Port', port or ca.facts['activationPort'])
    app.press('Next')
    app.find(field, 'text|entry|radio button')


def switch(app, name, on):
    """Turns a switch row, by a click as a user does."""
    def row():
        return app.look(name, 'check box|switch')

    node = app.wait(row, f'switch “{name}”')
    if is_on(app, name) != on:
        app.click(node)
        app.wait(lambda: is_on(app, name) == on, f'switch “{name}” to turn')


def is_on(app, name):
    """Whether a switch row is on: the row tells, or the switch within."""
    states = app.atspi.StateType
    return any(node.get_state_set().contains(states.CHECKED)
               for node in app.walk() if node.get_role_name() in ('check box', 'switch') and node.get_name() == name)


def sign_in(app, user, password, ntlm=True):
    """Fills the page or the dialog that asks for the account."""
    app.type_into('User', user)
    app.type_into('Password', password)
    switch(app, 'Allow NTLM', ntlm)


def settle(app):
    """A dialog that is still sliding away takes the keys with it."""
    app.wait(lambda: not any(node.get_role_name() in ('dialog', 'alert') for node in app.walk()), 'every dialog to close')
    time.sleep(0.5)


def open_add(app):
    settle(app)
    app.key('ctrl+n')
    app.find('Add a Certificate Authority', 'dialog')


def focused(app):
    """Role and name of what has the keyboard."""
    focus = app.atspi.StateType.FOCUSED
    return [(node.get_role_name(), node.get_name() or app.label_of(node))
            for node in app.walk() if node.get_state_set().contains(focus)]


def tab_to(app, name, roles='text|spin button|list item|check box|switch|button'):
    """Goes on with Tab until a control of that name has the keyboard."""
    for _ in range(20):
        if any(role in roles.split('|') and name == found for role, found in focused(app)):
            return
        app.key('Tab')
    raise AssertionError(f'Tab does not lead to “{name}”, but to {focused(app)}')


def check(app, ca, user, password, ntlm=True, port=None):
    """Opens Add CA and goes on to the end of the checks."""
    open_add(app)
    name_it(app, ca, port)
    sign_in(app, user, password, ntlm)
    app.press('Check')
    checked(app)


def checked(app):
    """Waits for the end of the checks."""
    def enabled():
        button = app.look('Check Again', 'button|push button')
        return button if button is not None and app.sensitive(button) else None
    app.wait(enabled, 'the end of the checks')


def add(app, ca, user=OPERATOR):
    """All of Add CA, which closes at the end."""
    check(app, ca, user, PASSWORDS[user])
    app.press('Next')
    app.press('Add CA')
    app.find(f'{ca.name} Is Added', 'label')
    app.press('Done')


def sets():
    return json.loads(subprocess.run(['strongroomctl', 'sets', '--json'], check=True, capture_output=True, text=True).stdout)


def leaks(app, *passwords):
    """Where one of them is to be found: files of the program's, its arguments, its environment."""
    places = [f'/proc/{app.process.pid}/{name}' for name in ('cmdline', 'environ')]
    for folder, _, names in os.walk(ui.home()):
        places += [os.path.join(folder, name) for name in names]
    return [place for place in places if any(password.encode() in content(place) for password in passwords)]


def content(path):
    try:
        if os.path.isfile(path):
            with open(path, 'rb') as file:
                return file.read()
    except PermissionError:
        pass    # nobody may look at it, which is better still
    return b''
