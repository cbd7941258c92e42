//! Does the guide's table of limits have the numbers that the code has? Each row has a number that stands in the code, or is
//! named among those that have none.

use super::{read, rows, section};

/// Rows by how they begin: a number of each as it is told, the file in `src/` where it stands, and the constant or the flag.
const HELD: &str = "\
one body, as sent | 64 MiB | cli/args/network | --max-bytes
a page or post | 32 MiB | inputs | DOCUMENT_BYTES_MAX
a stylesheet, an SVG that is sealed | 16 MiB | render/mod | BLOB_BYTES_MAX
what `mirror` leaves free | 256 MiB | cli/mirror/run | DISK_RESERVE
the memory of the archive's size | 4 KiB | archive/budget | SIZE_BYTES_MAX
what is fetched for one article | 1 GiB | cli/args/network | --max-article-bytes
resources of one article | 10,000 | capture/parts | RESOURCES_MAX
stylesheets of one article | 256 | capture/parts | SHEETS_MAX
pages in pages | 3 deep | refs/html/collect | FRAME_DEPTH_MAX
pages in pages | `<noscript>` 4 | refs/html/mod | NOSCRIPT_DEPTH_MAX
lines that are compared | 250,000 pairs | change/lines/same | PAIRS_MAX
lines that are compared | 32 deep | change/lines/same | DEPTH_MAX
structured data | 1 MiB | document/metadata/json_ld | JSON_BYTES_MAX
structured data | 1 MiB | refs/html/json_ld/mod | JSON_BYTES_MAX
front matter | 10,000 values | document/front_matter/entries | VALUES_MAX
front matter | 32 deep | document/front_matter/entries | NESTING_MAX
elements of an SVG | 5,000 deep | media/markup/tag | DEPTH_MAX
entities of an SVG | 1 MiB | render/svg/prologue | EXPANSION_BYTES_MAX
what a page must hold | 4 MiB each | render/inline | RESOURCE_BYTES_MAX
what a page must hold | 32 MiB in all | render/inline | VIEW_BYTES_MAX
the tree of a page | 1,000,000 nodes | document/dom/watch | NODES_MAX
the tree of a page | 1,000 attributes | document/dom/watch | ATTRIBUTES_MAX
the tree of a page | 20,000,000 steps | document/dom/watch | WORK_MAX
a picture | 536,870,911 pixels | media/mod | IMAGE_PIXELS_MAX
content codings | 4 | fetch/coding | CODINGS_MAX
header fields of an answer | 256 | fetch/connect | HEADER_FIELDS_MAX
header fields of an answer | 64 KiB | fetch/connect | HEADER_BYTES_MAX
the body of a redirect | 64 KiB | fetch/body | UNWANTED_BYTES_MAX
the body of a redirect | 3 s | fetch/body | UNWANTED_WAIT
redirects | 20 | fetch/redirect | REDIRECTS_MAX
requests in flight | 32 | cli/args/network | --jobs
requests in flight | to one host 6 | cli/args/network | --per-host
bodies that are here | 4 | fetch/pace/permit | DESKS
articles at work besides | 64 | capture/start | SLOW_MAX
hosts that one article asks | 64 | capture/lines | HOSTS_AT_ONCE
connections that are kept | 256 | fetch/connections | IDLE_BASE
connections that are kept | 8 for each | fetch/connections | IDLE_PER_JOB
open files | 48 | cli/files | OPEN_BASE
open files | 30 s | fetch/shortage | WAIT_MAX
time to connect | 15 s | fetch/options | CONNECT
time to the first byte | 30 s | fetch/options | FIRST_BYTE
time between two pieces | 20 s | fetch/options | IDLE
the slowest body | 500 bytes | cli/args/network | --min-rate
the slowest body | 10 s | fetch/options | RATE_WINDOW
one request with its redirects | 60 s | cli/args/network | --timeout
tries again | 2 | cli/args/network | --retries
pause before another try | 1 s | cli/args/network | --retry-pause
pause before another try | 30 s | fetch/retry | PAUSE_MAX
waiting for a host | 2 min | cli/args/network | --max-wait
failures of a host in a row | 4 | fetch/pace/health | FAILURES_MAX
what is taken over from killed runs | 24 hours | capture/left | AGE_MAX
what is taken over from killed runs | 16 runs | archive/writer/recover | LEFT_MAX
what is taken over from killed runs | 131,072 resources | capture/left | NOTES_MAX
what is taken over from killed runs | 4 MiB | archive/scratch/lines | LINE_BYTES_MAX
how long an image | 30 days | exchange/freshness | FRESH_MAX
a line of a list | 64 KiB | inputs/lines | LINE_BYTES_MAX
a folder that is given to `add` | 262,144 posts | inputs/walk | NAMES_MAX
a feed, sitemap, outline or list | 50 MiB | mirror/reading | LISTING_BYTES_MAX
a feed, sitemap, outline or list | 50,000 addresses | listing | NAMED_MAX
enclosures of one entry | 256 | listing/carried | ENCLOSURES_MAX
documents of one source | 5,000, | mirror/gathered | DOCUMENTS_MAX
documents of one source | 500,000 | mirror/gathered | ARTICLES_MAX
documents that lead to one another | 3 deep | mirror/gathered | DEPTH_MAX
an identity or a title | 2,048 bytes | listing | ID_BYTES_MAX
an identity or a title | 500 characters | listing | TITLE_CHARACTERS_MAX
a pattern of | 1,024 bytes | listing/glob | GLOB_BYTES_MAX
a `schedule` | 500 bytes | schedule/pattern | TEXT_BYTES_MAX
a `schedule` | 366 days | schedule/pattern | INTERVAL_MAX
a `jitter` | a day | cli/config/schedules | JITTER_MAX
pause of `mirror --watch` | 1 min | cli/mirror/watch | REST
pause of `mirror --watch` | an hour | cli/mirror/watch | REST_MAX
tags of a source | 32 | cli/config/sources/wanted | TAGS_MAX
tags of a source | 64 characters | cli/config/sources/wanted | TAG_CHARACTERS_MAX
what `mirror` remembers, of one file | 64 MiB | archive/mirrored | MEMORY_BYTES_MAX
what `mirror` remembers of an article | 1 MiB | archive/still | STILL_BYTES_MAX
a cookies.txt | 16 MiB | fetch/cookies/netscape | COOKIES_BYTES_MAX
a cookies.txt | 50,000 cookies | fetch/cookies/netscape | COOKIES_MAX
a cookies.txt | 16 KiB | fetch/cookies/netscape | LINE_BYTES_MAX
a configuration file | 1 MiB | cli/config | CONFIG_BYTES_MAX
a password file | 4 KiB | cli/config/hosts | PASSWORD_BYTES_MAX
a robots.txt | 500 KiB | robots | ROBOTS_BYTES_MAX
a robots.txt | 16,663 bytes | robots/lines | LINE_BYTES_MAX
the pause that a robots.txt | 60 s | robots | CRAWL_DELAY_MAX
what is remembered of robots.txt | 1,024 sites | fetch/robots | SITES_KEPT
what is remembered of robots.txt | 8 MiB | fetch/robots | BYTES_KEPT
what is remembered of robots.txt | 24 hours | fetch/robots | KEPT
what is remembered of robots.txt | a minute | fetch/robots | UNREACHABLE_KEPT
a feed | 256 elements | listing/xml | NESTING_MAX
a feed | 256 elements | refs/feed/xml | NESTING_MAX
a feed | a JSON Feed 64 | refs/feed/json | NESTING_MAX
`offprint.json` | 64 KiB | archive/marker | MARKER_BYTES_MAX
one folder of an archive | 262,144 entries | archive/disk | ENTRIES_MAX
a snapshot | 64 MiB | snapshot | SNAPSHOT_BYTES_MAX
a file of the log | 16 MiB | archive/log/mod | FILE_BYTES_MAX
a view's record | 256 MiB | render/view | VIEW_BYTES_MAX
a checkpoint of the log | 4 KiB | checkpoint | CHECKPOINT_BYTES_MAX
a checkpoint of the log | 64 KiB | ssh/signature | SIGNATURE_BYTES_MAX
the name of who signs | 255 bytes | checkpoint | NAME_BYTES_MAX
a file of signers | 1 MiB | ssh/signers | SIGNERS_BYTES_MAX
a proof | 160 MiB | proof | PROOF_BYTES_MAX
a front page | 4 MiB | catalogue | FRONT_BYTES_MAX
findings of one code | 10,000 | verify/options | FINDINGS_MAX
findings of one code | 1,000 characters | verify/findings | MESSAGE_CHARS_MAX
what `verify` remembers | 4,194,304 proofs | proven | KEYS_MAX
what `verify --resume` remembers | 1 MiB | archive/verified | MEMORY_BYTES_MAX
parts of `--subset` | 1,000,000 | verify/part | PARTS_MAX
what an alias leads to | 64 bytes | archive/aliases | ALIAS_BYTES_MAX
addresses at which `repair` | 4 | repair/web | ADDRESSES_MAX
captures of one address | 6 | repair/web/captures | CAPTURES_MAX
a list of captures | 4 MiB | repair/web/captures | MAP_BYTES_MAX
a list of captures | 10,000 links | memento | LINKS_MAX
`README.txt` of an archive | 64 KiB | repair/views | README_BYTES_MAX
the record of a post | 32 MiB | render/localise/record | RECORD_BYTES_MAX
the log that `repair` takes from a web server | 1 GiB | archive/fetched | LOG_BYTES_MAX
the log that `repair` takes from a web server | 16 MiB | archive/log/mod | FILE_BYTES_MAX
what a killed `repair` left to be told | 256 MiB | archive/intents | INTENTS_BYTES_MAX
the plan that a killed run left | 64 MiB | archive/writer/plan | PLAN_BYTES_MAX
";

