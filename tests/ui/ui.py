# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the window from outside, as a screen reader does: AT-SPI to find and
press, xdotool for keys and for what exposes no action (list rows).

Every script runs in a virtual screen, a session bus and a home of its own:
call inside_screen() first, which starts the script again in there.
"""

import atexit
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import audit as inspector
import tap

TOOLS = ('xvfb-run', 'dbus-daemon', 'xdotool', 'import')
WAIT = 60
# GTK acts on a press from outside a quarter of a second later, and forgets it when the widget goes until then.
PRESS = 0.3

# What slides takes time, and stands elsewhere a moment later.
SETTINGS = '[Settings]\ngtk-font-name=Adwaita Sans 11\ngtk-enable-animations={animations}\n'
FONTS = '''<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <alias binding="same"><family>Adwaita Sans</family><prefer><family>Inter</family></prefer></alias>
  <alias binding="same"><family>Adwaita Mono</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
'''


def missing():
    """What this machine lacks for a virtual screen, in words, or None."""
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    try:
        import gi
        gi.require_version('Atspi', '2.0')
        from gi.repository import Atspi  # noqa: F401
    except (ImportError, ValueError):
        absent.append('gir1.2-atspi-2.0')
    return 'not installed: ' + ', '.join(absent) if absent else None


def begin(*absent, **screen):
    """For a script of tests: skips it where this machine lacks something, in words, or goes inside a virtual screen, see
    inside_screen(). What is started there is ended with the script, the last first."""
    reason = missing() or next(filter(None, absent), None)
    if reason:
        tap.skip_all(reason)
    inside_screen(**screen)
    atexit.register(subprocess.run, ['strongroomctl', 'practice', 'stop'], capture_output=True)


def end(process):
    process.kill()
    process.wait()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file:
        file.write(text)


def screen_environment(folder, keep, animations):
    os.mkdir(os.path.join(folder, 'run'), 0o700)
    write(folder + '/etc/gtk-4.0/settings.ini', SETTINGS.format(animations=int(animations)))
    write(folder + '/etc/fonts.conf', FONTS)
    own = {'HOME': folder, 'XDG_RUNTIME_DIR': folder + '/run', 'XDG_CACHE_HOME': folder + '/cache',
           'XDG_CONFIG_HOME': folder + '/config', 'XDG_DATA_HOME': folder + '/data', 'XDG_STATE_HOME': folder + '/state'}
    environment = dict(os.environ, STRONGROOM_UI_SCREEN=folder,
                       XDG_CONFIG_DIRS=folder + '/etc:' + os.environ.get('XDG_CONFIG_DIRS', '/etc/xdg'),
                       FONTCONFIG_FILE=folder + '/etc/fonts.conf',
                       GDK_BACKEND='x11', GSK_RENDERER='cairo', GSETTINGS_BACKEND='memory',
                       GTK_A11Y='atspi', NO_AT_BRIDGE='0',
                       # Warnings end the window's program, not this one, which libatspi tells of widgets that went.
                       STRONGROOM_UI_DEBUG=os.environ.get('G_DEBUG', ''))
    environment.update((name, path) for name, path in own.items() if name not in keep)
    for name in ('DISPLAY', 'XAUTHORITY', 'WAYLAND_DISPLAY', 'DBUS_SESSION_BUS_ADDRESS', 'G_DEBUG'):
        environment.pop(name, None)
    return environment


def start_bus(folder, environment, noise):
    """A session bus. It and the services that it starts have a lot to say."""
    reading, writing = os.pipe()
    bus = subprocess.Popen(['dbus-daemon', '--session', '--nofork', '--nopidfile', '--nosyslog',
                            f'--address=unix:path={folder}/run/bus', f'--print-address={writing}'],
                           env=environment, stdout=noise, stderr=noise, pass_fds=[writing])
    os.close(writing)
    with open(reading) as pipe:
        environment['DBUS_SESSION_BUS_ADDRESS'] = pipe.readline().strip()
    return bus


def no_keyring(folder):
    """Where one is installed, the bus would start it for whoever asks."""
    write(folder + '/run/dbus-1/services/org.freedesktop.secrets.service',
          '[D-BUS Service]\nName=org.freedesktop.secrets\nExec=/bin/false\n')


def inside_screen(width=1280, height=860, keep=(), animations=False):
    """Returns inside a virtual screen with nothing of the user's in reach, but for the folders named in keep."""
    if os.environ.get('STRONGROOM_UI_SCREEN'):
        return
    folder = tempfile.mkdtemp(prefix='sr-ui-')
    log = os.path.join(folder, 'bus.log')
    bus = None
    try:
        environment = screen_environment(folder, keep, animations)
        no_keyring(folder)
        with open(log, 'wb') as noise:
            bus = start_bus(folder, environment, noise)
        status = subprocess.run(['xvfb-run', '-a', '-s', f'-screen 0 {width}x{height}x24 -nolisten tcp -noreset',
                                 sys.executable, '-B'] + sys.argv, env=environment).returncode
        if status != 0:
            with open(log, errors='replace') as noise:
                sys.stderr.write(noise.read()[-4000:])
    finally:
        if bus:
            bus.kill()
            bus.wait()
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(status)


