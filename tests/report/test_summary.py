"""The summary's constants agree with their sources."""

from edgekit import builder
from edgekit.report.summary import CONSOLE


def test_the_consoles_ram_is_the_builders_figure():
    assert CONSOLE.ram_bytes == builder.CONSOLE_RAM_BYTES
