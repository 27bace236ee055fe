#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a screen reader hears and finds: phases once each and no percentages, how far the bar is, headings.

The programs are on PATH.
"""

import re
import time

import practice
import tap
import ui

DATABASE = 96 << 20
# In their order. A phase that passes between two looks of the window is not told.
PHASES = ('Waiting for its turn', 'Connecting', 'Preparing the CA', 'Asking for the locations',
          'Reading database', r'Reading log(s| \d+ of \d+)', 'Listing further files', 'Verifying', 'Publishing the set',
          'Truncating logs', 'Ending session', 'Backup Complete')
QUESTION = r'Remove .*\?'
URGENT = 2      # ATSPI_LIVE_ASSERTIVE

app = None
heard = []


def listen():
    """What the program has announced so far, but for toasts, with its urgency."""
    from gi.repository import GLib
    while GLib.MainContext.default().iteration(False):
        pass
    return [(words, urgency) for words, urgency in heard if not words.startswith('A toast appeared')]


def hears(words):
    return app.wait(lambda: [said for said in listen() if re.fullmatch(words, said[0])], f'“{words}” to be announced')


def headings():
    return [node.get_name() for node in app.walk() if node.get_role_name() == 'heading']


def test_titles_are_headings():
    app.wait(lambda: 'Back Up a Certificate Authority' in headings(), 'the heading of the first page')
    app.press('Try with a Practice CA')
    app.find('Issue', 'button')
    app.wait(lambda: {'Protection', 'Backup Sets', 'Practice CA'} <= set(headings()), 'the headings of the page')
    app.press('More About This CA')
    app.choose_item('Remove CA…')
    app.wait(lambda: any(re.fullmatch(QUESTION, words) for words in headings()), 'the heading of the question')
    app.press('Cancel')
    app.gone(QUESTION)


def test_bar_tells_how_far_it_is():
    practice.ask(do='pad', size=DATABASE)
    app.press('Back Up in Full')
    with practice.stop_in_the_middle(DATABASE):
        bar = app.find('.+', 'progress bar').get_value_iface()
        lowest, highest = app.atspi.Value.get_minimum_value(bar), app.atspi.Value.get_maximum_value(bar)
        middle = app.wait(lambda: lowest < app.atspi.Value.get_current_value(bar) < highest
                          and app.atspi.Value.get_current_value(bar), 'a value between the ends')
        tap.note(f'{lowest} < {middle} < {highest}')
        hears('Reading database')
    app.says('Backup Complete')


def test_phases_are_announced_once_and_percentages_never():
    hears('Backup Complete')
    time.sleep(1)       # for what must not come
    said = listen()
    tap.note([words for words, _ in said])
    places = [next((place for place, phase in enumerate(PHASES) if re.fullmatch(phase, words)), None) for words, _ in said]
    assert None not in places, said
    assert places == sorted(set(places)), said
    assert len(places) >= 3, said
    assert [words for words, urgency in said if urgency == URGENT] == ['Backup Complete'], said


def test_failure_is_announced_urgently():
    practice.ctl('practice', 'stop')
    app.hide_card()
    app.back_up_in_full()
    assert hears('Backup Failed') == [('Backup Failed', URGENT)], listen()


def main():
    global app
    ui.begin()
    app = ui.App()
    ears = app.atspi.EventListener.new(lambda event: heard.append((event.any_data, event.detail1)))
    ears.register('object:announcement')
    tap.run([test_titles_are_headings, test_bar_tells_how_far_it_is, test_phases_are_announced_once_and_percentages_never,
             test_failure_is_announced_urgently])


main()
