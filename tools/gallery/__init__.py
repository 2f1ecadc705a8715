"""Pictures of every state of the page, taken of a real server in a real browser: to be looked at."""
