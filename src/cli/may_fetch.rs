//! How is it told whether an address would be fetched? The words around [`crate::may_fetch`].

use crate::fetch::{Gate, Way};
use crate::link::without_secrets;
use crate::may_fetch::{Answer, Question, may_fetch};

use super::args::MayFetch;
use super::output::{Output, Style, data, plain};
use super::{Exit, events, look, network};

/// Runs `offprint may-fetch`.
pub(super) fn run(arguments: &MayFetch, output: Output) -> anyhow::Result<Exit> {
    super::log::begin(output, None);
    let resolve = network::overrides(&arguments.resolve)?;
    let proxy = network::proxy(arguments.proxy.as_deref());
    let gate = Gate::new(resolve, arguments.allow_private, &proxy)?;
    let question = Question {
        given: arguments.url.clone(),
        robots: arguments.robots.clone(),
        user_agent: network::user_agent(arguments.user_agent.as_deref()),
    };
    let answer = look::block_on(may_fetch(&question, &gate))?;
    if output.json {
        events::event("may-fetch", &answer);
    } else {
        tell(&arguments.url, &answer, output);
    }
    Ok(if answer.allowed {
        Exit::Sound
    } else {
        Exit::Findings
    })
}

fn tell(given: &str, answer: &Answer, output: Output) {
    let verdict = if answer.allowed {
        output.paint_data(Style::Good, "yes")
    } else {
        output.paint_data(Style::Bad, "no")
    };
    let shown = answer
        .url
        .as_ref()
        .map_or_else(|| without_secrets(given), ToString::to_string);
    data(format_args!("{verdict}: {}", plain(&shown)));
    for refused in &answer.refusals {
        field("because", &refused.message);
    }
    match &answer.way {
        Some(Way::To(addresses)) => {
            let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            field("goes to", &addresses.join(", "));
        }
        Some(Way::Proxy) => field("goes to", "a proxy, which resolves the name itself"),
        Some(Way::Unresolved) => field("goes to", "nowhere now: its host name does not resolve"),
        None => {}
    }
    if let Some(robots) = answer.robots.as_ref().filter(|robots| robots.allowed) {
        field("robots.txt", &robots.to_string());
    }
}

/// Writes what is known of the address, under its name.
fn field(name: &str, value: &str) {
    data(format_args!("  {name:<12} {}", plain(value)));
}
