//! YAML 1.2, by the events of `saphyr-parser`.

use caws_evidence::{Finding, codes};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::builder::Builder;
use super::{at, mend, scalar, span};
use crate::document::{Document, Span};
use crate::notice::{Details as _, error};

/// The key whose value is merged into its mapping: of YAML 1.1 (https://yaml.org/type/merge.html), and read by most
/// libraries to this day, those of earlier generations of specs among them.
const MERGE: &str = "<<";

pub(super) fn parse(path: &str, text: &str) -> Result<Document, Vec<Finding>> {
    let mut builder = Builder::new(path);
    let lines = line_lengths(text);
    let mut documents = 0_usize;
    for event in Parser::new_from_str(text) {
        let (event, extent) = event.map_err(|fault| vec![mend::syntax(path, text, &fault)])?;
        let place = start(extent.start, &lines);
        if matches!(event, Event::DocumentStart(_)) {
            documents += 1;
            if documents > 1 {
                return Err(vec![several(path, place)]);
            }
        }
        take(path, text, &mut builder, event, place).map_err(|fault| vec![*fault])?;
    }
    builder.finish()
}

fn take(
    path: &str,
    text: &str,
    builder: &mut Builder<'_>,
    event: Event<'_>,
    place: Span,
) -> Result<(), Box<Finding>> {
    match event {
        Event::Nothing
        | Event::StreamStart
        | Event::StreamEnd
        | Event::DocumentStart(_)
        | Event::DocumentEnd => Ok(()),
        Event::Scalar(name, style, anchor, _) if builder.wants_key() => {
            builder.anchor_key(anchor, &name, place)?;
            if name == MERGE && style == ScalarStyle::Plain {
                builder.merge_key();
            } else {
                builder.key(name.into_owned(), place);
            }
            Ok(())
        }
        Event::Scalar(text, style, anchor, tag) => {
            let value = scalar::resolve(&text, style, tag.as_deref())
                .map_err(|fault| unreadable(path, place, &text, &fault))?;
            builder.scalar(value, place, anchor)
        }
        Event::Alias(anchor) if builder.wants_key() => {
            match builder.key_of_anchor(anchor, place)? {
                Some(name) => {
                    builder.key(name, place);
                    Ok(())
                }
                None => Err(no_key(path, text, place).into()),
            }
        }
        Event::Alias(anchor) => builder.alias(anchor, place),
        Event::SequenceStart(..) | Event::MappingStart(..) if builder.wants_key() => {
            Err(no_key(path, text, place).into())
        }
        Event::SequenceStart(anchor, tag) => {
            collection_tag(path, place, tag.as_deref(), "seq")?;
            builder.begin_array(place, anchor)
        }
        Event::MappingStart(anchor, tag) => {
            collection_tag(path, place, tag.as_deref(), "map")?;
            builder.begin_object(place, anchor)
        }
        Event::SequenceEnd | Event::MappingEnd => builder.end(),
    }
}

/// How many characters each line has; YAML breaks lines at LF, CR and both together.
fn line_lengths(text: &str) -> Vec<usize> {
    let mut lengths = vec![0];
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '\n' || letter == '\r' && letters.peek() != Some(&'\n') {
            lengths.push(0);
        } else if let Some(length) = lengths.last_mut().filter(|_| letter != '\r') {
            *length += 1;
        }
    }
    lengths
}

/// Where an event begins. What is left out (`? ` at the end of a file) is marked behind the text; its
/// place is the end of the last line.
fn start(marker: Marker, lines: &[usize]) -> Span {
    match marker
        .line()
        .checked_sub(1)
        .and_then(|index| lines.get(index))
    {
        Some(length) => span(marker.line(), marker.col().min(*length) + 1),
        None => span(lines.len(), lines.last().map_or(1, |length| length + 1)),
    }
}

fn several(path: &str, place: Span) -> Finding {
    error(
        codes::DOCUMENT_SYNTAX,
        at(path, Some(place)),
        "the file holds several documents".to_owned(),
    )
    .expected("one document")
    .found(format!("a second one from line {} on", place.line))
    .help("remove the `---` line, or put the second document into a file of its own")
}

fn no_key(path: &str, text: &str, place: Span) -> Finding {
    let line = usize::try_from(place.line).ok();
    let line = line.and_then(|line| text.lines().nth(line.saturating_sub(1)));
    error(
        codes::DOCUMENT_SYNTAX,
        at(path, Some(place)),
        "a key is no text".to_owned(),
    )
    .expected("a text as key")
    .found("a list or a mapping in the place of a key")
    .help(if line.is_some_and(|line| line.contains("{{")) {
        "fill in the template's `{{ ... }}`, or quote it where it is meant as text"
    } else {
        "quote the key if it begins with `[`, `{` or `?`"
    })
}

fn unreadable(path: &str, place: Span, text: &str, fault: &scalar::Fault) -> Finding {
    error(
        codes::DOCUMENT_SYNTAX,
        at(path, Some(place)),
        mend::short(&fault.to_string()),
    )
    .expected("text, number, true, false or null")
    .found(format!("`{}`", mend::short(text)))
    .help("quote the value if it is meant as text")
}

fn collection_tag(
    path: &str,
    place: Span,
    tag: Option<&Tag>,
    kind: &str,
) -> Result<(), Box<Finding>> {
    match tag {
        Some(tag) if !(tag.is_yaml_core_schema() && tag.suffix == kind) => Err(unreadable(
            path,
            place,
            &tag.to_string(),
            &scalar::Fault::Tag(tag.to_string()),
        )
        .into()),
        _ => Ok(()),
    }
}
