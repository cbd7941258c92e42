//! What does an origin answer to which request? For each address a list of replies: one an attempt, and the last one from then
//! on.

use std::collections::HashMap;

use super::{Recorded, Reply};

/// What is answered, by host and path.
#[derive(Debug, Default)]
pub(crate) struct Script(HashMap<String, Scene>);

/// What is answered at one address.
#[derive(Debug)]
struct Scene {
    replies: Vec<Reply>,
    /// How many requests came since this was said.
    attempts: usize,
}

impl Script {
    /// Answers requests for `address` (host and path) with these replies, one after the other, from now on.
    pub(crate) fn say(&mut self, address: &str, replies: impl Into<Vec<Reply>>) {
        let scene = Scene {
            replies: replies.into(),
            attempts: 0,
        };
        self.0.insert(address.to_owned(), scene);
    }

    /// Says the same, in a chain.
    pub(crate) fn saying(mut self, address: &str, replies: impl Into<Vec<Reply>>) -> Self {
        self.say(address, replies);
        self
    }

    /// Returns the reply to a request; 404 where nothing was said.
    pub(crate) fn reply(&mut self, request: &Recorded) -> Reply {
        let address = format!("{}{}", request.host, request.path);
        let Some(scene) = self.0.get_mut(&address) else {
            return Reply::not_found();
        };
        let reply = scene.replies.get(scene.attempts).or(scene.replies.last());
        scene.attempts += 1;
        reply.cloned().unwrap_or_else(Reply::not_found)
    }
}
