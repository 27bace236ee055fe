#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ./dev run shows, in each of its ways: in the terminal, in a window on a screen, and without a screen.

test-run.py RUN UI: the script run, and the folder with ui.py. The programs are on PATH.
"""

import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, sys.argv[2])
import tap  # noqa: E402
import ui  # noqa: E402

RUN = sys.argv[1]
MARK = 'STRONGROOM_TEST_RUN'
ONE_BACKUP = 'prepare=1 end=1 rundown=0'


class Home:
    """A home of its own; at its end nothing may run, or lie about, but the backups."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix='sr-run-')
        self.path = self.folder.name
        os.makedirs(self.path + '/tmp')
        self.environment = dict(os.environ, HOME=self.path, TMPDIR=self.path + '/tmp', **{MARK: self.path},
                                STRONGROOM_SCREENSHOTS=self.path + '/screenshots')
        for name in ('XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'STRONGROOM_UI_SCREEN'):
            self.environment.pop(name, None)
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def run(self, *arguments, **environment):
        return subprocess.Popen([RUN, *arguments], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                env={**self.environment, **environment})

    def processes(self):
        """Those that the run started."""
        wanted, found = f'{MARK}={self.path}'.encode(), []
        for number in filter(str.isdigit, os.listdir('/proc') if os.path.exists('/proc/self') else []):
            try:
                with open(f'/proc/{number}/environ', 'rb') as file:
                    if wanted in file.read().split(b'\0'):
                        found.append(int(number))
            except OSError:
                pass
        return found

    def check_end(self, process, timeout=ui.WAIT * 4):
        """Waits for it; gives back the lines it wrote."""
        out = process.communicate(timeout=timeout)[0].decode()
        assert process.returncode == 0, f'{process.returncode}\n{out}'
        left = self.processes()
        assert not left, [open(f'/proc/{number}/cmdline').read() for number in left]
        assert not os.listdir(self.path + '/tmp'), os.listdir(self.path + '/tmp')
        return out.splitlines()

    def check_backup(self, lines):
        path, counts, seconds = lines[-3:]
        assert path.startswith(self.path + '/.local/share/strongroom/backups/'), lines
        assert os.path.exists(os.path.join(path, 'manifest.json')), path
        assert counts == ONE_BACKUP and re.fullmatch(r'\d+\.\d seconds', seconds), lines


def test_in_the_terminal():
    with Home() as home:
        lines = home.check_end(home.run('--terminal'))
        home.check_backup(lines)
        assert not os.path.exists(home.path + '/screenshots')


def test_without_a_screen_it_is_clicked_through_and_pictures_are_saved():
    with Home() as home:
        # what is left in the environment of a session that is gone
        lines = home.check_end(home.run(DISPLAY=':4711', WAYLAND_DISPLAY='wayland-gone'))
        home.check_backup(lines)
        pictures = sorted(os.listdir(home.path + '/screenshots'))
        assert len(pictures) == 5, pictures
        assert [line for line in lines if line.startswith('screenshots/')] == ['screenshots/' + name for name in pictures]
        for name in pictures:
            size = subprocess.run(['identify', '-format', '%m %w %k', os.path.join(home.path, 'screenshots', name)],
                                  check=True, capture_output=True, text=True).stdout.split()
            assert size[0] == 'PNG' and int(size[1]) >= 900 and int(size[2]) > 50, (name, size)


def test_on_a_screen_the_window_opens_with_the_practice_ca():
    with Home() as home:
        # A poll of the CA may be under way when the program ends, and hold memory of the libraries.
        home.environment['ASAN_OPTIONS'] = os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0'
        app = ui.App(RUN, environment=home.environment, name='strongroom', output=subprocess.PIPE)
        try:
            app.says('Never backed up')
            app.find('Practice CA', 'label')
            app.key('ctrl+w')
            lines = home.check_end(app.process)
        finally:
            app.close()
        assert lines[-3:-1] == ['No backup was made.', 'prepare=0 end=0 rundown=0'], lines


def test_on_a_screen_beside_a_strongroom_that_is_open():
    from gi.repository import Gio, GLib
    other = Gio.Application(application_id='io.github.strongroom.Strongroom')
    other.register()
    assert not other.get_is_remote()
    asked = []
    other.connect('activate', lambda *_: asked.append(True))
    with Home() as home:
        home.environment['ASAN_OPTIONS'] = os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0'
        app = ui.App(RUN, environment=home.environment, name='strongroom', output=subprocess.PIPE)
        try:
            app.find('Practice CA', 'label')
            app.key('ctrl+w')
            home.check_end(app.process)
        finally:
            app.close()
    while GLib.MainContext.default().iteration(False):
        pass
    assert not asked, 'the other one was asked to show its window'


def main():
    reason = ui.missing()
    if reason:
        tap.skip_all(reason)
    ui.inside_screen()
    tap.run([test_in_the_terminal, test_without_a_screen_it_is_clicked_through_and_pictures_are_saved,
             test_on_a_screen_the_window_opens_with_the_practice_ca, test_on_a_screen_beside_a_strongroom_that_is_open])


main()
