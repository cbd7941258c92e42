//! What are these bytes, and are they whole? Types by content (WHATWG MIME Sniffing), images to their end. Pure.
//!
//! Bytes are pushed into a [`Probe`] as they come; its [`Verdict`] becomes a [`Proof`] for a place that needs such bytes.
//! What is not proven: that the pixels decode. TIFF, JPEG XL, JPEG 2000, fonts, sound and film are known by their
//! signature alone; of HTML, XML, JSON and text only the beginning is looked at.

mod fault;
mod kind;
mod sniff;
mod walk;

mod bitmap;
mod boxes;
mod doctype;
mod gif;
mod icon;
mod jpeg;
mod markup;
mod png;
mod svg;
mod webp;

#[cfg(test)]
mod tests;

pub use fault::{Fault, Flaw};
pub use kind::{Class, EXTENSIONS, MediaType};

use sniff::HEAD_BYTES;
use walk::{Walk, Walker};

/// Looks at bytes as they come, in pieces of any size. Holds a few KiB at most.
#[derive(Debug, Default)]
pub struct Probe {
    bytes: u64,
    /// How much white space precedes everything else.
    blank_bytes: u64,
    /// The first bytes that are no white space, until they are enough to know the type.
    head: Vec<u8>,
    stage: Option<(MediaType, Walk)>,
}

impl Probe {
    /// Takes in the next bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        if let Some((_, walk)) = &mut self.stage {
            walk.feed(bytes);
            return;
        }
        let bytes = if self.head.is_empty() {
            let rest = bytes.trim_ascii_start();
            self.blank_bytes += (bytes.len() - rest.len()) as u64;
            rest
        } else {
            bytes
        };
        let (head, rest) = bytes.split_at(bytes.len().min(HEAD_BYTES - self.head.len()));
        self.head.extend_from_slice(head);
        if self.head.len() == HEAD_BYTES {
            self.identify().1.feed(rest);
        }
    }

    /// Says what the bytes were.
    #[must_use]
    pub fn finish(mut self) -> Verdict {
        let (bytes, before) = (self.bytes, self.blank_bytes);
        let blank = before == bytes;
        let (sniffed, walk) = self.identify();
        let facts = walk.facts();
        let media = facts.media.unwrap_or_else(|| sniffed.clone());
        let fault = walk.fault().map(|fault| Fault {
            at: fault.at + before,
            ..fault
        });
        let immense = || too_large(&media, facts.width.zip(facts.height));
        Verdict {
            root: walk.root().map(str::to_owned),
            fault: fault.or_else(immense),
            media,
            bytes,
            trailing: walk.trailing(),
            blank,
            width: facts.width,
            height: facts.height,
            frames: facts.frames,
        }
    }

    /// Decides the type by the head and reads on from there.
    fn identify(&mut self) -> &mut (MediaType, Walk) {
        let head = std::mem::take(&mut self.head);
        let indented = self.blank_bytes > 0;
        self.stage.get_or_insert_with(|| {
            let media = if indented {
                sniff::sniff_text(&head)
            } else {
                sniff::sniff(&head)
            };
            let mut walk = Walk::new(walker(&media, &head));
            walk.feed(&head);
            (media, walk)
        })
    }
}

/// No browser shows a picture of more pixels: the engines of today draw from buffers of less than 2 GiB, of four bytes a
/// pixel. Nothing here decodes pixels; what is refused by this is a bomb for whoever opens the view.
pub const IMAGE_PIXELS_MAX: u64 = (1 << 29) - 1;

/// Says so if a picture of this size is larger than any browser shows. An SVG has no pixels of its own.
fn too_large(media: &MediaType, size: Option<(u32, u32)>) -> Option<Fault> {
    let (width, height) = size.filter(|_| *media != MediaType::Svg)?;
    let is_immense = u64::from(width) * u64::from(height) > IMAGE_PIXELS_MAX;
    is_immense.then_some(Fault {
        flaw: Flaw::TooManyPixels,
        at: 0,
        expected: "at most 536,870,911 pixels",
    })
}

/// Returns what reads bytes of this type to their end.
fn walker(media: &MediaType, head: &[u8]) -> Box<dyn Walker> {
    match media {
        MediaType::Jpeg => Box::new(jpeg::Jpeg::default()),
        MediaType::Png => Box::new(png::Png::default()),
        MediaType::Gif => Box::new(gif::Gif::default()),
        MediaType::Webp => Box::new(webp::Webp::default()),
        MediaType::Avif | MediaType::Heic => Box::new(boxes::Boxes::default()),
        MediaType::Bmp => Box::new(bitmap::Bitmap::default()),
        MediaType::Ico => Box::new(icon::Icon::default()),
        MediaType::Xml => Box::new(match head {
            [0xFE, 0xFF, ..] => markup::Markup::utf16(true),
            [0xFF, 0xFE, ..] => markup::Markup::utf16(false),
            _ => markup::Markup::default(),
        }),
        _ => Box::new(walk::Opaque),
    }
}

