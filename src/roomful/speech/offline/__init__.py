"""Speech on this machine, with neither key nor network: espeak-ng speaks, pocketsphinx listens."""
