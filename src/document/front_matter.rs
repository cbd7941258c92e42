//! Where does the front matter of a post end, and what does it say? YAML between `---` lines. Home of granit-parser. Pure.