/// Returns what `bytes` are, given at once.
#[must_use]
pub fn identify(bytes: &[u8]) -> Verdict {
    let mut probe = Probe::default();
    probe.feed(bytes);
    probe.finish()
}

/// What bytes turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    media: MediaType,
    root: Option<String>,
    fault: Option<Fault>,
    bytes: u64,
    trailing: u64,
    blank: bool,
    width: Option<u32>,
    height: Option<u32>,
    frames: Option<u64>,
}

impl Verdict {
    /// Returns the type by content.
    #[must_use]
    pub fn media(&self) -> &MediaType {
        &self.media
    }

    /// Returns whether bytes that were kept as `media` are what was kept: a stylesheet has no signature, so that it may be text of
    /// any kind.
    #[must_use]
    pub fn is_of(&self, media: &MediaType) -> bool {
        self.media == *media
            || *media == MediaType::Css && (self.blank || self.media.fits(Class::Style))
    }

    /// Returns the name of the document element, in lowercase and without its prefix, where the bytes are markup and
    /// do not say before it that they are HTML.
    #[must_use]
    pub fn root(&self) -> Option<&str> {
        self.root.as_deref()
    }

    /// Returns what is wrong with an image, if something is.
    #[must_use]
    pub fn flaw(&self) -> Option<Flaw> {
        self.fault.map(|fault| fault.flaw)
    }

    /// Returns what is wrong with an image, and where, if something is.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// Returns how many bytes there were.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns how many of them followed the image's end. Cameras and servers append things; that is no flaw.
    #[must_use]
    pub fn trailing(&self) -> u64 {
        self.trailing
    }

    /// Returns an image's width in pixels, before any rotation, where it is known.
    #[must_use]
    pub fn width(&self) -> Option<u32> {
        self.width
    }

    /// Returns an image's height in pixels, before any rotation, where it is known.
    #[must_use]
    pub fn height(&self) -> Option<u32> {
        self.height
    }

    /// Returns how many pictures follow each other in an image, where they are counted.
    #[must_use]
    pub fn frames(&self) -> Option<u64> {
        self.frames
    }

    /// Proves that a place that needs `need` can use the bytes, or says why not.
    ///
    /// A stylesheet may be of white space alone, and text in its place is a stylesheet.
    ///
    /// # Errors
    /// An [`Unfit`] if they are something else, or an image that is not whole.
    pub fn prove(self, need: Class) -> Result<Proof, Unfit> {
        if self.bytes == 0 || self.blank && need != Class::Style {
            return Err(Unfit::Empty);
        }
        if self.media == MediaType::Html {
            return Err(Unfit::Html);
        }
        if self.media == MediaType::Json {
            return Err(Unfit::Json);
        }
        if !self.media.fits(need) {
            return Err(Unfit::WrongKind(self.media));
        }
        if let Some(flaw) = self.flaw().filter(|flaw| *flaw != Flaw::NoEndMark) {
            return Err(Unfit::Broken(self.media, flaw));
        }
        let media = match need {
            Class::Style => MediaType::Css,
            Class::Image | Class::Font | Class::Media => self.media,
        };
        Ok(Proof {
            media,
            bytes: self.bytes,
            width: self.width,
            height: self.height,
        })
    }
}

/// Bytes are what their place needs. Only [`Verdict::prove`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    media: MediaType,
    bytes: u64,
    width: Option<u32>,
    height: Option<u32>,
}

impl Proof {
    /// Returns what they are.
    #[must_use]
    pub fn media(&self) -> &MediaType {
        &self.media
    }

    /// Returns how many there are.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the width in pixels, where there is one.
    #[must_use]
    pub fn width(&self) -> Option<u32> {
        self.width
    }

    /// Returns the height in pixels, where there is one.
    #[must_use]
    pub fn height(&self) -> Option<u32> {
        self.height
    }
}

/// Why bytes can't be used in their place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// There are none, or nothing but white space.
    #[error("no content")]
    Empty,
    /// A web page: mostly an error message, a login or a notice to hot-linkers.
    #[error("a web page")]
    Html,
    /// Data for a program: mostly an error message.
    #[error("JSON")]
    Json,
    /// Something else than the place needs.
    #[error("{0}, which its place can't use")]
    WrongKind(MediaType),
    /// An image that is not whole.
    #[error("{0}: {1}")]
    Broken(MediaType, Flaw),
}
