//! Addresses of the web, of people and of machines: URLs, e-mail, handles, hashtags, file paths, versions, IP numbers.

use crate::Accent;

use super::cardinal::{cardinal, digits, name};
use super::letters::pronounceable;
use super::pieces::first_run;

/// Top-level domains that tell an address without `http` or `www`, and endings of file names.
const DOMAINS: [&str; 29] = [
    "com", "org", "net", "edu", "gov", "io", "ai", "dev", "app", "co", "uk", "de", "fr", "eu",
    "us", "ca", "au", "jp", "info", "me", "tv", "xyz", "cloud", "online", "tech", "blog", "shop",
    "news", "ly",
];
const FILES: [&str; 63] = [
    "txt", "md", "rs", "py", "js", "ts", "tsx", "jsx", "html", "htm", "css", "json", "yaml", "yml",
    "toml", "xml", "csv", "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "png", "jpg", "jpeg",
    "gif", "svg", "webp", "mp3", "mp4", "wav", "flac", "ogg", "zip", "tar", "gz", "exe", "dll",
    "so", "sh", "bat", "c", "h", "cpp", "hpp", "go", "java", "kt", "rb", "php", "sql", "log",
    "ini", "cfg", "conf", "lock", "onnx", "bin", "npz", "iso", "env",
];

/// An address in words, or nothing if the text is none.
pub(super) fn address(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let scheme = [
        "https://", "http://", "ftp://", "file://", "ssh://", "git://", "ws://", "wss://",
    ]
    .iter()
    .find(|s| lower.starts_with(**s));
    if let Some(scheme) = scheme {
        let rest = text.get(scheme.len()..)?;
        // What people say of a web address begins after its scheme.
        return (!rest.is_empty()).then(|| spell_out(rest.trim_end_matches('/')));
    }
    if let Some(rest) = lower.strip_prefix("mailto:") {
        return email(text.get(text.len() - rest.len()..)?);
    }
    email(text)
        .or_else(|| handle(text))
        .or_else(|| path(text))
        .or_else(|| domain(text))
}

fn email(text: &str) -> Option<String> {
    let (user, host) = text.split_once('@')?;
    let plain = |t: &str, more: &str| {
        !t.is_empty() && t.chars().all(|c| c.is_alphanumeric() || more.contains(c))
    };
    (plain(user, "._-+%") && plain(host, ".-") && host.contains('.')).then(|| spell_out(text))
}

fn handle(text: &str) -> Option<String> {
    let (said, rest) = match text.strip_prefix('@') {
        Some(rest) => ("at", rest),
        None => ("hashtag", text.strip_prefix('#')?),
    };
    let plain = rest
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
    let letters = rest.chars().any(char::is_alphabetic);
    // `#A-1234` counts, `#two-words` tags.
    let said =
        if said == "hashtag" && rest.contains('-') && rest.contains(|c: char| c.is_ascii_digit()) {
            "number"
        } else {
            said
        };
    (plain && letters).then(|| format!("{said} {}", label(rest)))
}

/// A label in its words: camel case, underscores and hyphens part them.
fn label(text: &str) -> String {
    let mut out = String::new();
    for part in text.split(['_', '-']) {
        let mut word = String::new();
        let mut before = ' ';
        let chars: Vec<char> = part.chars().collect();
        for (at, c) in chars.iter().enumerate() {
            let falls = before.is_uppercase()
                && c.is_uppercase()
                && chars.get(at + 1).is_some_and(|n| n.is_lowercase());
            if before.is_lowercase() && c.is_uppercase() || falls {
                push_run(&mut out, &std::mem::take(&mut word));
            }
            word.push(*c);
            before = *c;
        }
        push_run(&mut out, &word);
    }
    out
}

