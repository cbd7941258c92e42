//! Is an AVIF or HEIC whole, box by box? Pure.
//!
//! ISO/IEC 14496-12 §4.2 (boxes) and 23008-12 §6.5.3 (`ispe`), §9.3 (which item has which property). Properties that transform
//! a picture must be marked as essential (23000-22 §7.3.9): browsers refuse pictures that could be shown the wrong way up. The dimensions are those of the largest item: of a grid
//! the whole, of a picture with a thumbnail the picture; a rotation is not applied.

use super::fault::Flaw;
use super::walk::{Facts, Walker, Want, big, pixels};

#[derive(Debug, Default)]
pub(super) struct Boxes {
    state: State,
    /// Offset of the next byte.
    at: u64,
    /// Where the containers end that we are in: `meta`, `iprp`, `ipco`.
    ends: Vec<u64>,
    described: bool,
    data: bool,
    size: Option<(u32, u32)>,
    /// Of each property in `ipco`, whether it transforms a picture.
    transforms: Vec<bool>,
    associations: Associations,
}

/// What is left to read of `ipma`, which says what item has which property.
#[derive(Debug, Default, Clone, Copy)]
struct Associations {
    /// Where the box ends.
    end: u64,
    /// How many items follow.
    items: u64,
    /// How many properties of this item follow.
    properties: u64,
    wide_ids: bool,
    wide_indexes: bool,
}

#[derive(Debug, Default, Clone, Copy)]
enum State {
    /// Before a box.
    #[default]
    Between,
    /// A box's length and type.
    Head,
    /// The longer length of the box of this type.
    Long([u8; 4]),
    /// Dimensions of an item, in a box that ends here.
    Dimensions(u64),
    /// Version, flags and number of items in `ipma`.
    Associations,
    /// An item of `ipma` and how many properties it has.
    Item,
    /// A property of an item: whether it is essential, and its number.
    Property,
}

/// The end of a box that reaches to the end of the file.
const TO_FILE_END: u64 = u64::MAX;
/// Length and type.
const HEAD_BYTES: u64 = 8;
/// Version and flags, width, height.
const DIMENSIONS_BYTES: u64 = 12;
/// Version and flags, number of items.
const ASSOCIATIONS_BYTES: u64 = 8;
/// The highest number that a property can be named by (23008-12 §9.3.3).
const PROPERTIES_MAX: usize = 0x7FFF;

impl Walker for Boxes {
    fn step(&mut self, bytes: &[u8]) -> Result<Want, Flaw> {
        match self.state {
            State::Between => Ok(self.between()),
            State::Head => self.head(bytes),
            State::Long(kind) => {
                self.at += 8;
                let start = self.at - 2 * HEAD_BYTES;
                self.enter(kind, start.checked_add(big(bytes)))
            }
            State::Dimensions(end) => {
                self.at += DIMENSIONS_BYTES;
                let size = pixels(big(&bytes[4..8])).zip(pixels(big(&bytes[8..12])));
                self.size = self
                    .size
                    .into_iter()
                    .chain(size)
                    .max_by_key(|size| area(*size));
                Ok(self.skip_to(end))
            }
            State::Associations => {
                self.associations.wide_ids = bytes[0] > 0;
                self.associations.wide_indexes = bytes[3] & 1 == 1;
                self.associations.items = big(&bytes[4..]);
                self.at += ASSOCIATIONS_BYTES;
                self.next_item()
            }
            State::Item => {
                self.at += bytes.len() as u64;
                self.associations.items -= 1;
                self.associations.properties = u64::from(bytes[bytes.len() - 1]);
                self.next_property()
            }
            State::Property => self.property(bytes),
        }
    }

    fn end(&self) -> Option<Flaw> {
        let open = self.ends.iter().any(|end| *end != TO_FILE_END);
        (open || !self.is_whole()).then_some(Flaw::Truncated)
    }

