"""The registry of accounts, as whoever runs the server keeps it: beside a running server, through the store's contract.

lists.py    whole classes at once: CSV and JSON
making.py   accounts, passwords, codes and tokens
ending.py   an account goes
owner.py    the first owner of a new server
hosting.py  the account and the token of the bot host
failures.py how it fails
"""
