//! What was made to choke whoever reads it: does the program end, with an answer, in little memory?

use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::ran::Ran;
use crate::test::{Test, image};

/// What a run may take, in KiB: of the heap, and on Linux of the stacks of its threads too.
const MEMORY_KIB_MAX: u32 = 256 * 1024;

/// How long a run may take: a debug build on a machine with other work is fifty times slower than what users have.
const ENDS_WITHIN: Duration = Duration::from_secs(100);

/// Runs the program with so much memory and no more. It must answer: with its data, or with one of its own errors.
#[track_caller]
fn check(test: &Test, arguments: &[&str]) {
    let limited = format!("ulimit -d {MEMORY_KIB_MAX} && exec \"$@\"");
    let program = test.command(arguments);
    let mut command = Command::new("sh");
    command
        .args(["-c", &limited, "sh"])
        .arg(program.get_program());
    command
        .args(program.get_args())
        .current_dir(test.dir.path());
    let (done, waiting) = mpsc::channel();
    thread::spawn(move || done.send(command.output()));
    let output = waiting
        .recv_timeout(ENDS_WITHIN)
        .unwrap_or_else(|_| panic!("{arguments:?} does not end"));
    let ran = Ran::of(output.unwrap());
    assert!(
        matches!(ran.code, Some(0..=2)),
        "{arguments:?}: {:?} {}",
        ran.code,
        ran.stderr
    );
    assert!(
        !ran.stderr.contains("panicked"),
        "{arguments:?}: {}",
        ran.stderr
    );
}

/// Looks at `bytes` as a file of this name, and archives it where it may be an article.
#[track_caller]
fn survive(test: &Test, name: &str, bytes: impl AsRef<[u8]>) {
    test.write(name, bytes);
    check(test, &["inspect", name]);
    check(test, &["extract", "--base", "https://a.test/", name]);
    let is_article = [".html", ".xhtml", ".md"]
        .iter()
        .any(|ending| name.ends_with(ending));
    if is_article {
        // Without an address nothing is fetched.
        check(test, &["add", name]);
    }
}

/// How often a small thing stands in a file that is made of it.
const MANY: usize = 50_000;

fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(&kind);
    crc.update(data);
    let length = u32::try_from(data.len()).unwrap();
    [&length.to_be_bytes(), &kind, data, &crc.sum().to_be_bytes()].concat()
}

/// Puts `middle` behind the first `head` bytes of an image.
fn within(name: &str, head: usize, middle: &[u8]) -> Vec<u8> {
    let image = image(name);
    [&image[..head], middle, &image[head..]].concat()
}

#[test]
fn images() {
    let test = Test::new();
    survive(
        &test,
        "chunks.png",
        within("plain.png", 33, &chunk(*b"tEXt", b"a\0b").repeat(MANY)),
    );
    survive(
        &test,
        "bomb.png",
        within("plain.png", 33, &chunk(*b"iCCP", &vec![0x78; 4 << 20])),
    );
    survive(
        &test,
        "frames.gif",
        within("plain.gif", 13, &b"\x21\xfe\x01a\0".repeat(MANY)),
    );
    survive(
        &test,
        "blocks.gif",
        [
            b"GIF89a\xff\xff\xff\xff\0\0\0",
            &b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0".repeat(MANY)[..],
        ]
        .concat(),
    );
    survive(
        &test,
        "segments.jpg",
        within("baseline.jpg", 2, &b"\xff\xfe\0\x02".repeat(MANY)),
    );
    survive(
        &test,
        "marks.jpg",
        within("baseline.jpg", 2, &vec![0xFF; 4 << 20]),
    );
}

#[test]
fn containers() {
    let test = Test::new();
    survive(
        &test,
        "chunks.webp",
        [
            b"RIFF\xff\xff\xff\xffWEBPVP8X\x0a\0\0\0",
            &[0; 10][..],
            &b"ANMF\0\0\0\0".repeat(MANY),
        ]
        .concat(),
    );
    survive(
        &test,
        "boxes.avif",
        within("plain.avif", 0, &[])
            .into_iter()
            .chain(b"\0\0\0\x08free".repeat(MANY))
            .collect::<Vec<_>>(),
    );
    let brands = b"\0\0\0\x14ftypavif\0\0\0\0mif1";
    survive(
        &test,
        "nested.avif",
        [&brands[..], &b"\0\x7f\xff\xffmeta\0\0\0\0".repeat(MANY)].concat(),
    );
    survive(
        &test,
        "endless.avif",
        [&brands[..], b"\0\0\0\x01mdat\0\0\0\0\0\0\0\0"].concat(),
    );
    survive(
        &test,
        "entries.ico",
        [
            b"\0\0\x01\0\xff\xff",
            &b"\x10\x10\0\0\x01\0\x20\0\xff\xff\xff\x0f\xff\xff\xff\x0f".repeat(65535)[..],
        ]
        .concat(),
    );
    survive(
        &test,
        "large.bmp",
        [
            b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\xff\xff\xff\x7f\xff\xff\xff\x7f\x01\0\x20\0",
            &[0; 24][..],
        ]
        .concat(),
    );
}

