//! Is a JPEG whole, from its start to its end marker? Pure.
//!
//! ITU-T T.81 Annex B: markers, segments with a length, and entropy-coded data in which `FF` is followed by `00`.
//! Bytes between segments are passed over as libjpeg does: browsers show such files. What follows the end marker
//! (cameras append previews and films) is not this image.

use super::fault::Flaw;
use super::walk::{Facts, Walker, Want, big, pixels};

#[derive(Debug, Default)]
pub(super) struct Jpeg {
    state: State,
    scans: bool,
    size: Option<(u32, u32)>,
}

#[derive(Debug, Default, Clone, Copy)]
enum State {
    #[default]
    Start,
    /// After `FF D8`.
    Opened,
    /// After an `FF` between segments was looked for.
    BeforeMarker,
    /// After `FF`: the marker's second byte.
    Marker,
    /// The segment's length.
    Length(u8),
    /// The frame header, of so many bytes.
    Frame(u64),
    /// A segment's end; the marker says what follows.
    SegmentEnd(u8),
    /// In entropy-coded data, where an `FF` was looked for.
    Scan,
    /// In entropy-coded data, after `FF`.
    ScanMarker,
}

const START_OF_SCAN: u8 = 0xDA;

impl Walker for Jpeg {
    fn step(&mut self, bytes: &[u8]) -> Result<Want, Flaw> {
        match self.state {
            State::Start => self.go(State::Opened, Want::Bytes(2)),
            State::Opened | State::SegmentEnd(_) => self.after_segment(),
            State::BeforeMarker => self.go(State::Marker, Want::Bytes(1)),
            State::Marker => self.marker(bytes[0]),
            State::Length(marker) => self.length(marker, big(bytes)),
            State::Frame(length) => self.frame(bytes, length),
            State::Scan => self.go(State::ScanMarker, Want::Bytes(1)),
            State::ScanMarker => match bytes[0] {
                0x00 | 0xD0..=0xD7 => self.go(State::Scan, Want::Find(0xFF)),
                0xFF => Ok(Want::Bytes(1)),
                marker => self.marker(marker),
            },
        }
    }

    fn expects(&self) -> &'static str {
        match self.state {
            State::Start | State::Opened => "the start of the image",
            State::BeforeMarker | State::Marker => "a marker",
            State::Length(_) => "the length of a segment",
            State::Frame(_) => "the frame header",
            State::SegmentEnd(_) => "the content of a segment",
            State::Scan | State::ScanMarker => "entropy-coded data, and the end marker after it",
        }
    }

    fn facts(&self) -> Facts {
        let facts = Facts::of_size(self.size);
        Facts {
            // Zero lines: the number follows the first scan (DNL).
            height: facts.height.filter(|height| *height > 0),
            ..facts
        }
    }
}

impl Jpeg {
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the last word of most steps, which may fail"
    )]
    fn go(&mut self, state: State, want: Want) -> Result<Want, Flaw> {
        self.state = state;
        Ok(want)
    }

    fn after_segment(&mut self) -> Result<Want, Flaw> {
        match self.state {
            State::SegmentEnd(START_OF_SCAN) => {
                self.scans = true;
                self.go(State::Scan, Want::Find(0xFF))
            }
            _ => self.go(State::BeforeMarker, Want::Find(0xFF)),
        }
    }

    fn marker(&mut self, marker: u8) -> Result<Want, Flaw> {
        match marker {
            0x00 | 0x01 | 0xD0..=0xD7 => self.go(State::BeforeMarker, Want::Find(0xFF)),
            0xFF => self.go(State::Marker, Want::Bytes(1)),
            0xD8 => Err(Flaw::BadStructure),
            0xD9 if self.scans => Ok(Want::End(0)),
            0xD9 => Err(Flaw::NoPixels),
            START_OF_SCAN if self.size.is_none() => Err(Flaw::BadStructure),
            _ => self.go(State::Length(marker), Want::Bytes(2)),
        }
    }

    fn length(&mut self, marker: u8, length: u64) -> Result<Want, Flaw> {
        let body = length.checked_sub(2).ok_or(Flaw::BadStructure)?;
        let is_frame = matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC);
        if !is_frame {
            return self.go(State::SegmentEnd(marker), Want::Skip(body));
        }
        if body < 6 {
            return Err(Flaw::BadStructure);
        }
        self.go(State::Frame(body), Want::Bytes(6))
    }

    fn frame(&mut self, header: &[u8], body: u64) -> Result<Want, Flaw> {
        let (height, width) = (pixels(big(&header[1..3])), pixels(big(&header[3..5])));
        let components = u64::from(header[5]);
        if width == Some(0) || components == 0 || body != 6 + 3 * components {
            return Err(Flaw::BadStructure);
        }
        self.size = self.size.or(width.zip(height));
        self.go(State::SegmentEnd(0xC0), Want::Skip(body - 6))
    }
}

#[cfg(test)]
mod tests {
    use super::super::identify;
    use super::*;

    const FRAME: &[u8] = b"\xFF\xC0\0\x0B\x08\0\x02\0\x03\x01\0\0\0";
    const SCAN: &[u8] = b"\xFF\xDA\0\x02ab\xFF\0c\xFF\xD0d\xFF\xFF";

    #[track_caller]
    fn check(parts: &[&[u8]], flaw: Option<Flaw>) {
        let bytes = [&[b"\xFF\xD8".as_slice()], parts].concat().concat();
        assert_eq!(identify(&bytes).flaw(), flaw, "{bytes:x?}");
    }

    #[test]
    fn markers() {
        let end: &[u8] = b"\xFF\xD9";
        check(&[FRAME, SCAN, end], None);
        check(&[FRAME, SCAN, SCAN, end, b"\xFF\xD8 preview"], None);
        check(&[b"\xFF\xFE\0\x05\xFF\xD9!", FRAME, SCAN, end], None);
        check(&[b"\xFF\xFF", FRAME, b"junk\xFF\0", SCAN, end], None);
        check(&[FRAME, SCAN], Some(Flaw::Truncated));
        check(&[FRAME, end], Some(Flaw::NoPixels));
        check(&[SCAN, FRAME, end], Some(Flaw::BadStructure));
        check(&[FRAME, b"\xFF\xD8"], Some(Flaw::BadStructure));
        check(&[b"\xFF\xFE\0\x01"], Some(Flaw::BadStructure));
        check(
            &[b"\xFF\xC0\0\x0B\x08\0\x02\0\0\x01\0\0\0"],
            Some(Flaw::BadStructure),
        );
    }

    #[test]
    fn a_height_that_follows_the_scan_is_unknown() {
        let frame = b"\xFF\xC0\0\x0B\x08\0\0\0\x03\x01\0\0\0";
        let verdict = identify(&[b"\xFF\xD8", frame.as_slice(), SCAN, b"\xFF\xD9"].concat());
        assert_eq!((verdict.width(), verdict.height()), (Some(3), None));
    }
}
