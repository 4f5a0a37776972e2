use super::super::Weights;
use super::super::wire::put_bytes;
use super::*;

fn node(operator: &str, reads: &[&str], gives: &str) -> Vec<u8> {
    let mut message = Vec::new();
    for name in reads {
        put_bytes(&mut message, 1, name.as_bytes());
    }
    put_bytes(&mut message, 2, gives.as_bytes());
    put_bytes(&mut message, 4, operator.as_bytes());
    message
}

/// A node whose body, in an attribute, is another.
fn with_body(outer: Vec<u8>, inner: &[u8]) -> Vec<u8> {
    let (mut graph, mut attribute, mut message) = (Vec::new(), Vec::new(), outer);
    put_bytes(&mut graph, 1, inner);
    put_bytes(&mut attribute, 6, &graph);
    put_bytes(&mut message, 5, &attribute);
    message
}

/// A chain of so many convolutions from `x0`.
fn chain(from: usize, count: usize) -> Vec<Vec<u8>> {
    (from..from + count)
        .map(|at| node("Conv", &[&format!("x{at}"), "w"], &format!("x{}", at + 1)))
        .collect()
}

fn onnx(nodes: Vec<Vec<u8>>, output: &str) -> Onnx {
    let mut fields = Vec::new();
    put_bytes(&mut fields, 8, b"w");
    let mut value = Vec::new();
    put_bytes(&mut value, 1, output.as_bytes());
    let mut graph = Vec::new();
    put_bytes(&mut graph, 12, &value);
    Onnx {
        nodes,
        weights: vec![Weights { fields, raw: None }],
        graph,
        ..Onnx::default()
    }
}

#[test]
fn a_chain_can_stop_after_every_sixth_convolution() {
    assert_eq!(onnx(chain(0, 13), "x13").stages(), [["x6"], ["x12"]]);
    assert_eq!(onnx(chain(0, 5), "x5").stages(), Vec::<Vec<String>>::new());
    // After the last nothing is left to stop.
    assert_eq!(onnx(chain(0, 12), "x12").stages(), [["x6"]]);
}

#[test]
fn what_is_read_later_reaches_over_and_constants_and_inputs_do_not() {
    let mut nodes = vec![
        node("Constant", &[], "c"),
        node("Add", &["c", "w"], "also constant"),
        node("RandomNormal", &[], "drawn"),
        node("Mul", &["style", "also constant"], "late"),
        node("Mul", &["style", ""], "unread"),
    ];
    nodes.extend(chain(0, 6));
    nodes.push(node("Add", &["x6", "late"], "y"));
    nodes.push(node("Add", &["y", "drawn"], "z"));
    nodes.push(node("Add", &["z", "also constant"], "audio"));
    assert_eq!(onnx(nodes, "audio").stages(), [["drawn", "late", "x6"]]);
}

#[test]
fn what_a_body_reads_is_read() {
    let mut nodes = vec![node("Mul", &["style", "w"], "captured")];
    nodes.extend(chain(0, 6));
    nodes.push(with_body(
        node("If", &["x6"], "audio"),
        &node("Identity", &["captured"], "inside"),
    ));
    assert_eq!(onnx(nodes, "audio").stages(), [["captured", "x6"]]);
}

#[test]
fn an_output_stays_until_the_end() {
    let mut nodes = vec![node("Mul", &["style", "w"], "duration")];
    nodes.extend(chain(0, 6));
    nodes.push(node("Neg", &["x6"], "audio"));
    assert_eq!(onnx(nodes, "duration").stages(), [["duration", "x6"]]);
}

#[test]
fn where_many_values_reach_over_the_next_place_is_taken() {
    let mut nodes: Vec<Vec<u8>> = (0..6)
        .map(|at| node("Neg", &["style"], &format!("side{at}")))
        .collect();
    nodes.extend(chain(0, 7));
    nodes.push(node("Add", &["side0", "side1"], "sum"));
    nodes.extend(chain(7, 1));
    let rest = ["x8", "sum", "side2", "side3", "side4", "side5"];
    nodes.push(node("Concat", &rest, "audio"));
    assert_eq!(
        onnx(nodes, "audio").stages(),
        [["side2", "side3", "side4", "side5", "sum", "x7"]]
    );
}
