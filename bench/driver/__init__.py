"""The parts of the driver: workloads, servers, the generator, the machine, and the results."""


class RunFailed(Exception):
    """There are no figures. The message says why."""
