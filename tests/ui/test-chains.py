#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the next backup is, as the window tells and offers it: full first, then logs only.

The programs are on PATH.
"""

import os

import practice
import tap
import ui

app = None


def picture(name):
    folder = os.environ.get('STRONGROOM_UI_PICTURES')
    if folder:
        app.picture(os.path.join(folder, name + '.png'))


def kinds():
    return [item['kind'] for item in practice.sets()]


def offered(name, sensitive):
    """Opens the split button's menu, and waits until an item can be chosen or cannot."""
    app.press('Other Kinds of Backup')

    def look():
        node = app.look(name, 'menu item')
        return node is not None and app.sensitive(node) == sensitive
    app.wait(look, f'“{name}” ' + ('to be offered' if sensitive else 'to be greyed out'))


def test_without_a_full_set_logs_have_nothing_to_continue():
    app.press('Try with a Practice CA')
    app.find('Back Up in Full', 'button')
    app.says('Full. There is no full backup that logs could continue.')
    offered('Logs Only', False)
    app.find('There is no full backup that logs could continue[.]', 'label')
    picture('menu-full')
    app.escape('Logs Only', 'menu item')
    ui.audit(app)
    picture('never')


def test_full_backup_is_followed_by_logs_only():
    app.press('Back Up in Full')
    app.says('Backup Complete')
    app.says('^Database and logs: ')
    app.says('None since the last full backup')
    app.says('Logs only. The next backup holds the logs since the last one.')
    assert kinds() == ['full'], kinds()
    app.hide_card()
    app.find('Back Up Logs Only', 'button')
    offered('Logs Only', True)
    assert not app.look('The next backup holds the logs since the last one[.]', 'label'), 'a reason where there is none'
    picture('menu-logs')
    app.escape('Logs Only', 'menu item')
    ui.audit(app)
    picture('after-full')


def test_logs_only_makes_a_log_only_set():
    app.press('Issue')
    app.says('Runs with 11 certificates')
    app.press('Back Up Logs Only')
    app.says('Backup Complete')
    app.says('^Logs? [0-9 to]+: .*\nThe set is complete, and the CA has truncated its logs')
    app.says('Backed up (just now|[0-9]+ minute)')
    app.find('Log-only backup of .*', 'list item')
    app.gone('None since the last full backup')
    assert sorted(kinds()) == ['full', 'log'], kinds()
    assert practice.counts() == (2, 2, 0), practice.counts()
    app.hide_card()
    ui.audit(app)
    picture('after-logs')


def open_set(kind):
    """The newest of that kind, from the list of the CA's page."""
    app.click(app.find(f'{kind} backup of .*', 'list item'))
    app.find('Export for certutil…', 'button')
    app.says('It continues: Full backup of' if kind == 'Log-only' else 'continues? it')


def leave_set():
    app.key('alt+Left')
    app.gone('Export for certutil…', 'button')


def files_below(folder):
    """The bytes of each file, by its path; RESTORE.txt names the folder, and so it differs."""
    found = {}
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            with open(path, 'rb') as file:
                found[os.path.relpath(path, folder)] = file.read().replace(os.fsencode(folder), b'')
    return found


def test_a_chain_is_exported_as_by_the_terminal():
    where, other = os.path.join(ui.home(), 'exports'), os.path.join(ui.home(), 'by-terminal')
    os.mkdir(where, 0o700)
    open_set('Log-only')
    app.resize(1000, 720)
    picture('set-logs')
    app.press('Export for certutil…')
    app.choose_folder('Export for certutil: Choose Where To', where)
    app.says('Exported for certutil')
    app.says('RESTORE.txt in it tells how to restore it with certutil')
    app.find('Open the Export', 'button')
    ui.audit(app)
    picture('exported')
    made = os.path.join(where, *os.listdir(where))
    newest = practice.sets()[-1]
    assert newest['kind'] == 'log' and newest['set'] in made, (newest, made)
    practice.ctl('export', newest['set'], other)
    ours, theirs = files_below(made), files_below(other)
    assert ours == theirs, sorted(set(ours) ^ set(theirs)) or [name for name in ours if ours[name] != theirs[name]]
    logs = [name for name in ours if name.endswith('.log')]
    assert any(name.endswith('.edb') for name in ours) and len(logs) > 1 and 'RESTORE.txt' in ours, sorted(ours)
    tap.note(f'{len(ours)} files, {len(logs)} of them logs, {sum(map(len, ours.values()))} bytes')
    leave_set()


