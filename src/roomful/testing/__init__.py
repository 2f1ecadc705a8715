"""Doubles that ship: what a test puts in the place of disk, clock and network, each as honest as the part it stands for."""