#[test]
fn drawings() {
    let test = Test::new();
    let entities: Vec<String> = (1..10)
        .map(|level| {
            format!(
                "<!ENTITY e{level} '{}'>",
                format!("&e{};", level - 1).repeat(10)
            )
        })
        .collect();
    survive(
        &test,
        "laughs.svg",
        format!(
            "<!DOCTYPE svg [<!ENTITY e0 'ha'>{}]><svg>&e9;</svg>",
            entities.concat()
        ),
    );
    survive(&test, "deep.svg", "<svg>".repeat(MANY));
    survive(
        &test,
        "name.svg",
        format!("<svg><{}/></svg>", "a".repeat(4 << 20)),
    );
    survive(
        &test,
        "value.svg",
        format!("<svg a='{}'/>", "a".repeat(4 << 20)),
    );
    survive(
        &test,
        "reference.svg",
        format!("<svg>&{};</svg>", "a".repeat(4 << 20)),
    );
    survive(
        &test,
        "type.svg",
        format!("<!DOCTYPE svg [{}", "<!-- ".repeat(MANY)),
    );
}

#[test]
fn pages() {
    let test = Test::new();
    survive(&test, "deep.html", "<div>".repeat(MANY / 10));
    survive(&test, "tables.html", "<table><td>".repeat(MANY / 10));
    survive(&test, "bold.html", "<b><p>".repeat(MANY / 100));
    survive(&test, "images.html", "<img src=a.png>".repeat(MANY / 10));
    survive(
        &test,
        "attributes.html",
        format!("<p {}>", "a=b ".repeat(MANY)),
    );
    survive(
        &test,
        "commas.html",
        format!("<img srcset='{}'>", ",".repeat(MANY)),
    );
    survive(
        &test,
        "candidates.html",
        format!("<img srcset='{}'>", "a 1x,".repeat(MANY / 10)),
    );
    survive(&test, "noscript.html", "<noscript>".repeat(MANY / 10));
    survive(
        &test,
        "templates.html",
        "<template><iframe srcdoc='".repeat(MANY / 10),
    );
    survive(&test, "references.html", "&amp".repeat(MANY));
    survive(
        &test,
        "quote.html",
        format!("<img src='{}", "a".repeat(4 << 20)),
    );
    survive(
        &test,
        "style.html",
        format!("<style>{}", "a{b:url(".repeat(MANY / 10)),
    );
    survive(
        &test,
        "deep.xhtml",
        format!(
            "<html xmlns='http://www.w3.org/1999/xhtml'>{}",
            "<p>".repeat(MANY / 10)
        ),
    );
}

#[test]
fn posts_and_stylesheets() {
    let test = Test::new();
    survive(&test, "brackets.md", "[".repeat(MANY));
    survive(&test, "images.md", "![".repeat(MANY / 2));
    survive(&test, "quotes.md", ">".repeat(MANY / 10));
    survive(
        &test,
        "ticks.md",
        (1..600)
            .map(|ticks| "`".repeat(ticks) + " ")
            .collect::<Vec<_>>()
            .concat(),
    );
    survive(&test, "stars.md", "*a _".repeat(MANY / 10));
    survive(
        &test,
        "labels.md",
        (0..MANY / 10)
            .map(|label| format!("[{label}]: a.png\n"))
            .collect::<Vec<_>>()
            .concat(),
    );
    let aliases: Vec<String> = (1..10)
        .map(|level| {
            format!(
                "a{level}: &a{level} [{}]\n",
                format!("*a{},", level - 1).repeat(10)
            )
        })
        .collect();
    survive(
        &test,
        "aliases.md",
        format!("---\na0: &a0 [x.png]\n{}---\n", aliases.concat()),
    );
    survive(
        &test,
        "yaml.md",
        format!("---\na: {}\n---\n", "[".repeat(MANY / 10)),
    );
    survive(
        &test,
        "toml.md",
        format!("+++\na = {}\n+++\n", "[".repeat(MANY / 10)),
    );
    survive(
        &test,
        "json.md",
        format!("{{\"a\": {}\n\ntext\n", "[".repeat(MANY / 10)),
    );
    survive(&test, "urls.css", "a{b:url(c.png)}".repeat(MANY / 10));
    survive(&test, "deep.css", "a{b:(".repeat(MANY / 10));
    survive(&test, "imports.css", "@import 'a';".repeat(MANY / 10));
}

#[test]
fn feeds_and_whatever() {
    let test = Test::new();
    survive(&test, "deep.xml", format!("<rss>{}", "<item>".repeat(MANY)));
    survive(
        &test,
        "laughs.xml",
        "<!DOCTYPE rss [<!ENTITY a '&a;&a;'>]><rss>&a;</rss>",
    );
    survive(
        &test,
        "map.xml",
        format!(
            "<urlset>{}",
            "<url><loc>https://a.test/</loc></url>".repeat(MANY / 10)
        ),
    );
    survive(&test, "deep.json", "[".repeat(MANY));
    survive(&test, "zeros", vec![0; 4 << 20]);
    survive(&test, "blank", vec![b' '; 4 << 20]);
}
