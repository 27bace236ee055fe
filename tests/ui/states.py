# SPDX-License-Identifier: GPL-3.0-or-later
"""Leads the window through its states, one by one: for pictures and audits."""

import contextlib
import gettext
import inspect
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time

import lab_ca
import practice as practice_ca
import ui

BUTTONS = 'button|push button|toggle button'


def practice(*arguments):
    return subprocess.run(['strongroomctl', 'practice', *arguments], check=True, capture_output=True, text=True).stdout


def status():
    return json.loads(practice('status', '--json'))


def ask(**request):
    """Tells the practice CA what no verb of strongroomctl tells it."""
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(os.path.join(status()['folder'], 'control'))
        control.sendall(json.dumps(request).encode() + b'\n')
        answer = json.loads(control.makefile().readline())
    if not answer['ok']:
        raise RuntimeError(answer['error'])
    return answer


@contextlib.contextmanager
def stopped():
    """Holds the practice CA still, and with it the backup that runs."""
    server = status()['pid']
    os.kill(server, signal.SIGSTOP)
    try:
        yield server
    finally:
        os.kill(server, signal.SIGCONT)


def locale(name):
    """What makes the program speak so, or None: no machine has every locale, so one is made in this run's home."""
    folder = os.path.join(ui.home(), 'locales')
    os.makedirs(folder, exist_ok=True)
    target = os.path.join(folder, name + '.UTF-8')
    if shutil.which('localedef') and not os.path.exists(target):
        subprocess.run(['localedef', '-i', name, '-f', 'UTF-8', target], stderr=subprocess.DEVNULL)
    if not os.path.exists(target):
        return None
    return {'LOCPATH': folder, 'LC_ALL': name + '.UTF-8', 'LANGUAGE': name.split('_')[0]}


class Words:
    """What the program says, by what it says in English."""

    def __init__(self, language=None):
        self.said = {}
        if language is None:
            return
        program = os.path.dirname(shutil.which('strongroom'))
        places = [f'../../po/{language}/LC_MESSAGES/strongroom.mo', f'../share/locale/{language}/LC_MESSAGES/strongroom.mo']
        for path in (os.path.join(program, place) for place in places):
            if os.path.exists(path):
                with open(path, 'rb') as file:
                    self.read(gettext.GNUTranslations(file)._catalog)
                return
        raise ui.Gone(f'no translation into {language} beside the program')

    def read(self, catalog):
        for english, said in catalog.items():
            english = english[0] if isinstance(english, tuple) else english
            english = english.split('\x04')[-1].replace('_', '')
            if english:
                self.said.setdefault(english, set()).add(said.replace('_', ''))

    def __call__(self, english):
        """A regular expression for those words; %s and %u stand for anything."""
        patterns = [re.sub(r"%+'?[a-z]", '.*', re.escape(words)) for words in self.said.get(english, {english})]
        return '|'.join(f'(?:{pattern})' for pattern in patterns)