/// Rows whose limit follows from others, or from what a person says.
const WITHOUT_NUMBER: [&str; 6] = [
    "the whole archive",
    "requests in flight besides",
    "articles at work",
    "memory",
    "one resource with all tries",
    "what `repair` takes from elsewhere",
];

/// Returns the number that a text tells, as bytes, as seconds, or as so many of something.
fn told(text: &str) -> u64 {
    let words: Vec<&str> = text.split(' ').collect();
    let number = |word: &str| word.replace(',', "").parse::<u64>().ok();
    // In `a JSON Feed 64` the number stands behind other words, in `a day` there is none.
    let at = words.iter().position(|word| number(word).is_some());
    let unit = words.get(at.unwrap_or(0) + 1).copied().unwrap_or_default();
    at.and_then(|at| number(words[at])).unwrap_or(1)
        * match unit {
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            "min" | "minute" => 60,
            "hour" | "hours" => 60 * 60,
            "day" | "days" => 24 * 60 * 60,
            _ => 1,
        }
}

/// Returns what an expression of a constant comes to, a time in seconds.
fn value(expression: &str) -> u64 {
    let text = expression.trim_matches(['(', ')']);
    for (begin, seconds) in [
        ("Duration::from_secs(", 1),
        ("SignedDuration::from_hours(", 60 * 60),
    ] {
        if let Some(number) = text.strip_prefix(begin) {
            return seconds * value(number);
        }
    }
    if let Some((more, less)) = text.split_once(" - ") {
        return value(more) - value(less);
    }
    if let Some((number, bits)) = text.split_once(" << ") {
        return value(number) << value(bits);
    }
    let numbers = text.split(" * ");
    numbers
        .map(|number| number.replace('_', "").parse::<u64>().unwrap())
        .product()
}

