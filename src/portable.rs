//! Which names do some file systems refuse? Pure.

/// Returns whether Windows takes the name for a device, whatever follows a dot.
/// (Microsoft, "Naming Files, Paths, and Namespaces".)
pub(crate) fn is_device(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_lowercase();
    match stem.as_bytes() {
        b"con" | b"prn" | b"aux" | b"nul" => true,
        [rest @ .., digit] => matches!(rest, b"com" | b"lpt") && digit.is_ascii_digit(),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_have_names() {
        for name in ["con", "PRN.md", "aux .x", "nul.tar.gz", "Com1", "lpt9.txt"] {
            assert!(is_device(name), "{name}");
        }
        for name in ["", ".", "console", "com", "com10", "a.con", "lptx"] {
            assert!(!is_device(name), "{name}");
        }
    }
}