def home():
    return os.environ['STRONGROOM_UI_SCREEN']


def compositor():
    """Starts one, where there is one, so that corners are round in pictures."""
    if shutil.which('picom'):
        # What it thinks unchanged may be black in a picture.
        atexit.register(end, subprocess.Popen(['picom', '--backend', 'xrender', '--no-use-damage', '--config', '/dev/null'],
                                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))


def probe(program):
    """What loads the module that tells where widgets stand, when it was built beside the program."""
    folder = os.path.join(os.path.dirname(shutil.which(program) or ''), '../../tests/ui/probe')
    if not os.path.isdir(folder):
        return {}
    return {'GIO_EXTRA_MODULES': os.path.abspath(folder), 'STRONGROOM_UI_PROBE': os.path.join(home(), 'layout.json')}


class Gone(Exception):
    """What was looked for did not come in time."""


def went(error):
    """Whether a widget went while it was asked."""
    kind = type(error)
    return 'atspi' in str(kind).lower() or 'GError' in kind.__name__ or kind.__name__ == 'Error'


class App:
    """The window's program, running."""

    def __init__(self, program='strongroom', environment=None, arguments=(), name=None, output=2):
        """A name is for a program that starts the one with the window."""
        import gi
        gi.require_version('Atspi', '2.0')
        from gi.repository import Atspi
        self.atspi = Atspi
        self.name = name
        self.edge = None
        self.pressed = 0
        self.process = subprocess.Popen([program, *arguments], stdout=output,
                                        env=dict(os.environ, G_DEBUG=os.environ['STRONGROOM_UI_DEBUG'],
                                                 **probe(program), **(environment or {})))
        atexit.register(self.close)
        self.root = self.wait(self._application, 'the program on the accessibility bus')

    def _application(self):
        desktop = self.atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(i)
            if child is not None and self._is_ours(child) and child.get_child_count() > 0:
                return child
        return None

    def _is_ours(self, application):
        # Without /proc the bus cannot tell who is who.
        if self.name is None and os.path.exists('/proc/self'):
            return application.get_process_id() == self.process.pid
        return application.get_name() == (self.name or os.path.basename(self.process.args[0]))

    def reattach(self):
        """After a window was closed and another opened."""
        self.root = self.wait(self._application, 'the program on the accessibility bus')

    def wait(self, function, what, timeout=WAIT):
        end = time.monotonic() + timeout
        while True:
            try:
                found = function()
            except Exception as error:
                if not went(error):
                    raise
                found = None
            if found:
                return found
            if self.process.poll() is not None:
                raise Gone(f'the program ended with {self.process.returncode} while waiting for {what}')
            if time.monotonic() > end:
                raise Gone(f'not seen within {timeout} s: {what}\n{self.dump()}')
            time.sleep(0.05)

    def walk(self, root=None, showing=True):
        """Every widget below, from the top down."""
        stack = [root or self.root]
        states = self.atspi.StateType
        while stack:
            node = stack.pop()
            if node is None:
                continue
            if showing and node is not self.root:
                if not node.get_state_set().contains(states.SHOWING):
                    continue
            yield node
            stack += [node.get_child_at_index(i) for i in reversed(range(node.get_child_count()))]

    def dump(self):
        lines = []
        try:
            for node in self.walk():
                if node.get_name():
                    lines.append(f'  {node.get_role_name()}: {node.get_name()}')
        except Exception as error:
            lines.append(f'  ({error})')
        return '\n'.join(lines)

    def look(self, name, role=None, root=None):
        """The widget of that name (a regular expression, wholly matched), or None. A heading is a label too."""
        pattern = re.compile(name, re.DOTALL)
        roles = role.replace('label', 'label|heading').split('|') if role else []
        for node in self.walk(root):
            if roles and node.get_role_name() not in roles:
                continue
            if pattern.fullmatch(node.get_name() or ''):
                return node
        return None

    def find(self, name, role=None, timeout=WAIT):
        return self.wait(lambda: self.look(name, role), f'{role or "widget"} “{name}”', timeout)

    def gone(self, name, role=None, timeout=WAIT):
        self.wait(lambda: not self.look(name, role), f'{role or "widget"} “{name}” to go', timeout)

    def says(self, text, timeout=WAIT):
        """Waits until a label holds that text (a regular expression, searched)."""
        pattern = re.compile(text, re.DOTALL)

        def look():
            for node in self.walk():
                if pattern.search(node.get_name() or '') or pattern.search(node.get_description() or ''):
                    return node
            return None
        return self.wait(look, f'the words “{text}”', timeout)

    def sensitive(self, node):
        return node.get_state_set().contains(self.atspi.StateType.SENSITIVE)

    def press(self, name, role='button|toggle button|push button', timeout=WAIT, root=None):
        """Presses a button, as soon as it may be; root is the role of what it is in."""
        def look():
            within = next((node for node in self.walk() if node.get_role_name() in root.split('|')), None) if root else self.root
            for node in self.walk(within) if within else ():
                if node.get_role_name() in role.split('|') and re.fullmatch(name, node.get_name() or '') \
                        and self.sensitive(node) and node.get_action_iface() is not None \
                        and self.atspi.Action.get_n_actions(node.get_action_iface()) > 0:
                    return node
            return None
        self._act(self.wait(look, f'{role} “{name}”, sensitive', timeout))

    def _act(self, node):
        self.atspi.Action.do_action(node.get_action_iface(), 0)
        self.pressed = time.monotonic()

    def _let_press_act(self):
        time.sleep(max(0, self.pressed + PRESS - time.monotonic()))

    def hide_card(self, name='Hide'):
        """That of a backup that is over. What is below it moves up."""
        self.press(name)
        self.gone(name, 'button')

    def back_up_in_full(self):
        """By the split button's face where it says so, by its menu otherwise."""
        def press():
            """The face may change between two looks."""
            face = self.look('Back Up (in Full|Logs Only)', 'button')
            if face is None or not self.sensitive(face):
                return None
            full = face.get_name() == 'Back Up in Full'
            if full:
                self._act(face)
            return 'face' if full else 'menu'
        if self.wait(press, 'the button that backs up') == 'menu':
            self.press('Other Kinds of Backup')
            self.choose_item('Full Backup')

    def choose_item(self, name):
        """Clicks an item of the menu that is open: its popover is a window of its own."""
        self.find(name, 'menu item')
        self.press(name, 'menu item')
        self.gone(name, 'menu item')

    def choose_folder(self, title, folder):
        """In the folder chooser of that title, which was just opened."""
        roles = 'dialog|frame|window|file chooser'
        self.find(title, roles)

        def typed():
            """Into the entry that has the keyboard."""
            for node in self.walk():
                if node.get_role_name() == 'text' and node.get_state_set().contains(self.atspi.StateType.FOCUSED):
                    return self.atspi.EditableText.set_text_contents(node.get_editable_text_iface(), folder)
            return False

        def answered():
            """A key that comes before the chooser has the keyboard is lost."""
            if self.look(title, roles) is None:
                return True
            if not typed():
                self.key('ctrl+l')
            else:
                self.key('Return')
            return False
        self.wait(answered, f'the chooser to take “{folder}”')
        # There is no window manager to give the keyboard back, and who does not have it gets a notification at the end.
        self.focus_window()

    def type_into(self, name, text):
        """Puts text into an entry."""
        def look():
            for node in self.walk():
                if node.get_editable_text_iface() is not None and node.get_role_name() in ('text', 'entry', 'password text'):
                    if name in (node.get_name() or '') or name in (self.label_of(node) or ''):
                        return node
            return None
        node = self.wait(look, f'entry “{name}”')
        self.atspi.EditableText.set_text_contents(node.get_editable_text_iface(), text)

    def set_value(self, name, value):
        """Turns a spin button to a value."""
        node = self.find(name, 'spin button')
        self.atspi.Value.set_current_value(node.get_value_iface(), value)

    def label_of(self, node):
        parent = node.get_parent()
        for _ in range(4):
            if parent is None:
                return None
            if parent.get_name():
                return parent.get_name()
            parent = parent.get_parent()
        return None

    def extents(self, node):
        box = node.get_component_iface().get_extents(self.atspi.CoordType.WINDOW)
        return box.x, box.y, box.width, box.height

    def come_to_rest(self, timeout=5):
        """Waits until nothing moves any more, or for as long as that: what tells how far a backup is never rests."""
        self._let_press_act()
        end = time.monotonic() + timeout
        before = None
        if not probe(self.process.args[0]):     # a program around ours has no ears
            time.sleep(0.5)
            return
        while time.monotonic() < end:
            now = inspector.Layout(self).text
            if now == before:
                break
            before = now

    def click(self, node):
        """For what exposes no action: a click in its middle. The window stands at the screen's corner."""
        self.come_to_rest()
        x, y, width, height = self.extents(node)
        # Where a menu went that was above the pointer, GTK on X11 finds nothing there until the pointer comes in anew.
        subprocess.run(['xdotool', 'mousemove', '10000', '10000'], check=True)
        subprocess.run(['xdotool', 'mousemove', str(x + width // 2), str(y + height // 2), 'click', '1'], check=True)
        time.sleep(0.2)

    def wheel(self, button, mirrored=False):
        """Turns the wheel beside the page's controls, some of which turn with it, as far as it goes."""
        _, _, width, height = self.extents(self.root.get_child_at_index(0))
        subprocess.run(['xdotool', 'mousemove', str(8 if mirrored else width - 8), str(height * 3 // 4),
                        'click', '--repeat', '40', '--delay', '5', button], check=True)
        time.sleep(0.5)

    def key(self, *keys):
        self._let_press_act()
        subprocess.run(['xdotool', 'key', '--clearmodifiers', *keys], check=True)
        time.sleep(0.15)

    def escape(self, name, role=None, tries=4):
        """Leaves the menu or dialog that holds that widget. A key that comes before it has the keyboard is lost, and an open
        menu takes the next click for itself."""
        for left in reversed(range(tries)):
            self.key('Escape')
            try:
                return self.gone(name, role, 5 if left else WAIT)
            except Gone:
                if not left:
                    raise

    def focused(self):
        """The control that has the keyboard, or None."""
        focus = self.atspi.StateType.FOCUSED
        for node in self.walk():
            if node.get_state_set().contains(focus) and node.get_role_name() not in ('frame', 'window'):
                return node
        return None

    def tab_to(self, name, key='Tab', most=60):
        """Goes on with Tab until the control of that name (a regular expression, wholly matched) has the keyboard."""
        seen = []
        for _ in range(most):
            node = self.wait(self.focused, 'a control that has the keyboard', 10)
            if re.fullmatch(name, node.get_name() or ''):
                return node
            seen.append(f'{node.get_role_name()} “{node.get_name()}”')
            self.key(key)
            self.wait(lambda: self.focused() not in (None, node), f'{key} to lead on from {seen[-1]}', 10)
        raise AssertionError(f'{key} does not lead to “{name}”, but to ' + ', '.join(seen))

    def windows(self):
        found = subprocess.run(['xdotool', 'search', '--onlyvisible', '--pid', str(self.process.pid)],
                               capture_output=True, text=True).stdout.split()
        return found

    def titled(self):
        """Windows, and not what hangs on them, such as menus."""
        return [window for window in self.windows()
                if subprocess.run(['xdotool', 'getwindowname', window], capture_output=True, text=True).stdout.strip()]

    def focus_window(self):
        """Gives the keyboard back to the window: no window manager does it here when another one has closed."""
        subprocess.run(['xdotool', 'windowfocus', '--sync', self.titled()[-1]], check=True, timeout=10)

    def border(self):
        """How much larger the X window is than what the program sees of it: there are its shadow and its edges."""
        def measure():
            seen = inspector.Layout(self).main()
            left, top, right, bottom = self.area(self.titled()[0])
            again = inspector.Layout(self).main()
            at_rest = (seen['width'], seen['height']) == (again['width'], again['height'])
            return at_rest and (right - left - seen['width'], bottom - top - seen['height'])
        return self.wait(measure, 'the window at rest')

    def resize(self, width, height):
        """Makes the window that large, and waits until the program has seen it."""
        self._let_press_act()
        self.edge = self.edge or self.border()
        subprocess.run(['xdotool', 'windowsize', self.titled()[0], str(width + self.edge[0]), str(height + self.edge[1])],
                       check=True, timeout=10)

        def fits():
            main = inspector.Layout(self).main()
            return (main['width'], main['height']) == (width, height)
        self.wait(fits, f'a window of {width}×{height}')

    def area(self, window):
        geometry = subprocess.run(['xdotool', 'getwindowgeometry', '--shell', window],
                                  capture_output=True, text=True).stdout
        at = {name: int(value) for name, value in (line.split('=') for line in geometry.split())}
        return at['X'], at['Y'], at['X'] + at['WIDTH'], at['Y'] + at['HEIGHT']

    def picture(self, path):
        """Saves what the window looks like, with the menus and windows over it."""
        time.sleep(0.6)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        lefts, tops, rights, bottoms = zip(*map(self.area, self.titled()))
        left, top = max(0, min(lefts)), max(0, min(tops))
        crop = f'{max(rights) - left}x{max(bottoms) - top}+{left}+{top}'
        subprocess.run(['import', '-window', 'root', '-crop', crop, '+repage', path], check=True)

    def close(self, timeout=20):
        """Ends the program, and says how it ended."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode


# The frame that GTK draws around a window itself shifts what is inside by as much.
EDGE = 12

CONTROLS = {'button', 'push button', 'toggle button', 'check box', 'radio button', 'entry', 'text', 'password text',
            'spin button', 'switch', 'list item', 'menu button', 'combo box', 'slider', 'progress bar', 'table row'}


def nameless(app):
    """Controls that a screen reader can say nothing of."""
    found = []
    for node in app.walk():
        if node.get_role_name() in CONTROLS and not (node.get_name() or '').strip():
            parent = app.label_of(node)
            if node.get_role_name() in ('text', 'entry', 'password text', 'spin button', 'button') and parent:
                # the entry within a row that has a name
                if node.get_role_name() != 'button':
                    continue
            found.append(f'{node.get_role_name()} in “{parent}”')
    return found


def outside(app):
    """Controls that reach beyond the left or right edge of their window."""
    found = []
    for window in [app.root.get_child_at_index(i) for i in range(app.root.get_child_count())]:
        if window is None:
            continue
        left, _, width, _ = app.extents(window)
        for node in app.walk(window):
            if node.get_role_name() not in CONTROLS:
                continue
            x, _, w, _ = app.extents(node)
            x -= left
            if w > 0 and (x < -EDGE or x + w > width + EDGE):
                found.append(f'{node.get_role_name()} “{node.get_name()}”: {x} to {x + w} of {width}')
    return found


def audit(app, settle=10):
    """Fails when a control has no name or reaches out of its window. A window that was just made or changed has settle
    seconds to become so: for a moment its parts are on the accessibility bus before their names."""
    end = time.monotonic() + settle
    while True:
        try:
            found = nameless(app) + outside(app)
        except Exception as error:
            if not went(error):
                raise
            found = ['the window does not come to rest']
        if not found:
            return
        if time.monotonic() > end:
            raise AssertionError('\n'.join(found))
        time.sleep(0.2)