    fn expects(&self) -> &'static str {
        match self.state {
            State::Between if self.is_whole() => "the content of a box",
            State::Between => "the content of a box, and boxes for description and data",
            State::Head if self.is_whole() => "length and type of a box",
            State::Head => "boxes for description and data",
            State::Long(_) => "the length of a box",
            State::Dimensions(_) => "the dimensions of an item",
            State::Associations | State::Item => "which item has which property",
            State::Property => "a property, marked as essential where it transforms the picture",
        }
    }

    fn facts(&self) -> Facts {
        Facts::of_size(self.size)
    }
}

impl Boxes {
    fn is_whole(&self) -> bool {
        self.described && self.data
    }

    fn between(&mut self) -> Want {
        while self.ends.last() == Some(&self.at) {
            self.ends.pop();
        }
        self.state = State::Head;
        Want::Bytes(8)
    }

    fn head(&mut self, head: &[u8]) -> Result<Want, Flaw> {
        let start = self.at;
        self.at += HEAD_BYTES;
        let kind = [head[4], head[5], head[6], head[7]];
        match big(&head[..4]) {
            0 => self.enter(kind, Some(self.parent_end())),
            1 => {
                self.state = State::Long(kind);
                Ok(Want::Bytes(8))
            }
            length if length < HEAD_BYTES && self.ends.is_empty() && self.is_whole() => {
                Ok(Want::End(HEAD_BYTES))
            }
            length => self.enter(kind, start.checked_add(length)),
        }
    }

    fn parent_end(&self) -> u64 {
        self.ends.last().copied().unwrap_or(TO_FILE_END)
    }

    fn enter(&mut self, kind: [u8; 4], end: Option<u64>) -> Result<Want, Flaw> {
        let end = end
            .filter(|end| (self.at..=self.parent_end()).contains(end))
            .ok_or(Flaw::BadStructure)?;
        let within = end - self.at;
        match (self.ends.len(), &kind) {
            (0, b"meta") if within >= 4 => {
                self.described = true;
                self.ends.push(end);
                // Version and flags.
                Ok(self.skip_to(self.at + 4))
            }
            (1, b"iprp") | (2, b"ipco") => {
                self.ends.push(end);
                Ok(self.skip_to(self.at))
            }
            (2, b"ipma") if within >= ASSOCIATIONS_BYTES => {
                self.associations.end = end;
                self.state = State::Associations;
                Ok(Want::Bytes(8))
            }
            (3, b"ispe") if within >= DIMENSIONS_BYTES => {
                self.note_property(kind);
                self.state = State::Dimensions(end);
                Ok(Want::Bytes(12))
            }
            (depth, _) => {
                if depth == 3 {
                    self.note_property(kind);
                }
                self.described |= depth == 0 && &kind == b"moov";
                self.data |= matches!((depth, &kind), (0, b"mdat") | (1, b"idat"));
                Ok(self.skip_to(end))
            }
        }
    }

    fn note_property(&mut self, kind: [u8; 4]) {
        if self.transforms.len() < PROPERTIES_MAX {
            let transforms = matches!(&kind, b"clap" | b"irot" | b"imir");
            self.transforms.push(transforms);
        }
    }

    fn next_item(&mut self) -> Result<Want, Flaw> {
        let Associations { items, end, .. } = self.associations;
        if items == 0 {
            return Ok(self.skip_to(end));
        }
        self.state = State::Item;
        self.within(if self.associations.wide_ids { 5 } else { 3 })
    }

    fn next_property(&mut self) -> Result<Want, Flaw> {
        if self.associations.properties == 0 {
            return self.next_item();
        }
        self.associations.properties -= 1;
        self.state = State::Property;
        self.within(if self.associations.wide_indexes { 2 } else { 1 })
    }

    /// Asks for so many bytes of `ipma`.
    fn within(&self, bytes: usize) -> Result<Want, Flaw> {
        if self.at + bytes as u64 > self.associations.end {
            return Err(Flaw::BadStructure);
        }
        Ok(Want::Bytes(bytes))
    }

