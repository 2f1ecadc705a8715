"""What a server needs before anybody can reach it: sockets, a certificate, this machine's addresses, a greeting.

failures.py      what keeps a server from starting
sockets.py       addresses to listen on, and what may not be listened on
lan.py           this machine's addresses in its own network, and the code that lets guests in
certificates.py  the certificate of the TLS listener, self-signed if need be
private.py       files for their owner's eyes only
greeting.py      what somebody reads who started the server in a terminal
"""
