"""A component of ESP-IDF."""

TITLE = "ESP-IDF component"
SOURCES = "src"
FILES = {
    "CMakeLists.txt": "CMakeLists.txt.j2",
    "idf_component.yml": "idf_component.yml.j2",
}
