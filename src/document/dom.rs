//! What does a browser see in this page? Elements, attributes and text, never written back. Home of scraper. Pure.