def test_an_export_that_fails_says_why():
    """Of a log of the set nothing but its size is left."""
    newest = practice.sets()[-1]
    path = next(path for path in files_of(newest) if path.endswith('.log'))
    with open(path, 'rb') as file:
        whole = file.read()
    with open(path, 'wb') as file:
        file.write(bytes(len(whole)))
    where = os.path.join(ui.home(), 'no-exports')
    os.mkdir(where, 0o700)
    open_set('Log-only')
    app.press('Export for certutil…')
    app.choose_folder('Export for certutil: Choose Where To', where)
    app.says('Export Failed')
    app.says('is not what its manifest says: the set is damaged, and nothing was exported')
    ui.audit(app)
    picture('export-failed')
    assert not os.listdir(where), os.listdir(where)
    with open(path, 'wb') as file:
        file.write(whole)
    leave_set()


def files_of(item):
    return [os.path.join(root, name) for root, _, names in os.walk(item['path']) for name in names]


def test_deleting_a_full_set_names_what_needs_it():
    open_set('Full')
    app.says('1 log-only set continues it, up to log')
    picture('set-full')
    app.press('Delete…')
    app.find('Delete Backup Set', 'button')
    app.says('1 other set needs it, and could not be restored any more:\nLog-only backup of')
    app.says('It is the newest full backup of this CA')
    ui.audit(app)
    picture('delete')
    app.escape('Delete Backup Set', 'button')
    leave_set()
    assert sorted(kinds()) == ['full', 'log'], kinds()


def test_the_menu_makes_a_full_one_all_the_same():
    app.back_up_in_full()
    app.says('Backup Complete')
    assert sorted(kinds()) == ['full', 'full', 'log'], kinds()
    assert practice.counts() == (3, 3, 0), practice.counts()
    app.hide_card()


def newest_full():
    return next(item for item in reversed(practice.sets()) if item['kind'] == 'full')


def test_full_backup_by_another_program_is_seen_and_followed_by_one_of_ours():
    practice.ask(do='foreign-full')
    app.key('F5')
    app.says('Another program has backed up this CA since')
    app.says('Full. The CA tells of a full backup that is not in this backup folder')
    app.says('Backed up by another program')
    app.says('Last full backup on .*, by another program: it is not among the sets here')
    ui.audit(app)
    picture('foreign-full')
    app.press('What to Do')
    app.says('let one of the two do it')
    ui.audit(app)
    picture('what-to-do')
    app.press('Back Up in Full', root='alert|dialog')
    app.says('Backup Complete')
    app.gone('Another program has backed up this CA since.*')
    app.says('Logs only. The next backup holds')
    app.hide_card()


def test_after_a_restore_by_another_tool_logs_are_refused_with_the_reason():
    practice.restore(newest_full()['set'])      # the window knows nothing of it
    app.press('Other Kinds of Backup')
    app.choose_item('Logs Only')
    app.says('Backup Failed')
    app.says('The CA does not know the last full backup any more .-560.: another product has made a full backup')
    app.says('If another product backs the CA up too, let one of the two do it')
    app.says('Code: 0xc8000230')
    app.find('Back Up in Full', 'button')
    app.gone('Try Again', 'button')
    banner_of_the_restore()
    ui.audit(app)
    picture('refused')
    app.says('No backup session is open on the CA|The backup session on the CA was ended')


def banner_of_the_restore():
    app.says('The CA does not know its last full backup any more: a new one is due')
    app.find('Back Up Now', 'button')
    app.says('Full backup due')
    app.says('Full. The CA does not know the last full backup any more')


def test_the_banner_stays_through_a_restart_until_a_full_backup_succeeds():
    global app
    app.close()
    app = ui.App()
    banner_of_the_restore()
    ui.audit(app)
    picture('full-due')
    app.press('Back Up Now')
    app.says('Backup Complete')
    app.says('Why a full backup: The CA does not know the last full backup any more')
    app.gone('The CA does not know its last full backup any more.*')
    app.says('Logs only. The next backup holds')
    app.says('Backed up (just now|[0-9]+ minute)')
    picture('full-again')
    app.hide_card()


def test_circular_logging_takes_logs_only_away():
    practice.ask(do='config', node='root', entry='DBFlags', value=0xb4)
    app.key('F5')
    app.says('Full. The CA overwrites its logs .circular logging., so only full backups can be had.')
    app.find('Back Up in Full', 'button')
    offered('Logs Only', False)
    app.escape('Logs Only', 'menu item')
    app.resize(360, 720)
    ui.audit(app)
    picture('circular-narrow')


def main():
    global app
    ui.begin()
    app = ui.App()
    tap.run([test_without_a_full_set_logs_have_nothing_to_continue, test_full_backup_is_followed_by_logs_only,
             test_logs_only_makes_a_log_only_set,
             test_a_chain_is_exported_as_by_the_terminal, test_an_export_that_fails_says_why,
             test_deleting_a_full_set_names_what_needs_it, test_the_menu_makes_a_full_one_all_the_same,
             test_full_backup_by_another_program_is_seen_and_followed_by_one_of_ours,
             test_after_a_restore_by_another_tool_logs_are_refused_with_the_reason,
             test_the_banner_stays_through_a_restart_until_a_full_backup_succeeds,
             test_circular_logging_takes_logs_only_away])


main()
