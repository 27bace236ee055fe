#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Add CA and a backup with a Kerberos ticket of a real KDC: no password is asked for, and no NTLM is used.

Runs within with-lab.py --mit. The programs are on PATH, tap.py and practice_ca.py on PYTHONPATH.
"""

import os
import subprocess

import lab_ca
import tap
import ui
from practice_ca import PracticeCa

USER, PASSWORD = 'alice@LAB.TEST', 'Passw0rd!'      # as with-lab.py makes them
HOST = 'ca.lab.test'

app = ca = None


def test_the_ticket_is_found_and_needs_nothing_more():
    lab_ca.open_add(app)
    lab_ca.name_it(app, ca, field='Kerberos Ticket.*')
    app.says(f'Found a ticket of {USER}')
    assert app.look('Password', 'text|entry|password text') is None, 'a password is asked for'
    assert app.look('Allow NTLM') is None, 'NTLM is offered'
    ui.audit(app)


def test_the_checks_pass_with_it():
    app.press('Check')
    lab_ca.checked(app)
    app.says('Signed in with the tickets of this session, encrypted')
    app.says('The account’s roles: backup operator, reader')
    ui.audit(app)
    app.press('Next')
    app.press('Add CA')
    app.find(f'{ca.name} Is Added', 'label')
    app.says('The Kerberos ticket of this session')
    assert app.look('Kept until Strongroom quits') is None
    ui.audit(app)


def test_a_backup_signs_in_by_kerberos_alone():
    app.key('Return')     # Back Up Now of the last page; the banner behind it has one too
    app.says('Backup Complete')
    counts = ca.ask('status')['counts']
    assert (counts['prepare'], counts['end']) == (1, 1), counts
    who = {fact['principal'] for fact in ca.log('activation')}
    assert who == {USER}, who


def test_without_the_ticket_it_is_refused():
    subprocess.run(['kdestroy'], check=True, capture_output=True)
    app.hide_card()
    lab_ca.settle(app)
    app.key('F5')
    app.says('Sign-in refused')
    app.find('Sign In…', 'button')


def main():
    global app, ca
    ui.begin()
    os.environ['KRB5CCNAME'] = 'FILE:' + os.path.join(ui.home(), 'tickets')
    subprocess.run(['kinit', USER], input=PASSWORD, text=True, check=True, stdout=subprocess.DEVNULL)
    ca = PracticeCa('strongroom-practice-ca', os.path.join(ui.home(), 'ca'), '--keytab', os.environ['LAB_KEYTAB'],
                    '--role', USER + '=operator,read')
    ca.name = 'Contoso CA'
    ca.config = f'{HOST}\\{ca.name}'
    app = ui.App()
    tap.run([test_the_ticket_is_found_and_needs_nothing_more, test_the_checks_pass_with_it,
             test_a_backup_signs_in_by_kerberos_alone, test_without_the_ticket_it_is_refused])


main()
