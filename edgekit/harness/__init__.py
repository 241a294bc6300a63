"""Talks to the firmware's console: the wire protocol, sessions, measurements."""
