"""Keeping what was said: out of a server, into one, and safe.

exporting.py   a room, or all of them, into files
dump.py        our own format: complete, one JSON object a line
folding.py     a log as people read it: edits in their place, reactions counted
tables.py      that as CSV
pages.py       that as Markdown
importing.py   a file into a new room, all of it or nothing
sources.py     what can be brought in: our own files, and logs
relating.py    which rows an event brings with it
lines.py       the lines of a file, whatever it is encoded in
irc.py         what logs of IRC clients have in common
weechat.py     logs of WeeChat
irssi.py       logs of irssi
copies.py      backup and restore
checking.py    is everything as it should be?
failures.py    how keeping fails

Everything works beside a running server, through the store's contract; only a restore needs the data for itself.
"""
