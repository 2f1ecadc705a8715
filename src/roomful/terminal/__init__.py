"""The terminal clients: `roomful chat`, and `roomful pair` in a package of its own.

chat.py          from the first connection to the goodbye; start here
entering.py      the way in: which address, which nick        nicks.py       nicks for those who chose none
conversation.py  a client in its rooms                        rooms.py       what is known of a room
following.py     everything that comes is shown, once         tracing.py     a trace that can be switched
commands.py      the table of what may be typed               completing.py  how what is typed may go on
view.py          items become lines of styled fragments       text.py        others' text, made harmless
front.py         the contract of a front end                  desk.py        what stands around the input line
plain.py         plain lines, for pipes                       prompt.py      an input line that stays put
listening.py     bots' answers, read out
"""
