//! What may be said to `export`?

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use crate::generator::{Generator, Prefix};

#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(subcommand)]
    pub(crate) format: Format,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Format {
    /// Give posts back to their generator, showing images of the site's own
    ///
    /// Each post is written as it was received, but for the addresses of its images; these are written beside, named by
    /// the SHA-256 of their bytes. Run it again after `add`: only what is new is written, and nothing that was edited
    /// meanwhile is touched.
    Posts(Posts),
}

#[derive(Debug, Args)]
pub(crate) struct Posts {
    /// The articles to export (default: every post of the archive): an ID, a unique prefix of one, a URL, or a path
    #[arg(value_name = "ARTICLE", conflicts_with = "undo")]
    pub(crate) articles: Vec<String>,
    /// The generator that will build the posts
    #[arg(
        long = "for",
        value_name = "GENERATOR",
        required_unless_present = "undo"
    )]
    pub(crate) generator: Option<GeneratorName>,
    /// The site's folder; without --in-place it is made where it is missing
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) output: PathBuf,
    /// Where the published site has the images: a path from its root, or an http(s) URL. They are written to the folder
    /// that it ends with, below source/ (Hexo), static/ (Hugo) or the site's own (Jekyll)
    #[arg(long, value_name = "PREFIX", default_value = "/offprint/", value_parser = Prefix::parse)]
    pub(crate) prefix: Prefix,
    /// Edit the posts that stand in the site's folder, instead of writing new ones; only those that are byte for byte
    /// what was archived
    #[arg(long)]
    pub(crate) in_place: bool,
    /// Take an export in place back: posts become what they were, and the images go
    #[arg(long, requires = "in_place")]
    pub(crate) undo: bool,
}

/// A static site generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GeneratorName {
    /// Posts in source/_posts, images below source/
    Hexo,
    /// Posts in _posts, named by their day; images in the site's folder
    Jekyll,
    /// Posts in content/posts, images below static/
    Hugo,
}

impl From<GeneratorName> for Generator {
    fn from(name: GeneratorName) -> Self {
        match name {
            GeneratorName::Hexo => Self::Hexo,
            GeneratorName::Jekyll => Self::Jekyll,
            GeneratorName::Hugo => Self::Hugo,
        }
    }
}
