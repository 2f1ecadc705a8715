"""The wire formats, sans I/O: functions over bytes, with no socket and no clock in them."""