class Stage:
    """The program in one look, and the way through its states."""

    def __init__(self, environment=None, words=None, size=None, mirrored=False):
        self.environment, self.words, self.size, self.mirrored = environment, words or Words(), size, mirrored
        self.ca = None
        self.start()

    def start(self):
        self.app = ui.App(environment=self.environment)
        if self.size:
            self.app.resize(*self.size)

    def find(self, english, role=BUTTONS):
        return self.app.find(self.words(english), role)

    def press(self, english):
        self.app.press(self.words(english))

    def says(self, english):
        return self.app.says(self.words(english))

    def key(self, *keys):
        self.app.key(*keys)

    def escape(self, english, role=None):
        self.app.escape(self.words(english), role)

    def type_into(self, english, text):
        pattern = re.compile(self.words(english))

        def look():
            for node in self.app.walk():
                if node.get_editable_text_iface() is not None and pattern.fullmatch(node.get_name() or ''):
                    return node
            return None
        node = self.app.wait(look, f'entry “{english}”')
        self.app.atspi.EditableText.set_text_contents(node.get_editable_text_iface(), text)

    def focused_role(self):
        for node in self.app.walk():
            if node.get_state_set().contains(self.app.atspi.StateType.FOCUSED) and node.get_role_name() not in ('frame', 'window'):
                return node.get_role_name()
        return None

    def choose(self, menu, english):
        """Opens a menu and takes one of its items."""
        self.press(menu)
        self.app.choose_item(self.words(english))

    def item(self, english):
        return self.find(english, 'menu item')

    def scroll(self, end):
        """The page, when it is longer than the window, to its end or its beginning."""
        self.app.wheel('5' if end else '4', self.mirrored)

    def finish(self):
        subprocess.run(['strongroomctl', 'practice', 'stop'], capture_output=True)
        if self.ca:
            self.ca.close()
        return self.app.close()

    def again(self):
        """After a scene that broke off: the program anew, and the practice CA as it should be."""
        self.app.close()
        with contextlib.suppress(OSError, ValueError):
            os.kill(status()['pid'], signal.SIGCONT)
        subprocess.run(['strongroomctl', 'practice', 'start'], capture_output=True)     # fails when it runs
        self.start()

    # Each scene yields the name of a state while the window is in it.

    def scenes(self):
        return [self.first_start, self.backing_up, self.set_page, self.other_ends, self.history, self.restoring, self.conditions,
                self.adding, self.asking, self.many]

    def everything(self):
        for scene in self.scenes():
            yield from scene()

    def first_start(self):
        self.says('Back Up a Certificate Authority')
        yield 'empty'
        self.press('Main Menu')
        self.item('Preferences')
        yield 'menu'
        self.escape('Preferences', 'menu item')
        self.key('ctrl+question')
        self.says('Back up now')
        yield 'shortcuts'
        self.escape('Back up now')
        self.app.focus_window()
        self.choose('Main Menu', 'About Strongroom')
        self.says('The Strongroom developers')
        yield 'about'
        self.escape('The Strongroom developers')
        self.press('Try with a Practice CA')
        self.says('This CA has no backup yet')
        self.find('Issue')
        yield 'never'
        self.scroll(True)
        yield 'practice'
        self.scroll(False)
        self.press('Other Kinds of Backup')
        self.item('Full Backup')
        yield 'backup-menu'
        self.escape('Full Backup', 'menu item')
        self.press('More About This CA')
        self.item('Check Now')
        yield 'ca-menu'
        self.escape('Check Now', 'menu item')

    def progress(self):
        """How far the bar is that is seen, or None."""
        for node in self.app.walk():
            if node.get_role_name() == 'progress bar':
                return self.app.atspi.Value.get_current_value(node.get_value_iface())
        return None

    def backing_up(self):
        ask(do='pad', size=256 << 20)
        self.press('Back Up in Full')
        self.app.wait(lambda: (self.progress() or 0) > 0.2, 'progress')
        with stopped() as server:
            yield 'running'
            # It gives up what says nothing for a minute.
            os.kill(server, signal.SIGCONT)
            time.sleep(0.1)
            os.kill(server, signal.SIGSTOP)
            self.key('ctrl+q')
            self.find('Keep Running')
            yield 'quit'
            self.escape('Keep Running')
        self.says('Backup Complete')
        yield 'done'

    def open_newest(self):
        if self.app.look(self.words('Show Set'), BUTTONS):
            self.press('Show Set')
        else:
            self.app.click(self.find('Full backup of %s', 'list item'))

    def hide(self):
        """The card of the last job, if there is one."""
        if self.app.look(self.words('Hide'), BUTTONS):
            self.app.hide_card(self.words('Hide'))

    def set_page(self):
        self.open_newest()
        self.says('Log Generations')
        yield 'set'
        self.scroll(True)
        yield 'set-files'
        self.scroll(False)
        self.press('Verify')
        self.says('Every file is what the manifest says, read on %s')
        yield 'set-verified'
        path = json.loads(subprocess.run(['strongroomctl', 'sets', '--json'], check=True, capture_output=True, text=True).stdout)[0]['path']
        with open(os.path.join(path, 'authority.cer'), 'r+b') as file:
            whole = file.read()
            file.seek(0)
            file.write(b'damaged')
        self.press('Verify')
        self.says('What Was Found')
        yield 'set-damaged'
        self.press('Delete…')
        self.find('Delete Backup Set')
        yield 'delete'
        self.escape('Delete Backup Set')
        with open(os.path.join(path, 'authority.cer'), 'wb') as file:
            file.write(whole)
        self.press('Verify')
        self.says('Every file is what the manifest says, read on %s')
        self.key('alt+Right' if self.mirrored else 'alt+Left')

    def other_ends(self):
        self.hide()
        self.press('Other Kinds of Backup')
        self.item('Full Backup')
        yield 'backup-menu-logs'
        self.app.press(self.words('Full Backup'), 'menu item')
        self.press('Cancel Backup')
        self.says('Backup Cancelled')
        yield 'cancelled'
        self.app.hide_card(self.words('Hide'))
        practice('stop')
        self.press('Back Up Logs Only')
        self.says('Backup Failed')
        yield 'failed'
        self.press('Details')
        self.says('Details of the Backup')
        yield 'failed-details'
        self.escape('Details of the Backup')
        self.app.hide_card(self.words('Hide'))
        self.press('Start')
        self.says("Runs with %'u certificate")

    def history(self):
        """A restore, and a backup that failed behind it."""
        for kind in ('--logs', '--logs'):
            practice('issue', '3')
            practice_ca.ctl('backup', practice_ca.sets()[0]['config'], kind)
        practice('issue', '3')
        practice_ca.restore(practice_ca.sets()[-2]['set'])
        practice_ca.note_restore(practice_ca.sets()[-1]['sequence'] + 1)
        self.key('F5')
        self.says('The CA was restored: a full backup is due')
        yield 'full-due'
        self.press('Other Kinds of Backup')
        self.item('Logs Only')
        yield 'backup-menu-restored'
        self.escape('Logs Only', 'menu item')
        self.press('What to Do')
        self.says('A Full Backup Is Next')
        yield 'full-why'
        self.escape('A Full Backup Is Next')
        practice('issue', '3')
        for kind in ('--full', '--logs'):
            practice_ca.ctl('backup', practice_ca.sets()[0]['config'], kind)
        practice('stop')
        self.key('ctrl+b')
        self.says('Backup Failed')
        practice('start')
        self.key('F5')
        self.says('Before the Restore of %s')
        self.scroll(True)
        yield 'ca-lineages'
        self.scroll(False)
        self.press('Show Chains and Timeline')
        self.says('The CA was restored on %s.')
        yield 'lineages'
        self.app.press(self.words('Timeline'), 'page tab')
        self.says('What the marks mean')
        yield 'timeline'
        # The key for back is the page's, and a press from outside leaves the keyboard where it was.
        self.app.wait(lambda: self.focused_role() == 'page tab' or self.key('Tab'), 'the page to have the keyboard')
        self.key('alt+Right' if self.mirrored else 'alt+Left')
        self.find('Show Chains and Timeline')
        self.app.hide_card(self.words('Hide'))

    def restoring(self):
        """The wizard, to a point, and what is asked for behind it."""
        self.key('F5')
        self.press('Restore…')
        self.says('Newest set, and the CA’s own logs behind it: they continue it, so nothing is lost.')
        yield 'restore-what'
        self.app.click(self.find('This Point', 'list item'))
        self.says('What Came Later Is Lost')
        self.scroll(True)
        yield 'restore-point'
        self.scroll(False)
        self.press('Next')
        self.says('Before Anything Changes')
        self.app.wait(lambda: self.app.sensitive(self.find('Next')), 'the end of the checks')
        yield 'restore-checks'
        self.press('Next')
        self.find('Restore %s')
        yield 'restore-review'
        self.press('Restore %s')
        self.find('Back Up Now')
        yield 'restore-done'
        self.scroll(True)
        yield 'restore-done-more'
        self.scroll(False)
        self.press('Later')
        self.says('The CA was restored: a full backup is due')
        self.press('Back Up Now')
        self.says('Backup Complete')
        self.app.hide_card(self.words('Hide'))

    def conditions(self):
        ask(do='config', node='ca', entry='InterfaceFlags', value=0x641)
        self.key('F5')
        self.press('What to Do')
        self.says('Remote Backup Is Disabled')
        yield 'remote-disabled'
        self.escape('Remote Backup Is Disabled', 'heading')
        ask(do='config', node='ca', entry='InterfaceFlags', value=0x601)
        folder = os.path.join(ui.home(), 'data/strongroom/backups')
        os.rename(folder, folder + '-away')
        self.key('F5')
        self.says('The backup folder is not there. Is its disk mounted?')
        yield 'folder-missing'
        os.rename(folder + '-away', folder)
        self.key('F5')
        self.app.gone(self.words('The backup folder is not there. Is its disk mounted?'))

    def adding(self):
        """A CA that stands for one of the network: with a wrong password first, then with the right one."""
        self.ca = lab_ca.LabCa('Example Issuing CA')
        self.key('ctrl+n')
        self.type_into('HOST\\CA name', self.ca.config)
        yield 'add-name'
        self.app.click(self.find('Connect Elsewhere', 'list item'))
        self.type_into('Address', self.ca.facts['address'])
        port = self.find('Activation Port', 'spin button')
        self.app.atspi.Value.set_current_value(port.get_value_iface(), self.ca.facts['activationPort'])
        yield 'add-elsewhere'
        self.press('Next')
        self.type_into('User', lab_ca.OPERATOR)
        self.type_into('Password', lab_ca.WRONG)
        yield 'add-sign-in'
        self.app.tab_to(self.words('Allow NTLM'))
        self.key('space')
        self.press('Check')
        self.find('Continue Anyway')
        yield 'add-checks'
        self.press('Sign In Differently')
        self.type_into('Password', lab_ca.PASSWORDS[lab_ca.OPERATOR])
        self.press('Check')
        self.says('The account’s roles: %s')
        self.app.gone(self.words('Continue Anyway'))
        self.app.wait(lambda: self.app.sensitive(self.find('Check Again')), 'the end of the checks')
        yield 'add-good'
        self.press('Next')
        self.find('Add CA')
        yield 'add-folder'
        self.press('Add CA')
        self.find('Back Up Now')
        yield 'add-done'
        self.press('Done')
        self.app.gone(self.words('Done'), BUTTONS)

    def asking(self):
        """The dialogs that stand before the page of a CA."""
        self.key('ctrl+comma')
        self.says('Verify After Backup')
        yield 'preferences'
        self.escape('Verify After Backup')
        self.choose('More About This CA', 'Sign-In…')
        self.says('Kerberos Ticket')
        yield 'sign-in'
        self.escape('Kerberos Ticket')
        self.choose('More About This CA', 'Remove CA…')
        self.find('Remove CA')
        yield 'remove'
        self.escape('Remove CA')

    def many(self):
        """Enough CAs for a search, in several states."""
        self.app.close()
        for arguments in (['old.example.com\\Example Root CA 2019', '--address', '127.0.0.1', '--port', '1'],
                          *([f'ca{number}.example.com\\Example Issuing CA {number}', '--user', 'EXAMPLE\\backup']
                            for number in range(2, 8))):
            subprocess.run(['strongroomctl', 'ca', 'add', *arguments], check=True, capture_output=True)
        self.start()
        self.says('Offline since %s')
        self.app.says(self.words('Backed up just now') + '|' + self.words('Backed up %s'))
        yield 'sidebar'
        self.press('Search')
        self.type_into('Search certificate authorities', 'root')
        self.app.gone('Example Issuing CA.*', 'list item')
        yield 'search'
        self.app.click(self.find('Example Root CA 2019', 'list item'))
        self.says('Last Full Backup')
        yield 'offline'


# The names of all states, in their order.
NAMES = re.findall(r"yield '([\w-]+)'", inspect.getsource(Stage))