/// Returns the number of a constant in a source.
fn of_constant(source: &str, name: &str) -> u64 {
    let (_, rest) = source.split_once(&format!("const {name}: ")).unwrap();
    let (_, rest) = rest.split_once(" = ").unwrap();
    value(rest.split(';').next().unwrap())
}

/// Returns what a flag has where nobody says anything, as its source says it.
fn of_flag(source: &str, flag: &str) -> u64 {
    let field = flag.trim_start_matches('-').replace('-', "_");
    let (before, _) = source.split_once(&format!(" {field}: ")).unwrap();
    let (_, said) = before.rsplit_once("default_value").unwrap();
    let said = said.trim_start_matches("_t").trim_start_matches(" = ");
    let said = said.split([',', ')']).next().unwrap().trim_matches('"');
    let digits = said.trim_end_matches(|it: char| it.is_ascii_alphabetic());
    let number: u64 = digits.parse().unwrap();
    number
        * match &said[digits.len()..] {
            "M" => 1 << 20,
            "G" => 1 << 30,
            "m" => 60,
            "s" | "" => 1,
            unit => panic!("{flag}: {unit}"),
        }
}

#[test]
fn guide_md_has_the_limits_of_the_code() {
    let text = read("docs/guide.md");
    let limits = rows(section(&text, "## Limits"));
    let held: Vec<[&str; 4]> = HELD
        .lines()
        .map(|line| line.split(" | ").collect::<Vec<_>>().try_into().unwrap())
        .collect();
    let mut unheld = Vec::new();
    for row in &limits[1..] {
        // Of two that fit, the longer one is meant.
        let named = held.iter().map(|it| it[0]).chain(WITHOUT_NUMBER);
        let fitting = named.filter(|it| row[0].starts_with(it));
        let Some(begin) = fitting.max_by_key(|it| it.len()) else {
            unheld.push(row[0]);
            continue;
        };
        for [_, number, file, name] in held.iter().filter(|it| it[0] == begin) {
            assert!(row[1..].concat().contains(number), "{number}: {row:?}");
            let source = read(&format!("src/{file}.rs"));
            let found = if name.starts_with("--") {
                of_flag(&source, name)
            } else {
                of_constant(&source, name)
            };
            assert_eq!(told(number), found, "{begin}: {name} of {file}");
        }
    }
    assert_eq!(unheld, [""; 0], "rows that nothing holds to the code");
    for [begin, ..] in held {
        let is_there = limits.iter().any(|row| row[0].starts_with(begin));
        assert!(is_there, "no row begins with {begin:?}");
    }
}