    fn property(&mut self, bytes: &[u8]) -> Result<Want, Flaw> {
        let is_essential = bytes[0] & 0x80 != 0;
        let mask = if bytes.len() == 2 { 0x7FFF } else { 0x7F };
        let number = usize::try_from(big(bytes) & mask).expect("two bytes at most");
        // Counted from one; zero stands for no property.
        let named = number.checked_sub(1).and_then(|at| self.transforms.get(at));
        if named == Some(&true) && !is_essential {
            return Err(Flaw::BadStructure);
        }
        self.at += bytes.len() as u64;
        self.next_property()
    }

    fn skip_to(&mut self, end: u64) -> Want {
        self.state = State::Between;
        let left = end - self.at;
        self.at = end;
        if end == TO_FILE_END {
            Want::Pieces(left)
        } else {
            Want::Skip(left)
        }
    }
}

/// Returns the number of pixels.
fn area((width, height): (u32, u32)) -> u64 {
    u64::from(width) * u64::from(height)
}

#[cfg(test)]
mod tests {
    use super::super::identify;
    use super::*;

    fn container(kind: &str, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len() + 8).unwrap();
        [&length.to_be_bytes(), kind.as_bytes(), content].concat()
    }

    /// A picture of 64 by 32 pixels and its thumbnail, described and followed by `data`.
    fn avif(data: &[u8]) -> Vec<u8> {
        let item =
            |width, height| container("ispe", &[0, 0, 0, 0, 0, 0, 0, width, 0, 0, 0, height]);
        let properties = container("ipco", &[item(64, 32), item(8, 4)].concat());
        let meta = [&[0; 4], container("iprp", &properties).as_slice()].concat();
        let brands = container("ftyp", b"avif\0\0\0\0mif1");
        [&brands, &container("meta", &meta), data].concat()
    }

    /// A picture that is turned by its second property; `property` says so.
    fn turned(flags: u8, property: &[u8]) -> Vec<u8> {
        let size = container("ispe", &[0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 32]);
        let properties = container("ipco", &[size, container("irot", &[1])].concat());
        let head = [0, 0, 0, flags, 0, 0, 0, 1, 0, 1, 1];
        let associations = container("ipma", &[&head, property].concat());
        let all = container("iprp", &[properties, associations].concat());
        let brands = container("ftyp", b"avif\0\0\0\0mif1");
        let meta = container("meta", &[&[0; 4], all.as_slice()].concat());
        [brands, meta, container("mdat", b"pixels")].concat()
    }

    #[test]
    fn what_turns_a_picture_is_essential() {
        check(&turned(0, b"\x82"), None);
        check(&turned(0, b"\x01"), None);
        check(&turned(0, b"\x02"), Some(Flaw::BadStructure));
        check(&turned(1, b"\x80\x02"), None);
        check(&turned(1, b"\x00\x02"), Some(Flaw::BadStructure));
        check(&turned(1, b"\x80"), Some(Flaw::BadStructure));
        check(&turned(0, b"\x7F"), None);
    }

    #[track_caller]
    fn check(bytes: &[u8], flaw: Option<Flaw>) {
        let verdict = identify(bytes);
        assert_eq!((verdict.flaw(), verdict.width()), (flaw, Some(64)));
    }

    #[test]
    fn ends_of_boxes() {
        check(&avif(&container("mdat", b"pixels")), None);
        check(&avif(b"\0\0\0\0mdatup to the end of the file"), None);
        check(&avif(b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x12go"), None);
        check(
            &avif(b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x13go"),
            Some(Flaw::Truncated),
        );
        check(
            &avif(b"\0\0\0\x01mdat\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFFgo"),
            Some(Flaw::BadStructure),
        );
        check(
            &avif(b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x03"),
            Some(Flaw::BadStructure),
        );
        check(&avif(b""), Some(Flaw::Truncated));
        check(&avif(b"\0\0\0\x02mdat"), Some(Flaw::BadStructure));
        check(&avif(b"\0\0\0\x09m"), Some(Flaw::Truncated));
    }
}
