//! Which elements does a browser make of this page? Each with its attributes, in the order of the document. Pure.

use scraper::node::Node;
use scraper::{ElementRef, Html};

/// One element, as a browser that runs scripts makes it. What a `<template>` holds stands inside it.
#[derive(Debug)]
pub struct Seen<'d> {
    element: ElementRef<'d>,
}

/// How HTML is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// As a whole page.
    Page,
    /// As what stands in a body.
    Fragment,
}

/// Tells `visit` every element of `html`, in the order of the document.
pub fn elements(html: &str, reading: Reading, visit: &mut dyn FnMut(&Seen<'_>)) {
    let tree = match reading {
        Reading::Page => Html::parse_document(html),
        Reading::Fragment => Html::parse_fragment(html),
    };
    for node in tree.tree.root().descendants() {
        if let Some(element) = ElementRef::wrap(node) {
            visit(&Seen { element });
        }
    }
}

impl Seen<'_> {
    /// Returns its local name; in HTML, in lowercase.
    #[must_use]
    pub fn name(&self) -> &str {
        self.element.value().name()
    }

    /// Returns whether it is an element of HTML, and not of SVG or MathML.
    #[must_use]
    pub fn is_html(&self) -> bool {
        &*self.element.value().name.ns == "http://www.w3.org/1999/xhtml"
    }

    /// Returns the local name of the element it stands in.
    #[must_use]
    pub fn parent(&self) -> Option<&str> {
        let parent = self.element.parent().and_then(ElementRef::wrap)?;
        Some(parent.value().name())
    }

    /// Returns its attributes: names with their prefix as written, such as `xlink:href`, and values.
    pub fn attributes(&self) -> impl Iterator<Item = (String, &str)> {
        self.element.value().attrs.iter().map(|(name, value)| {
            let name = match &name.prefix {
                Some(prefix) => format!("{prefix}:{}", name.local),
                None => name.local.to_string(),
            };
            (name, &**value)
        })
    }

    /// Returns the value of the attribute of this name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes()
            .find(|(written, _)| written == name)
            .map(|(_, value)| value)
    }

    /// Returns the text right inside it.
    #[must_use]
    pub fn text(&self) -> String {
        let texts = self
            .element
            .children()
            .filter_map(|child| match child.value() {
                Node::Text(text) => Some(&**text),
                _ => None,
            });
        texts.collect()
    }
}
