"""Facts in, pictures out: DOT text, SVG, and the same picture in plain words."""
