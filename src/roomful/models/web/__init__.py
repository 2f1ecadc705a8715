"""Models behind a page that hands out tokens: fetch the page, find the tokens, post the message, stream the answer.

For sites that one may use in this way: addresses and selectors are the settings', none is built in.
"""
