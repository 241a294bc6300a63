"""A library for any CMake project: add_subdirectory() and link it."""

TITLE = "CMake library"
SOURCES = "src"
FILES = {
    "CMakeLists.txt": "CMakeLists.txt.j2",
}
