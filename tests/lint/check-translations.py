#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words for the user can be translated.

Every source with such words is in po/POTFILES, and nothing else is. What the
user is told goes through gettext, and reaches the catalogue whole: xgettext
cuts a string at a macro such as G_GUINT64_FORMAT.
"""

import re

import tree

MARKED = {
    '.c': re.compile(r'(?<!\w)(?:(?:N|C|NC|Q)?_|d?ngettext|g_dp?gettext2?) *\(\s*"'),
    '.blp': re.compile(r'(?<!\w)C?_\(\s*"'),
}
MARKED['.h'] = MARKED['.c']
WHOLLY = re.compile(r'\.(desktop|metainfo\.xml|gschema\.xml)(\.in)*$')

TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)+\'|[A-Za-z_]\w*|\s+|.', re.DOTALL)
GETTEXT = {'_', 'N_', 'C_', 'NC_', 'Q_', 'g_dngettext', 'g_dpgettext', 'g_dpgettext2'}
# What these are given is read by the user; errors end in a dialog or a terminal.
TELLING = {
    'g_set_error', 'g_set_error_literal', 'g_error_new', 'g_error_new_literal', 'g_prefix_error',
    'g_prefix_error_literal', 'g_propagate_prefixed_error', 'sr_ndr_fail', 'sr_hresult_set_error',
    'sr_set_errno_error', 'sr_store_set_errno', 'sr_json_reader_fail', 'sr_cli_print', 'sr_cli_note', 'sr_cli_misuse',
    'adw_toast_new', 'adw_alert_dialog_new', 'adw_alert_dialog_add_response', 'gtk_label_set_label',
    'gtk_label_set_text', 'gtk_button_set_label', 'gtk_widget_set_tooltip_text', 'adw_preferences_row_set_title',
    'adw_action_row_set_subtitle', 'adw_banner_set_title', 'adw_banner_set_button_label',
    'adw_status_page_set_title', 'adw_status_page_set_description', 'gtk_accessible_announce',
}
# A word of the protocol, a command or an option is the same in every language.
SENTENCE = re.compile(r'[a-z]{2,} +[A-Za-z“%]|[A-Za-z]{2,} +[a-z“]')
DIRECTIVE = re.compile(r'%[-+ #0-9.*\']*(?:hh|h|ll|l|z)?[A-Za-z]')
UI_WORDS = re.compile(r'^\s*(?:label|title|subtitle|description|tooltip-text|placeholder-text|heading|body'
                      r'|button-label|secondary-label): *"[^"]*[A-Za-z]{2}', re.MULTILINE)


def calls(text):
    """Of a source in C: the function, its arguments' tokens up to there, a literal and its position."""
    stack, name = [], None
    for match in TOKEN.finditer(text):
        token = match[0]
        if token.isspace() or token.startswith(('/*', '//')):
            continue
        if token == '(':
            stack.append(name)
        elif token == ')' and stack:
            stack.pop()
        elif stack:
            yield stack, token, match.start()
        name = token if re.match(r'[A-Za-z_]', token) else None


def check_c(name, text):
    for stack, token, position in calls(text):
        where = f"{name}:{text.count(chr(10), 0, position) + 1}"
        if stack[-1] in GETTEXT and re.fullmatch(r'G_\w+_FORMAT|G_GINT\w+_MODIFIER|PRI\w+', token):
            yield f'{where}: {token} within {stack[-1]}() cuts the message: format the number first, and use %s'
        if stack[-1] in TELLING and token.startswith('"') and SENTENCE.search(DIRECTIVE.sub('%', token[1:-1])):
            yield f'{where}: {stack[-1]}() tells {token} without gettext'


def check_ui(name, text):
    for words in UI_WORDS.finditer(text):
        line = text.count('\n', 0, words.end()) + 1
        yield f'{name}:{line}: without gettext: {words[0].strip()}"'


def check(top):
    listed = [line.strip() for line in tree.read(top, 'po/POTFILES').splitlines()]
    listed = {line for line in listed if line and not line.startswith('#')}
    wanted = set()
    for path in tree.files(top):
        name = path.as_posix()
        if not name.startswith(('src/', 'ui/', 'data/')):
            continue
        pattern = MARKED.get(path.suffix)
        text = tree.read(top, path) if pattern else ''
        if WHOLLY.search(name) or (pattern and pattern.search(text)):
            wanted.add(name)
        yield from check_ui(name, text) if path.suffix == '.blp' else check_c(name, text)
    for name in sorted(wanted - listed):
        yield f'po/POTFILES: {name} has words for the user and is not listed'
    for name in sorted(listed - wanted):
        reason = 'has no words for the user' if (top / name).exists() else 'does not exist'
        yield f'po/POTFILES: {name} is listed and {reason}'


if __name__ == '__main__':
    tree.run(check)
