"""Programs real boards: one programmer a file, each with `flash(elf, target)`."""
