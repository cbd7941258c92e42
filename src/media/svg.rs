//! How large does an SVG want to be? Pure.
//!
//! SVG 2 §8.2 and CSS Images §5: `width` and `height` in absolute units; what is missing follows from `viewBox`.

/// The attributes of the document element, as far as they speak of its size.
#[derive(Debug, Default)]
pub(super) struct Viewport {
    name: Vec<u8>,
    name_ended: bool,
    value: Vec<u8>,
    width: Option<f64>,
    height: Option<f64>,
    view_box: Option<(f64, f64)>,
}

/// Longer than any name that matters.
const NAME_BYTES_MAX: usize = 8;
/// Four numbers in full precision with generous white space; a longer value is not read.
const VALUE_BYTES_MAX: usize = 128;

/// CSS Values §6.2: absolute units in pixels.
const UNITS: [(&str, f64); 6] = [
    ("px", 1.0),
    ("pt", 4.0 / 3.0),
    ("pc", 16.0),
    ("mm", 96.0 / 25.4),
    ("cm", 96.0 / 2.54),
    ("in", 96.0),
];

impl Viewport {
    /// Takes in a byte of the tag outside of values.
    pub(super) fn name(&mut self, byte: u8) {
        if byte.is_ascii_whitespace() || matches!(byte, b'=' | b'"' | b'\'') {
            self.name_ended = true;
            return;
        }
        if std::mem::take(&mut self.name_ended) {
            self.name.clear();
        }
        if self.name.len() < NAME_BYTES_MAX {
            self.name.push(byte);
        }
    }

    /// Takes in a byte of a value.
    pub(super) fn value(&mut self, byte: u8) {
        // One byte more than is read, so that a value too long is seen to be.
        if self.value.len() <= VALUE_BYTES_MAX {
            self.value.push(byte);
        }
    }

    /// Takes in the end of a value.
    pub(super) fn value_end(&mut self) {
        let value = std::mem::take(&mut self.value);
        let text = std::str::from_utf8(&value).unwrap_or_default();
        if value.len() > VALUE_BYTES_MAX {
            return;
        }
        match self.name.as_slice() {
            b"width" => self.width = length(text),
            b"height" => self.height = length(text),
            b"viewBox" => self.view_box = view_box(text),
            _ => {}
        }
    }

    /// Returns width and height in whole pixels, where they are known.
    pub(super) fn size(&self) -> (Option<u32>, Option<u32>) {
        let (width, height) = match (self.width, self.height, self.view_box) {
            (None, None, Some((width, height))) => (Some(width), Some(height)),
            (Some(width), None, Some((across, down))) => (Some(width), Some(width * down / across)),
            (None, Some(height), Some((across, down))) => {
                (Some(height * across / down), Some(height))
            }
            (width, height, _) => (width, height),
        };
        (width.and_then(whole), height.and_then(whole))
    }
}

fn length(text: &str) -> Option<f64> {
    let text = text.trim();
    let in_unit =
        |(unit, factor): (&str, f64)| number(text.strip_suffix(unit)?).map(|n| n * factor);
    number(text).or_else(|| UNITS.into_iter().find_map(in_unit))
}

fn number(text: &str) -> Option<f64> {
    text.trim()
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite() && *number >= 0.0)
}

fn view_box(text: &str) -> Option<(f64, f64)> {
    let mut parts = text
        .split(|c: char| c == ',' || c.is_ascii_whitespace())
        .filter(|part| !part.is_empty())
        .skip(2);
    let (width, height) = (number(parts.next()?)?, number(parts.next()?)?);
    (width > 0.0 && height > 0.0).then_some((width, height))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the filter leaves what fits"
)]
fn whole(number: f64) -> Option<u32> {
    let rounded = number.round();
    (0.0..=f64::from(u32::MAX))
        .contains(&rounded)
        .then_some(rounded as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(attributes: &[(&str, &str)], expected: (Option<u32>, Option<u32>)) {
        let mut viewport = Viewport::default();
        for (name, value) in attributes {
            format!(" {name} = \"")
                .bytes()
                .for_each(|byte| viewport.name(byte));
            value.bytes().for_each(|byte| viewport.value(byte));
            viewport.value_end();
        }
        assert_eq!(viewport.size(), expected, "{attributes:?}");
    }

    #[test]
    fn sizes() {
        let box_2_by_1 = ("viewBox", "0 0 200,100");
        check(&[("width", "9"), ("height", "7.4px")], (Some(9), Some(7)));
        check(
            &[("width", "1in"), ("height", " 3pt ")],
            (Some(96), Some(4)),
        );
        check(&[box_2_by_1], (Some(200), Some(100)));
        check(&[box_2_by_1, ("width", "50")], (Some(50), Some(25)));
        check(&[box_2_by_1, ("height", "50")], (Some(100), Some(50)));
        check(&[box_2_by_1, ("width", "100%")], (Some(200), Some(100)));
        check(&[("width", "100%"), ("height", "2em")], (None, None));
        check(&[("width", "0"), ("height", "-1")], (Some(0), None));
        check(&[("viewBox", "0 0 0 5")], (None, None));
        check(&[("width", "1e300"), ("data-width", "5")], (None, None));
        check(&[("width", &"1".repeat(5000))], (None, None));
    }
}
