use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Result<Vec<Node>, String> {
    let raw = Raw {
        role: "r".into(),
        name: "r.xml".into(),
        bytes: text.as_bytes().to_vec(),
    };
    let mut nodes = Vec::new();
    walk(&raw, "report", &["a", "b"], |node| {
        nodes.push(node);
        Ok(())
    })
    .map_err(|error| error.to_string())?;
    Ok(nodes)
}

fn open(name: &str, attributes: &[(&str, &str)]) -> Node {
    let attributes = attributes
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    Node::Open(Element {
        name: name.to_owned(),
        attributes,
    })
}

fn close(name: &str) -> Node {
    Node::Close(name.to_owned())
}

fn text(content: &str) -> Node {
    Node::Text(content.to_owned())
}

#[test]
fn elements_text_and_entities_come_in_order() {
    let nodes = read(
        "\u{feff}<?xml version=\"1.0\"?><!-- c --><a x=\"1&lt;2\"><n:b y='&#65;'/>t&amp;&#x42;<![CDATA[<raw>]]></a>\n",
    )
    .unwrap();
    assert_eq!(
        nodes,
        [
            open("a", &[("x", "1<2")]),
            open("b", &[("y", "A")]),
            close("b"),
            text("t"),
            text("&"),
            text("B"),
            text("<raw>"),
            close("a"),
        ]
    );
    assert_eq!(read("<b/>").unwrap(), [open("b", &[]), close("b")]);
}

#[test]
fn an_external_document_type_is_ignored_and_an_internal_one_refused() {
    assert!(read("<!DOCTYPE a SYSTEM \"http://example.org/a.dtd\"><a/>").is_ok());
    let bomb = "<!DOCTYPE a [<!ENTITY x \"ha\"><!ENTITY y \"&x;&x;\">]><a>&y;</a>";
    let error = read(bomb).unwrap_err();
    assert!(
        error.contains("a document type with rules of its own is refused"),
        "{error}"
    );
}

#[test]
fn unknown_entities_are_refused_everywhere() {
    let error = read("<a>&bomb;</a>").unwrap_err();
    assert!(
        error.contains("the entity `&bomb;` is not one XML predefines (byte 9)"),
        "{error}"
    );
    assert!(read("<a x=\"&bomb;\"/>").is_err());
    assert!(read("<a>&#0;</a>").is_err());
    assert!(read("<a>&#xFFFFFFFFFF;</a>").is_err());
}

#[test]
fn a_document_that_is_not_whole_is_refused() {
    for (document, reason) in [
        ("", "the document ends before its root does"),
        ("<a>", "the document ends before its root does"),
        ("<a><b></b>", "the document ends before its root does"),
        ("<c/>", "the root is <c>, not <a> or <b>"),
        ("<a/><a/>", "a second root, <a>"),
        ("<a></a><b></b>", "a second root, <b>"),
    ] {
        let error = read(document).unwrap_err();
        assert!(error.contains(reason), "{document}: {error}");
        assert!(
            error.starts_with("r.xml is not a valid report: "),
            "{error}"
        );
    }
    for document in [
        "<a></b>",
        "<a x=1/>",
        "<a x=\"1\" x=\"2\"/>",
        "</a>",
        "<a",
        "<a>&amp</a>",
    ] {
        assert!(read(document).is_err(), "{document}");
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |n: usize| format!("{}{}", "<a>".repeat(n), "</a>".repeat(n));
    assert!(read(&nested(64)).is_ok());
    assert!(
        read(&nested(65))
            .unwrap_err()
            .contains("elements nest deeper than 64")
    );
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let raw = Raw {
        role: "r".into(),
        name: "r.xml".into(),
        bytes: vec![0xff, 0xfe],
    };
    let error = walk(&raw, "report", &["a"], |_| Ok(())).unwrap_err();
    assert!(matches!(error, MeasureError::Malformed { .. }));
}

#[test]
fn what_the_visitor_refuses_carries_its_place() {
    let raw = Raw {
        role: "r".into(),
        name: "r.xml".into(),
        bytes: b"<a><b/></a>".to_vec(),
    };
    let error = walk(&raw, "report", &["a"], |node| match node {
        Node::Open(element) if element.name == "b" => Err("no b here".to_owned()),
        _ => Ok(()),
    })
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "r.xml is not a valid report: no b here (byte 7)"
    );
}

#[test]
fn attributes_are_read_by_name_and_as_counts() {
    let Node::Open(element) = open("t", &[("n", " 7 "), ("m", "-1"), ("s", "x")]) else {
        unreachable!()
    };
    assert_eq!(element.attribute("s"), Some("x"));
    assert_eq!(element.attribute("z"), None);
    assert_eq!(element.required("s"), Ok("x"));
    assert_eq!(
        element.required("z"),
        Err("<t> has no attribute `z`".to_owned())
    );
    assert_eq!(element.number("n"), Ok(Some(7)));
    assert_eq!(element.number("z"), Ok(None));
    assert_eq!(
        element.number("m"),
        Err("<t m=\"-1\"> where a whole number belongs".to_owned())
    );
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let raw = Raw { role: "r".into(), name: "r".into(), bytes };
        let _ = walk(&raw, "report", &["a"], |_| Ok(()));
    }

    #[test]
    fn no_markup_makes_it_panic(text in "(<|/|>|a|b|&|;|=|\"|'|!|\\[|\\]|-|\\?| |#|1){0,60}") {
        let _ = read(&text);
    }
}

#[test]
fn an_element_has_so_many_attributes_and_no_more() {
    let element = |attributes: usize| {
        let attributes: String = (0..attributes).map(|at| format!(" a{at}=''")).collect();
        read(&format!("<a{attributes}/>"))
    };
    assert!(element(MAX_ATTRIBUTES).is_ok());
    let refused = element(MAX_ATTRIBUTES + 1).unwrap_err();
    assert!(
        refused.contains("an element has more than 256 attributes"),
        "{refused}"
    );
    // At once, however many there are.
    assert!(element(100_000).is_err());
}
