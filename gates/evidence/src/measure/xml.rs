//! XML reports of other tools, as a stream of elements.
//!
//! Nothing is fetched and nothing is expanded: a document type declaration with rules of its own
//! (an internal subset, where entity bombs live) is refused, and so is every entity XML 1.0 does
//! not predefine.

use quick_xml::{
    XmlVersion,
    events::{BytesStart, Event},
};

use super::{MeasureError, Raw, common::malformed};

/// Deepest nesting read; reports of test and coverage tools nest some eight elements deep.
const MAX_DEPTH: usize = 64;
/// Most attributes an element may have; each name is held against all others.
const MAX_ATTRIBUTES: usize = 256;

/// A piece of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// An element begins; an empty element is followed by its [`Node::Close`] at once.
    Open(Element),
    /// The innermost open element ends.
    Close(String),
    /// Text within the innermost open element.
    Text(String),
}

/// An element's name, without its namespace prefix, and attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element {
    /// Local name.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    /// An attribute's value, with its entities resolved.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// An attribute that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, String> {
        self.attribute(name)
            .ok_or_else(|| format!("<{}> has no attribute `{name}`", self.name))
    }

    /// An attribute that is a count, where it is there.
    pub(super) fn number(&self, name: &str) -> Result<Option<u64>, String> {
        self.attribute(name)
            .map(|text| {
                text.trim().parse::<u64>().map_err(|_| {
                    format!(
                        "<{} {name}=\"{text}\"> where a whole number belongs",
                        self.name
                    )
                })
            })
            .transpose()
    }
}

/// Walks a document whose root is one of `roots`, giving each piece to `visit`.
///
/// # Errors
/// `Malformed` with the byte position, for anything that is not well-formed and for what `visit` refuses.
pub(super) fn walk(
    raw: &Raw,
    expected: &str,
    roots: &[&str],
    mut visit: impl FnMut(Node) -> Result<(), String>,
) -> Result<(), MeasureError> {
    let text = std::str::from_utf8(&raw.bytes).map_err(|error| malformed(raw, expected, error))?;
    let mut reader = quick_xml::Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut depth = 0_usize;
    let mut closed = false;
    loop {
        let event = reader.read_event();
        let at = reader.buffer_position();
        let wrong = |found: String| malformed(raw, expected, format!("{found} (byte {at})"));
        let node = match event.map_err(|error| wrong(error.to_string()))? {
            Event::Eof if closed => return Ok(()),
            Event::Eof => return Err(wrong("the document ends before its root does".to_owned())),
            Event::Start(start) => {
                let opened = element(&start).map_err(wrong)?;
                check_root(depth, closed, &opened.name, roots).map_err(wrong)?;
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(wrong(format!("elements nest deeper than {MAX_DEPTH}")));
                }
                Node::Open(opened)
            }
            Event::Empty(start) => {
                let opened = element(&start).map_err(wrong)?;
                check_root(depth, closed, &opened.name, roots).map_err(wrong)?;
                closed |= depth == 0;
                let name = opened.name.clone();
                visit(Node::Open(opened)).map_err(wrong)?;
                Node::Close(name)
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                closed |= depth == 0;
                Node::Close(end.local_name().as_ref().to_owned())
            }
            Event::Text(piece) => {
                Node::Text(piece.xml_content(XmlVersion::Implicit1_0).into_owned())
            }
            Event::CData(piece) => {
                Node::Text(piece.xml_content(XmlVersion::Implicit1_0).into_owned())
            }
            Event::GeneralRef(reference) => Node::Text(resolve(&reference).map_err(wrong)?),
            Event::DocType(declaration) => {
                if declaration
                    .xml_content(XmlVersion::Implicit1_0)
                    .contains('[')
                {
                    return Err(wrong(
                        "a document type with rules of its own is refused".to_owned(),
                    ));
                }
                continue;
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
        };
        // Text outside the root is white space or not well-formed; it belongs to no element.
        let outside = depth == 0 && matches!(node, Node::Text(_));
        if !outside {
            visit(node).map_err(wrong)?;
        }
    }
}

fn check_root(depth: usize, closed: bool, name: &str, roots: &[&str]) -> Result<(), String> {
    if depth > 0 {
        Ok(())
    } else if closed {
        Err(format!("a second root, <{name}>"))
    } else if roots.contains(&name) {
        Ok(())
    } else {
        Err(format!(
            "the root is <{name}>, not <{}>",
            roots.join("> or <")
        ))
    }
}

fn element(start: &BytesStart) -> Result<Element, String> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        if attributes.len() == MAX_ATTRIBUTES {
            return Err(format!(
                "an element has more than {MAX_ATTRIBUTES} attributes"
            ));
        }
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| error.to_string())?;
        attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(Element {
        name: start.local_name().as_ref().to_owned(),
        attributes,
    })
}

fn resolve(reference: &quick_xml::events::BytesRef) -> Result<String, String> {
    if let Some(sign) = reference
        .resolve_char_ref()
        .map_err(|error| error.to_string())?
    {
        return Ok(sign.to_string());
    }
    let name = reference.xml_content(XmlVersion::Implicit1_0);
    quick_xml::escape::resolve_predefined_entity(&name)
        .map(str::to_owned)
        .ok_or_else(|| format!("the entity `&{name};` is not one XML predefines"))
}

#[cfg(test)]
mod tests;
