"""An Arduino library: library.properties, src/ and a sketch."""

TITLE = "Arduino library"
SOURCES = "src"
FILES = {
    "library.properties": "library.properties.j2",
    "examples/{name}/{name}.ino": "example.ino.j2",
}
