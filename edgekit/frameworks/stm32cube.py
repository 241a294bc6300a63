"""A folder for STM32CubeMX projects: .extSettings names its sources and include paths."""

TITLE = "STM32Cube folder"
SOURCES = "src"
FILES = {
    ".extSettings": "extSettings.j2",
}
