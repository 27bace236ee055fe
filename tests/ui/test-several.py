#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several CAs in the window: backed up side by side, searched for, and one added while a search hides it.

The programs are on PATH, tap.py and practice_ca.py on PYTHONPATH.
"""

import contextlib
import json
import os
import uuid

from practice_ca import PracticeCa

import lab_ca
import practice
import tap
import ui

DATABASE = 96 << 20
NAMES = [f'Practice CA {number}' for number in (1, 2, 3)]
AWAY = [f'Away CA {number}' for number in range(1, 7)]     # with the others, more than the window lists without a search

app = new = None
cas = {}


def entry(ca):
    return {'id': str(uuid.uuid4()), 'config': ca.facts['config'], 'address': ca.facts['address'],
            'port': ca.facts['activationPort'], 'practice': ca.folder, 'ntlm_allowed': True,
            'sign_in': {'kind': 'password', 'user': ca.facts['user']}}


def start_cas():
    """Practice CAs as the window starts its one, each in a folder of its own."""
    for name in NAMES:
        cas[name] = PracticeCa('strongroom-practice-ca', os.path.join(ui.home(), name.replace(' ', '-').lower()), name=name)
        cas[name].ask('pad', size=DATABASE)
    path = os.path.join(os.environ['XDG_CONFIG_HOME'], 'strongroom', 'authorities.json')
    ui.write(path, json.dumps({'authorities': [entry(ca) for ca in cas.values()], 'format': 1}))
    for name in AWAY:
        practice.ctl('ca', 'add', f'away.example.com\\{name}', '--address', '127.0.0.1', '--port', '1')


def counts(ca):
    seen = ca.ask('status')['counts']
    return seen['prepare'], seen['end']


def select(name):
    app.click(app.find(f'{name}(, practice CA)?', 'list item'))
    app.wait(lambda: any(node.get_name() == name and node.get_role_name() == 'grouping' for node in app.walk()), f'the page of {name}')


def rows():
    """What the sidebar lists."""
    sidebar = app.look('Certificate authorities', 'list')
    return [node.get_name().removesuffix(', practice CA') for node in app.walk(sidebar) if node.get_role_name() == 'list item']


def says_of(name, words):
    row = app.look(f'{name}(, practice CA)?', 'list item')
    return row is not None and app.look(words, 'label', row) is not None


def test_three_are_backed_up_side_by_side():
    with contextlib.ExitStack() as held:
        for name, ca in cas.items():
            select(name)
            app.press('Back Up in Full')
            folder = os.path.join(practice.repository(), name)
            practice.wait_for(lambda: half_read(folder), f'the database of {name}')
            held.enter_context(practice.Stopped(ca.process.pid))
        for name in NAMES:
            app.wait(lambda: says_of(name, 'Backing up.*'), f'{name} to be backed up')
        tap.note({name: length(os.path.join(practice.repository(), name)) for name in NAMES})
    for name in NAMES:
        app.wait(lambda: says_of(name, 'Backed up.*'), f'{name} to be done')
        select(name)
        app.says('Backup Complete')
    assert [counts(ca) for ca in cas.values()] == [(1, 1)] * 3, [counts(ca) for ca in cas.values()]
    assert sorted(item['config'].split('\\')[1] for item in practice.sets()) == NAMES, practice.sets()


def length(folder):
    return sum(os.path.getsize(os.path.join(path, name)) for path, _, names in os.walk(folder) for name in names)


def half_read(folder):
    with contextlib.suppress(FileNotFoundError):
        return 0 < length(folder) < DATABASE
    return False


def test_search_leaves_what_it_finds():
    app.press('Search')
    app.type_into('Search certificate authorities', 'AWAY ca 3')
    app.wait(lambda: rows() == ['Away CA 3'], 'one row')
    app.type_into('Search certificate authorities', 'nothing like this')
    app.wait(lambda: rows() == [], 'no row')
    app.type_into('Search certificate authorities', 'practice')
    app.wait(lambda: sorted(rows()) == NAMES, 'the practice CAs')
    select(NAMES[1])


def test_new_ca_that_the_search_hides_is_the_one_that_is_backed_up():
    lab_ca.check(app, new, lab_ca.OPERATOR, lab_ca.PASSWORDS[lab_ca.OPERATOR])
    app.press('Next')
    app.press('Add CA')
    app.find(f'{new.name} Is Added', 'label')
    app.press('Back Up Now')
    app.says('Backup Complete')
    app.wait(lambda: says_of(new.name, 'Backed up.*'), f'{new.name} to be listed, and backed up')
    assert counts(new) == (1, 1), counts(new)
    assert [counts(ca) for ca in cas.values()] == [(1, 1)] * 3, 'another CA was backed up'
    assert len(practice.sets()) == 4, practice.sets()


def main():
    global app, new
    ui.begin()
    start_cas()
    new = lab_ca.LabCa('Contoso CA')
    app = ui.App()
    tap.run([test_three_are_backed_up_side_by_side, test_search_leaves_what_it_finds,
             test_new_ca_that_the_search_hides_is_the_one_that_is_backed_up])


main()
