//! How are references listed? The words around [`crate::extract`].

use serde_json::json;

use crate::extract::extract;
use crate::link::Link;
use crate::refs::Reference;

use super::args::{Extract, Global};
use super::output::{Output, data, object, plain};
use super::{Exit, config, log, look};

/// Runs `offprint extract`.
pub(super) fn run(global: &Global, arguments: &Extract, output: Output) -> anyhow::Result<Exit> {
    log::begin(output, None);
    let config = config::read(global)?;
    let place = look::place(&arguments.look, &arguments.network, &config)?;
    let options = look::options(&arguments.look, &arguments.network, config.lazy());
    for reference in look::block_on(extract(&place, options))? {
        tell(&reference, output);
    }
    Ok(Exit::Sound)
}

fn tell(reference: &Reference, output: Output) {
    let url = reference.target.as_ref().map(Link::as_str);
    if output.json {
        object(&json!({
            "event": "reference",
            "url": url,
            "written": reference.written,
            "start": reference.span.start,
            "end": reference.span.end,
            "kind": reference.kind,
            "role": reference.role,
        }));
    } else {
        data(plain(url.unwrap_or(&reference.written)));
    }
}
