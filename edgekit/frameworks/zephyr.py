"""A module of Zephyr, switched on in Kconfig."""

TITLE = "Zephyr module"
SOURCES = "src"
FILES = {
    "zephyr/module.yml": "module.yml.j2",
    "zephyr/CMakeLists.txt": "CMakeLists.txt.j2",
    "zephyr/Kconfig": "Kconfig.j2",
}
