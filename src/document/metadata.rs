//! What is the article called, who wrote it, when, and what is its canonical address? Pure.
