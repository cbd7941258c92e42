//! Where does everything live? The map: modules in the order in which a capture meets them.
//!
//! Offprint archives an article with every image it refers to. `docs/architecture.md` says more.

// Core: bytes in, values out.
pub mod digest;
pub mod merkle;
pub mod checkpoint;
pub mod ssh;
mod portable;
pub mod link;
pub mod source;
pub mod media;
pub mod document;
pub mod nature;
pub mod refs;
pub mod listing;
pub mod placeholder;
pub mod exchange;
pub mod memento;
pub mod robots;
pub mod snapshot;
pub mod proof;
pub mod generator;
pub mod schedule;
pub mod render;
pub mod change;
pub mod causes;
pub mod event;
pub mod finding;

// Shell: one part of the world each.
pub mod inputs;
pub mod outputs;
pub mod fetch;
pub mod keygen;
pub mod archive;
pub mod proven;
mod threads;

// Verbs: the order of things, one file per command.
pub mod catalogue;
pub mod views;
pub mod capture;
pub mod mirror;
pub mod look;
pub mod extract;
pub mod inspect;
pub mod may_fetch;
pub mod verify;
pub mod list;
pub mod show;
pub mod diff;
pub mod rot;
pub mod restore;
pub mod export;
pub mod remove;
pub mod prune;
pub mod repair;
pub mod copy;
pub mod sign;
pub mod prove;

// Edge: a person or a scheduler.
pub mod cli;
