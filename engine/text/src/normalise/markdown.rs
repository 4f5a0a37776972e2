//! What Markdown and HTML write for the eye: the target of a link, a tag, an entity.

#[cfg(test)]
mod tests;

/// What stands at a place instead of a character of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Markup {
    /// So many bytes that are not said.
    Skip(usize),
    /// A character, written in so many bytes.
    Is(char, usize),
}

/// Most bytes looked at for the end of a tag or of the text of a link, and for the end of its target.
const NEAR: usize = 200;
const FAR: usize = 2000;

/// Tags whose names are not said.
const TAGS: [&str; 36] = [
    "a",
    "b",
    "i",
    "u",
    "s",
    "p",
    "br",
    "hr",
    "em",
    "strong",
    "code",
    "pre",
    "span",
    "div",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "sub",
    "sup",
    "img",
    "table",
    "tr",
    "td",
    "th",
    "thead",
    "tbody",
    "blockquote",
    "small",
    "mark",
    "del",
];

/// Those of them that end a line, a block or a cell.
const PARTING: [&str; 18] = [
    "p",
    "br",
    "hr",
    "pre",
    "div",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "table",
    "tr",
    "td",
    "th",
    "blockquote",
    "img",
];

const ENTITIES: [(&str, char); 10] = [
    ("&amp;", '&'),
    ("&lt;", '<'),
    ("&gt;", '>'),
    ("&quot;", '"'),
    ("&#34;", '"'),
    ("&apos;", '\''),
    ("&#39;", '\''),
    ("&#x27;", '\''),
    ("&nbsp;", ' '),
    ("&#160;", ' '),
];

/// The markup at a byte. `link` holds where the text of the link that is open ends, and where its target does.
pub(super) fn markup(text: &str, at: usize, link: &mut Option<(usize, usize)>) -> Option<Markup> {
    if let Some((close, end)) = *link
        && at == close
    {
        *link = None;
        return Some(Markup::Skip(end - close));
    }
    let rest = text.get(at..)?;
    match rest.bytes().next()? {
        b'[' => {
            let (close, end) = link_at(rest)?;
            *link = Some((at + close, at + end));
            Some(Markup::Skip(1))
        }
        b'!' => rest
            .get(1..)
            .filter(|r| r.starts_with('['))
            .and_then(link_at)
            .map(|_| Markup::Skip(1)),
        b'<' => tag(rest),
        b'&' => ENTITIES
            .iter()
            .find(|(written, _)| rest.starts_with(written))
            .map(|(written, c)| Markup::Is(*c, written.len())),
        _ => None,
    }
}

/// Where the text of a link ends and where its target does, if the brackets here are a link to an address.
fn link_at(rest: &str) -> Option<(usize, usize)> {
    let close = rest
        .bytes()
        .take(NEAR)
        .skip(1)
        .position(|b| matches!(b, b']' | b'[' | b'\n'))?
        + 1;
    let target = rest.get(close..)?.strip_prefix("](")?;
    let address = ["http://", "https://", "mailto:", "#", "./", "../"]
        .iter()
        .any(|start| target.starts_with(start));
    let length = target
        .bytes()
        .take(FAR)
        .position(|b| matches!(b, b')' | b'\n'))?;
    (address && target.as_bytes().get(length) == Some(&b')'))
        .then_some((close, close + 2 + length + 1))
}

fn tag(rest: &str) -> Option<Markup> {
    let inside = rest.get(1..)?;
    let length = inside
        .bytes()
        .take(NEAR)
        .position(|b| matches!(b, b'>' | b'<' | b'\n'))?;
    if inside.as_bytes().get(length) != Some(&b'>') {
        return None;
    }
    let body = inside.get(..length)?;
    let name: String = body
        .trim_start_matches('/')
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase();
    let behind = body.trim_start_matches('/').get(name.len()..)?;
    let fits = behind.is_empty()
        || behind == "/"
        || behind.starts_with(' ') && (behind.contains('=') || behind.trim() == "/");
    if !fits || !TAGS.contains(&name.as_str()) {
        return None;
    }
    // What such a tag parts on the page, it parts in the text.
    let parts = PARTING.contains(&name.as_str());
    Some(if parts {
        Markup::Is(' ', length + 2)
    } else {
        Markup::Skip(length + 2)
    })
}