fn domain(text: &str) -> Option<String> {
    let host = text.split(['/', '?', '#', ':']).next()?;
    let last = host.rsplit('.').next()?;
    if host.len() == last.len()
        || !host
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
    {
        return None;
    }
    let lower = last.to_ascii_lowercase();
    let first = host.split('.').next()?;
    let known = DOMAINS.contains(&lower.as_str()) || FILES.contains(&lower.as_str());
    let fits = host.starts_with("www.")
        || known
            && last.chars().all(|c| !c.is_uppercase())
            && first.chars().any(char::is_alphabetic)
            && first.len() > 1;
    (fits && !host.contains("..")).then(|| spell_out(text.trim_end_matches('/')))
}

fn path(text: &str) -> Option<String> {
    let drive =
        text.get(1..3) == Some(":\\") && text.starts_with(|c: char| c.is_ascii_alphabetic());
    let rooted = ["/", "./", "../", "~/", "\\\\"].iter().any(|s| {
        text.strip_prefix(*s).is_some_and(|rest| {
            rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '_'))
        })
    });
    let several = text.matches('/').count() >= 2
        && text.chars().any(char::is_alphabetic)
        && !text.contains(' ');
    let filed = text.contains('/')
        && text
            .rsplit('.')
            .next()
            .is_some_and(|end| FILES.contains(&end));
    (drive
        || rooted
        || several
            && !text.chars().any(|c| "()<>=+*".contains(c))
            && text.chars().any(|c| matches!(c, '.' | '_' | '-'))
        || filed)
        .then(|| spell_out(text))
}

/// Every part of an address, and the names of the signs between them.
fn spell_out(text: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    for c in text.chars() {
        let said = match c {
            '.' => "dot",
            '/' => "slash",
            '\\' => "backslash",
            '-' | '–' | '−' => "dash",
            '_' => "underscore",
            '@' => "at",
            ':' => "colon",
            '?' => "question mark",
            '=' => "equals",
            '&' => "and",
            '#' => "hash",
            '%' => "percent",
            '+' => "plus",
            '~' => "tilde",
            '*' => "star",
            _ if c.is_alphanumeric() => {
                run.push(c);
                continue;
            }
            _ => "",
        };
        push_parts(&mut out, &std::mem::take(&mut run));
        push_word(&mut out, said);
    }
    push_parts(&mut out, &run);
    out
}

fn push_word(out: &mut String, word: &str) {
    if !word.is_empty() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
}

/// Letters and digits of a part, apart.
fn push_parts(out: &mut String, text: &str) {
    if !text.is_empty() {
        let words = label(text);
        push_word(out, &words);
    }
}

/// A run of letters and digits: words in lower case, names of letters in upper.
fn push_run(out: &mut String, text: &str) {
    let mut rest = text;
    // Each round takes one stretch of digits or of letters.
    while let Some((digit, part, after)) = first_run(rest) {
        rest = after;
        if digit {
            push_word(out, &name(part, Accent::American).join(" "));
        } else {
            push_word(out, &letters(part));
        }
    }
}

