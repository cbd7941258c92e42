//! Which types of bytes are there, how is each written, and which extension does its blob bear? Pure.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a place in a document needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// A picture.
    Image,
    /// A stylesheet.
    Style,
    /// A font.
    Font,
    /// Sound, film or their captions.
    Media,
}

/// Writes the type and its table from one list: variant, essence, extension in the archive.
macro_rules! media_types {
    ($($name:ident $essence:literal $extension:literal,)*) => {
        /// What bytes are, by their content alone. Written as the MIME type's essence.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum MediaType {
            $(#[doc = concat!("`", $essence, "`.")] $name,)*
            /// A type that a later version has written, kept as it stands.
            Other(Box<str>),
        }

        impl MediaType {
            /// Returns the MIME type's essence, such as `image/png`.
            #[must_use]
            pub fn essence(&self) -> &str {
                match self {
                    $(Self::$name => $essence,)*
                    Self::Other(essence) => essence,
                }
            }

            /// Returns the extension of a blob of this type: the table of `docs/format.md`, fixed within format 1.
            #[must_use]
            pub fn extension(&self) -> &'static str {
                match self {
                    $(Self::$name => $extension,)*
                    Self::Other(_) => "bin",
                }
            }
        }

        /// Every extension that a blob may bear; `bin` stands here more than once.
        pub const EXTENSIONS: &[&str] = &[$($extension),*];

        impl MediaType {
            /// Every type that this version knows.
            pub const KNOWN: &[Self] = &[$(Self::$name),*];
        }

        impl From<&str> for MediaType {
            fn from(essence: &str) -> Self {
                match essence {
                    $($essence => Self::$name,)*
                    other => Self::Other(other.into()),
                }
            }
        }
    };
}

media_types! {
    Jpeg "image/jpeg" "jpg",
    Png "image/png" "png",
    Gif "image/gif" "gif",
    Webp "image/webp" "webp",
    Avif "image/avif" "avif",
    Bmp "image/bmp" "bmp",
    Ico "image/x-icon" "ico",
    Tiff "image/tiff" "tiff",
    Jxl "image/jxl" "jxl",
    Heic "image/heic" "heic",
    Jp2 "image/jp2" "bin",
    Svg "image/svg+xml" "bin",
    Html "text/html" "bin",
    Xml "text/xml" "bin",
    Json "application/json" "bin",
    Css "text/css" "bin",
    Text "text/plain" "bin",
    Pdf "application/pdf" "bin",
    PostScript "application/postscript" "bin",
    Gzip "application/gzip" "bin",
    Zip "application/zip" "bin",
    Rar "application/x-rar-compressed" "bin",
    Woff "font/woff" "woff",
    Woff2 "font/woff2" "woff2",
    Ttf "font/ttf" "ttf",
    Otf "font/otf" "otf",
    Ttc "font/collection" "ttc",
    Eot "application/vnd.ms-fontobject" "bin",
    Mp3 "audio/mpeg" "mp3",
    Ogg "application/ogg" "ogg",
    Wav "audio/wave" "wav",
    Flac "audio/flac" "flac",
    M4a "audio/mp4" "m4a",
    Aac "audio/aac" "bin",
    Aiff "audio/aiff" "bin",
    Basic "audio/basic" "bin",
    Midi "audio/midi" "bin",
    Mp4 "video/mp4" "mp4",
    Webm "video/webm" "webm",
    QuickTime "video/quicktime" "bin",
    Matroska "video/x-matroska" "bin",
    Avi "video/avi" "bin",
    Vtt "text/vtt" "bin",
    Binary "application/octet-stream" "bin",
}

impl MediaType {
    /// Returns whether this is a picture.
    #[must_use]
    pub fn is_image(&self) -> bool {
        self.fits(Class::Image)
    }

    /// Returns whether images of this type are read to their end. Others are known by their first bytes alone.
    #[must_use]
    pub fn has_known_end(&self) -> bool {
        use MediaType::{Avif, Bmp, Gif, Heic, Ico, Jpeg, Png, Svg, Webp};
        matches!(
            self,
            Jpeg | Png | Gif | Webp | Avif | Heic | Bmp | Ico | Svg
        )
    }

    /// Returns whether a place that needs `need` can use bytes of this type.
    ///
    /// A stylesheet has no signature, so any text fits; old stylesheets name SVG fonts.
    #[must_use]
    pub fn fits(&self, need: Class) -> bool {
        match need {
            Class::Style => matches!(self, Self::Css | Self::Text),
            Class::Image => self.essence().starts_with("image/"),
            Class::Font => {
                matches!(self, Self::Eot | Self::Svg) || self.essence().starts_with("font/")
            }
            Class::Media => {
                matches!(self, Self::Ogg | Self::Vtt)
                    || self.essence().starts_with("audio/")
                    || self.essence().starts_with("video/")
            }
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.essence())
    }
}

impl Serialize for MediaType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.essence())
    }
}

impl<'de> Deserialize<'de> for MediaType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from(String::deserialize(deserializer)?.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_versions_type_is_kept_as_it_stands() {
        for text in ["\"image/png\"", "\"image/x-of-2040\"", "\"\""] {
            let media: MediaType = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&media).unwrap(), text);
        }
        assert_eq!(MediaType::from("image/png"), MediaType::Png);
        assert_eq!(MediaType::from("image/x-of-2040").extension(), "bin");
    }

    #[test]
    fn what_a_browser_would_run_has_no_extension_of_its_own() {
        for media in [
            MediaType::Html,
            MediaType::Svg,
            MediaType::Css,
            MediaType::Xml,
            MediaType::Pdf,
        ] {
            assert_eq!(media.extension(), "bin");
        }
    }

    #[test]
    fn places_take_what_they_can_use() {
        assert!(MediaType::Svg.is_image() && !MediaType::Mp4.is_image());
        assert!(MediaType::Text.fits(Class::Style) && !MediaType::Json.fits(Class::Style));
        assert!(MediaType::Eot.fits(Class::Font) && MediaType::Woff2.fits(Class::Font));
        assert!(MediaType::Ogg.fits(Class::Media) && !MediaType::Jpeg.fits(Class::Media));
    }
}
