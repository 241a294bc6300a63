"""An INTERFACE library, as those of the pico-sdk: compiled with the flags of who links it."""

TITLE = "pico-sdk library"
SOURCES = "src"
FILES = {
    "CMakeLists.txt": "CMakeLists.txt.j2",
}
