# SPDX-License-Identifier: GPL-3.0-or-later
"""What must not be found in any state of the window.

Names are asked for as a screen reader does, over AT-SPI. Places are asked for
inside the program (probe/probe.c), since AT-SPI leaves paddings out.
"""

import json
import os
import signal
import time

# Roles that a screen reader stops at, or reads because they mean something.
NAMED = {'button', 'push button', 'toggle button', 'check box', 'radio button', 'entry', 'text', 'password text',
         'spin button', 'switch', 'list item', 'menu button', 'combo box', 'slider', 'progress bar', 'table row',
         'link', 'image', 'icon', 'list', 'menu item', 'check menu item', 'radio menu item', 'dialog', 'alert dialog',
         'frame', 'window', 'search box', 'heading', 'tree item', 'page tab', 'table', 'level bar'}
# What must not lie over one another, nor be cut off.
CONTROLS = {'button', 'menu button', 'check button', 'switch', 'spin button', 'text', 'entry', 'progress bar', 'row', 'drop down'}
# Half of what antialiasing and rounding leave.
SLACK = 1.0
# Seconds after which a finding is none of a moment.
LASTS = 3


def nameless(app):
    """Controls that a screen reader can say nothing of, or only an icon's name."""
    found = []
    states = app.atspi.StateType
    for node in app.walk():
        role = node.get_role_name()
        if role not in NAMED or (node.get_name() or '').strip():
            continue
        if role == 'text' and not node.get_state_set().contains(states.EDITABLE):
            continue
        if inside_spin_button(node) or role == 'list' and app.label_of(node):
            continue    # others speak for them
        found.append(f'no name: {role} in “{app.label_of(node)}”')
    return found


def inside_spin_button(node):
    """GTK's own parts of it."""
    parent = node.get_parent()
    return parent is not None and parent.get_role_name() == 'spin button'


class Layout:
    """Every window of the program and every widget in it, where it stands now."""

    def __init__(self, app):
        path = probe_file()
        if os.path.exists(path):
            os.unlink(path)
        app.process.send_signal(signal.SIGUSR2)
        app.wait(lambda: os.path.exists(path), 'where the widgets stand')
        with open(path) as file:
            self.text = file.read()
        self.windows = [window for window in json.loads(self.text) if window['widgets']]     # those that are seen

    def main(self):
        """The window, and not one that hangs on it."""
        window, = [window for window in self.windows if window['widgets'][0]['type'] == 'SrWindow']
        return window

    def findings(self):
        return [f'{what} in “{window["title"]}”' for window in self.windows
                for check in (outside, overlapping, cut) for what in check(window)]


def probe_file():
    return os.path.join(os.environ['STRONGROOM_UI_SCREEN'], 'layout.json')


def plant(app, fault):
    """Lets the program spoil its window by that fault, in the place of the one before, or by none."""
    path = probe_file() + '.plant'
    with open(path, 'w') as file:
        file.write(fault)
    app.process.send_signal(signal.SIGUSR1)
    app.wait(lambda: not os.path.exists(path), f'{fault} to be planted')


def intersection(a, b):
    left, top = max(a[0], b[0]), max(a[1], b[1])
    right, bottom = min(a[0] + a[2], b[0] + b[2]), min(a[1] + a[3], b[1] + b[3])
    return [left, top, max(0, right - left), max(0, bottom - top)]


def tell(widget):
    x, y, w, h = widget['bounds']
    return f'{widget["type"]} “{widget["text"]}” at {x:.0f},{y:.0f} of {w:.0f}×{h:.0f}'


def outside(window):
    """Beyond an edge of the window or of what clips it, and not to be scrolled to."""
    for widget in window['widgets']:
        if widget['control'] is None or widget['layer'] == 'AdwToastWidget':
            continue
        bounds, clip = widget['bounds'], widget['clip']
        if clip[2] <= 0 or clip[3] <= 0:
            continue    # on a part of a page that is scrolled away
        if not widget['layer'].endswith(('Popover', 'PopoverMenu')):
            clip = intersection(clip, [0, 0, window['width'], window['height']]) if not widget['scrolled-y'] else clip
            if not widget['scrolled-x'] and (bounds[0] < -SLACK or bounds[0] + bounds[2] > window['width'] + SLACK):
                yield f'outside the window, {window["width"]} wide: {tell(widget)}'
                continue
        if bounds[2] <= 0 or bounds[3] <= 0:
            if widget['control'] in CONTROLS:
                yield f'of no size: {tell(widget)}'
            continue
        if not widget['scrolled-x'] and (bounds[0] < clip[0] - SLACK or bounds[0] + bounds[2] > clip[0] + clip[2] + SLACK):
            yield f'cut off at the side: {tell(widget)}'
        elif not widget['scrolled-y'] and (bounds[1] < clip[1] - SLACK or bounds[1] + bounds[3] > clip[1] + clip[3] + SLACK):
            yield f'cut off above or below: {tell(widget)}'


def ancestors(widgets, number):
    while number >= 0:
        yield number
        number = widgets[number]['parent']


def overlapping(window):
    """Two controls in one layer, neither of them within the other."""
    widgets = window['widgets']
    seen = []
    for number, widget in enumerate(widgets):
        if widget['control'] not in CONTROLS:
            continue
        area = intersection(widget['bounds'], widget['clip'])
        if area[2] <= SLACK or area[3] <= SLACK:
            continue
        above = set(ancestors(widgets, number))
        for other, place in seen:
            common = intersection(area, place)
            if other not in above and widgets[other]['layer'] == widget['layer'] \
                    and common[2] > SLACK and common[3] > SLACK:
                yield f'overlapping: {tell(widgets[other])} and {tell(widget)}'
        seen.append((number, area))


# Text that may be longer than its place, and is told in full elsewhere: the
# row's own name for a screen reader, and a page below.
MAY_BE_CUT = {'SrAuthorityRow'}


def cut(window):
    """Text that ends in an ellipsis, without a tooltip that has all of it."""
    widgets = window['widgets']
    for number, widget in enumerate(widgets):
        if not widget['ellipsized']:
            continue
        above = [widgets[i] for i in ancestors(widgets, number)]
        if any(w['type'] in MAY_BE_CUT or w['tooltip'] for w in above):
            continue
        yield f'text is cut: {tell(widget)}'


def everything(app):
    """Every finding at this moment, in which the window may be on its way to another state."""
    return Layout(app).findings() + nameless(app)


def settled(app):
    """The findings of a window at rest: nothing moves, and what is found stays. A control that has just come
    gets its name a moment later, so a finding is believed when it is older than that."""
    before, since = None, 0

    def look():
        nonlocal before, since
        layout = Layout(app)
        found = layout.findings() + nameless(app)
        if Layout(app).text != layout.text:
            return None
        if found != before:
            before, since = found, time.monotonic()
        return [found] if not found or time.monotonic() > since + LASTS else None
    return app.wait(look, 'the window at rest')[0]