fn letters(part: &str) -> String {
    let plain = super::clean::fold(part);
    let lower = plain.to_lowercase();
    match lower.as_str() {
        "com" | "org" | "net" | "gov" | "info" | "dev" | "app" | "co" | "me" | "zip" | "tar"
        | "git" | "bin" | "lib" | "src" | "tmp"
            if lower.len() < 4 || lower == "info" =>
        {
            return match lower.as_str() {
                "src" => "source".to_owned(),
                "tmp" => "temp".to_owned(),
                _ => lower,
            };
        }
        "json" => return "Jason".to_owned(),
        "jpeg" | "jpg" => return "JPEG".to_lowercase(),
        "localhost" => return "local host".to_owned(),
        "github" => return "git hub".to_owned(),
        "readme" => return "read me".to_owned(),
        "usr" => return "user".to_owned(),
        "txt" => return "TXT".to_owned(),
        _ => {}
    }
    let small = lower.chars().count() <= 2
        && !matches!(
            lower.as_str(),
            "me" | "my"
                | "to"
                | "in"
                | "on"
                | "of"
                | "is"
                | "it"
                | "go"
                | "we"
                | "so"
                | "do"
                | "up"
                | "by"
                | "at"
                | "an"
                | "as"
                | "no"
                | "or"
                | "us"
                | "be"
                | "he"
                | "if"
                | "am"
                | "hi"
        );
    let spelled = matches!(
        lower.as_str(),
        "edu"
            | "html"
            | "css"
            | "php"
            | "api"
            | "url"
            | "faq"
            | "ftp"
            | "www"
            | "yml"
            | "sql"
            | "usa"
            | "exe"
            | "ios"
            | "aws"
            | "ide"
            | "uri"
            | "ini"
            | "iso"
            | "onnx"
            | "uefi"
    );
    let capitals =
        plain.chars().count() >= 2 && plain.chars().all(char::is_uppercase) && plain.len() <= 4;
    if !plain.is_ascii() {
        plain
    } else if small
        || spelled
        || capitals && !super::letters::is_said(&plain)
        || !pronounceable(&lower)
    {
        plain.to_ascii_uppercase()
    } else {
        lower
    }
}

/// `v1.2.3`, `1.2.3`, and IP numbers, in words.
pub(super) fn dotted(text: &str, accent: Accent) -> Option<String> {
    let (bare, said) = match text.strip_prefix(['v', 'V']) {
        Some(bare) => (bare, Some("version")),
        None => (text, None),
    };
    let (bare, tail) = match bare.find(|c: char| !c.is_ascii_digit() && c != '.') {
        Some(at) => bare.split_at(at),
        None => (bare, ""),
    };
    let parts: Vec<&str> = bare.split('.').take(6).collect();
    let enough = if said.is_some() { 1 } else { 3 };
    if parts.len() < enough || parts.iter().any(|p| p.is_empty() || p.len() > 6) {
        return None;
    }
    let ip = parts.len() == 4 && said.is_none() && parts.iter().all(|p| p.parse::<u8>().is_ok());
    let mut words = Vec::new();
    words.extend(said);
    for (nth, part) in parts.iter().enumerate() {
        if nth > 0 {
            words.push(if ip { "dot" } else { "point" });
        }
        words.extend(if ip {
            name(part, accent)
        } else {
            cardinal(part, accent)
        });
    }
    let mut out = words.join(" ");
    if tail.is_empty() {
        return Some(out);
    }
    let (sign, rest) = (tail.chars().next()?, tail.get(1..)?);
    let number = !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    match sign {
        ':' if number => {
            push_word(&mut out, "colon");
            push_word(&mut out, &digits(rest).join(" "));
        }
        '/' if number => {
            push_word(&mut out, "slash");
            push_word(&mut out, &cardinal(rest, accent).join(" "));
        }
        '-' | '+'
            if rest
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')) =>
        {
            push_word(&mut out, &spell_out(rest));
        }
        _ if tail.len() <= 3 && tail.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            push_word(&mut out, &spell_out(tail));
        }
        _ => return None,
    }
    Some(out)
}

/// A number of IP version 6: `fe80::1`.
pub(super) fn ip6(text: &str) -> Option<String> {
    let colons = text.matches(':').count();
    let hex = text.bytes().all(|b| b.is_ascii_hexdigit() || b == b':');
    if !hex
        || text.len() > 39
        || !(colons >= 3 || text.contains("::"))
        || !text.bytes().any(|b| b.is_ascii_hexdigit())
    {
        return None;
    }
    let mut out = String::new();
    for c in text.chars() {
        if c == ':' {
            push_word(&mut out, "colon");
        } else if c.is_ascii_digit() {
            push_word(&mut out, &digits(&c.to_string()).join(" "));
        } else {
            push_word(&mut out, &c.to_ascii_uppercase().to_string());
        }
    }
    Some(out)
}
