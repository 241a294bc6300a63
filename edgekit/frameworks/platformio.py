"""A PlatformIO library: library.json, src/ and an example."""

TITLE = "PlatformIO library"
SOURCES = "src"
FILES = {
    "library.json": "library.json.j2",
    "examples/{name}/main.c": "main.c.j2",
}
