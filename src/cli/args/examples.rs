//! How is each command used? Examples for `--help` and the manual pages.

/// A command line, and what it does.
#[derive(Debug)]
pub(crate) struct Example {
    /// As it is typed.
    pub(crate) line: &'static str,
    /// What it does, without a full stop.
    pub(crate) what: &'static str,
}

/// The examples of each command, by its words; those of `offprint` itself stand first. Lines fit 80 columns.
#[rustfmt::skip]
pub(super) const EXAMPLES: &[(&str, &[Example])] = &[
    ("", &[
        Example { line: "offprint add https://example.com/article.html", what: "Archive a page with every image it shows" },
        Example { line: "offprint add source/_posts", what: "Archive the posts of a blog" },
        Example { line: "offprint verify", what: "Prove that every byte is there, and is what it was" },
    ]),
    ("add", &[
        Example { line: "offprint add https://example.com/article.html", what: "Archive a page on the web; the path printed is the file to open" },
        Example { line: "offprint add --base https://example.com/saved/ saved.html", what: "Archive a saved page, and say where it came from" },
        Example { line: "offprint add source/_posts", what: "Archive all posts below a folder" },
        Example { line: "offprint add --from reading-list.txt", what: "Archive what a list names, one input a line" },
        Example { line: "offprint add --refresh https://example.com/article.html", what: "Ask again for every image of an archived article" },
    ]),
    ("mirror", &[
        Example { line: "offprint mirror add --newest 20 https://example.com/feed.xml", what: "Mirror the newest 20 articles of a feed, from now on" },
        Example { line: "offprint mirror", what: "Ask every source, and archive what is new" },
        Example { line: "offprint mirror --watch", what: "Stay, and ask each when it is due" },
        Example { line: "offprint mirror --due", what: "Ask those that are due by their schedules" },
        Example { line: "offprint mirror --quiet", what: "Likewise, silent unless a source needs a person: for cron" },
    ]),
    ("mirror add", &[
        Example { line: "offprint mirror add --newest 20 https://example.com/feed.xml", what: "The newest 20 articles of a feed" },
        Example { line: "offprint mirror add --kind feed https://example.com/blog/", what: "The feed that a page announces" },
        Example { line: "offprint mirror add --include /blog/* --since 2024-01-01 https://example.com/sitemap.xml", what: "The pages below /blog/ that a sitemap says changed since then" },
        Example { line: "offprint mirror add source/_posts", what: "The posts below a folder" },
    ]),
    ("mirror report", &[
        Example { line: "offprint mirror report", what: "What changed or vanished, host by host" },
        Example { line: "offprint mirror report --host .example.com --since 2026-01-01", what: "On one site, since then" },
    ]),
    ("mirror list", &[
        Example { line: "offprint mirror list", what: "One source a line, with its schedule, when it was asked and when it is due" },
    ]),
    ("extract", &[
        Example { line: "offprint extract posts/a.md", what: "List every image that a post names" },
        Example { line: "offprint extract --json --base https://example.com/ saved.html", what: "List them with byte offsets, one JSON object a line" },
    ]),
    ("inspect", &[
        Example { line: "offprint inspect saved.html", what: "How a page is read: its encoding, title and references" },
        Example { line: "offprint inspect --json photo.jpg", what: "Whether an image is whole, as a JSON object" },
    ]),
    ("may-fetch", &[
        Example { line: "offprint may-fetch https://example.com/article.html", what: "Whether its host has an address that may be asked" },
        Example { line: "offprint may-fetch --robots robots.txt https://example.com/a", what: "And whether a robots.txt allows it: the rule and its line" },
    ]),
    ("verify", &[
        Example { line: "offprint verify", what: "Read everything, and list all damage in one pass" },
        Example { line: "offprint verify --quick", what: "Look at presence and lengths alone" },
        Example { line: "offprint verify --signers allowed_signers", what: "And that somebody whom you trust has signed it" },
        Example { line: "offprint verify --subset 10%", what: "Prove another tenth every day" },
        Example { line: "offprint verify --resume --time-limit 2h", what: "Prove for two hours, and go on from there the next time" },
        Example { line: "offprint -a backup/archive verify --json", what: "Prove a copy, for a script" },
    ]),
    ("repair", &[
        Example { line: "offprint repair --plan", what: "Say what is to be mended, and do nothing" },
        Example { line: "offprint repair", what: "Make again what is derived, and find what only lies in the wrong place" },
        Example { line: "offprint repair --from /mnt/backup/archive", what: "Take what is lost from a copy of the archive" },
        Example { line: "offprint repair --from https://example.org/archive", what: "From a copy that a web server serves" },
        Example { line: "offprint repair --origin --memento https://web.archive.org/web/", what: "Ask the Wayback Machine for lost images, then their hosts" },
    ]),
    ("copy", &[
        Example { line: "offprint copy /mnt/backup/archive", what: "Make a second copy, or bring it up to date" },
        Example { line: "offprint -a laptop/archive copy archive", what: "Bring over what the other archive has and this one lacks" },
    ]),
    ("sign", &[
        Example { line: "offprint sign", what: "Sign with your SSH key, as ssh finds it" },
        Example { line: "offprint sign --key ~/.ssh/archive --identity kai@example.com", what: "With this key, and say whose it is" },
    ]),
    ("prove", &[
        Example { line: "offprint prove https://example.com/article.html -o article.proof.json", what: "Write the proof of the newest capture of an article" },
        Example { line: "offprint prove --check article.proof.json --signers allowed_signers", what: "Check a proof, and that somebody whom you trust has signed" },
        Example { line: "offprint prove --check article.proof.json --file saved.html", what: "Whether these very bytes are in it" },
    ]),
    ("list", &[
        Example { line: "offprint list", what: "One article a line" },
        Example { line: "offprint list --json", what: "The same for a script, one JSON object a line" },
    ]),
    ("show", &[
        Example { line: "offprint show https://example.com/article.html", what: "An article by its address" },
        Example { line: "offprint show 3f2a", what: "The article whose ID begins so" },
    ]),
    ("diff", &[
        Example { line: "offprint diff https://example.com/article.html", what: "What the newest capture changed" },
        Example { line: "offprint diff https://example.com/article.html 1 2", what: "What changed from the oldest capture to the next" },
    ]),
    ("restore", &[
        Example { line: "offprint restore https://example.com/article.html -o original.html", what: "Write the page as it was received" },
    ]),
    ("export", &[
        Example { line: "offprint export posts --for hexo -o blog", what: "Write every post and its images into the folder blog, for Hexo to build" },
    ]),
    ("export posts", &[
        Example { line: "offprint export posts --for hexo -o blog", what: "Write every post and its images into the folder blog, for Hexo to build" },
        Example { line: "offprint export posts --for hexo --in-place -o .", what: "Edit the posts of the blog in this folder: they show images below source/offprint/" },
        Example { line: "offprint export posts --in-place --undo -o .", what: "Take that back" },
    ]),
    ("remove", &[
        Example { line: "offprint remove https://example.com/article.html", what: "Take an article out, by its address" },
        Example { line: "offprint remove 3f2a", what: "The article whose ID begins so" },
    ]),
    ("prune", &[
        Example { line: "offprint prune", what: "List what would be deleted" },
        Example { line: "offprint prune --yes", what: "Delete it" },
        Example { line: "offprint prune --grace 0 --yes", what: "Also what an interrupted run left a moment ago" },
    ]),
    ("completions", &[
        Example { line: "source <(offprint completions bash)", what: "For bash, as a line of ~/.bashrc" },
        Example { line: "offprint completions zsh > ~/.zfunc/_offprint", what: "For zsh, where ~/.zfunc is in $fpath before compinit runs" },
        Example { line: "offprint completions fish | source", what: "For fish, as a line of ~/.config/fish/config.fish" },
        Example { line: "offprint completions powershell | Out-String | Invoke-Expression", what: "For PowerShell, as a line of $PROFILE" },
    ]),
    ("man", &[
        Example { line: "offprint man | man -l -", what: "Read the page of offprint" },
        Example { line: "offprint man add | man -l -", what: "Read the page of a command" },
        Example { line: "offprint man --dir ~/.local/share/man/man1", what: "Install all pages" },
    ]),
];

/// Returns the examples of a command, named as it is typed (`export posts`).
pub(crate) fn of(command: &str) -> &'static [Example] {
    EXAMPLES
        .iter()
        .find(|(name, _)| *name == command)
        .map_or(&[], |(_, examples)| examples)
}
