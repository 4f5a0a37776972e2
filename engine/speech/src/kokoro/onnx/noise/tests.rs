use super::*;
use crate::testing::fixture;

fn fed(name: &str) -> (Onnx, Vec<Noise>) {
    let mut onnx = Onnx::read(&fixture(name)).unwrap();
    let noise = onnx.feed_noise().unwrap().to_vec();
    (onnx, noise)
}

fn operators(onnx: &Onnx) -> Vec<&str> {
    onnx.nodes.iter().filter_map(|node| text(node, 4)).collect()
}

/// The one random node of a model of that version, after it was replaced.
fn replaced(
    version: i64,
    attributes: &[Vec<u8>],
    operator: &str,
    inputs: &[&str],
) -> Result<Vec<Vec<u8>>, OnnxError> {
    let mut feeder = Feeder {
        operators: version,
        count: 0,
        depth: 0,
        uniform: false,
        normal: false,
    };
    let mut out = Vec::new();
    feeder.node(made(operator, inputs, "drawn", attributes), &mut out)?;
    Ok(out)
}

fn names(nodes: &[Vec<u8>]) -> Vec<&str> {
    nodes
        .iter()
        .filter_map(|node| text(node, 4))
        .filter(|name| *name != "Constant")
        .collect()
}

#[test]
fn random_nodes_become_inputs() {
    let (onnx, noise) = fed("tiny-noise.onnx");
    assert_eq!(noise, [UNIFORM, NORMAL]);
    assert!(
        !operators(&onnx)
            .iter()
            .any(|name| name.starts_with("Random"))
    );
    let skeleton = onnx.skeleton();
    for word in [
        "RandomNormal",
        "RandomUniform",
        "RandomNormalLike",
        "RandomUniformLike",
    ] {
        // In the bodies of the condition neither.
        assert!(
            !skeleton
                .windows(word.len() + 1)
                .any(|window| window[1..] == *word.as_bytes()
                    && usize::from(window[0]) == word.len())
        );
    }
    let inputs: Vec<String> = onnx.inputs().into_iter().map(|port| port.name).collect();
    assert_eq!(
        inputs,
        [
            "tokens",
            "style",
            "speed",
            "kokoro_noise_uniform",
            "kokoro_noise_normal"
        ]
    );
}

#[test]
fn a_model_without_random_nodes_is_left_as_it_is() {
    let before = Onnx::read(&fixture("tiny-v1.0.onnx")).unwrap();
    let (after, noise) = fed("tiny-v1.0.onnx");
    assert_eq!(noise, []);
    assert_eq!(after.skeleton(), before.skeleton());
}

#[test]
fn a_random_node_is_cut_from_the_noise_and_shaped() {
    let nodes = replaced(17, &[], "RandomNormalLike", &["x"]).unwrap();
    let steps = [
        "Shape",
        "ReduceProd",
        "Add",
        "Div",
        "Add",
        "Tile",
        "Slice",
        "Mul",
        "Add",
        "CastLike",
        "Reshape",
    ];
    assert_eq!(names(&nodes), steps);
    let last = nodes.last().unwrap();
    assert_eq!(text(last, 2), Some("drawn"));
    // Before there was a node for it, the type was said or it was that of single floats.
    let without: Vec<&str> = steps
        .iter()
        .copied()
        .filter(|step| *step != "CastLike")
        .collect();
    assert_eq!(
        names(&replaced(14, &[], "RandomUniformLike", &["x"]).unwrap()),
        without
    );
    assert_eq!(
        names(&replaced(15, &[], "RandomUniformLike", &["x"]).unwrap()),
        steps
    );
    let single = [whole_attribute("dtype", 1)];
    assert_eq!(
        names(&replaced(17, &single, "RandomNormalLike", &["x"]).unwrap()),
        without
    );
    let half = [whole_attribute("dtype", 10)];
    let cast: Vec<&str> = steps
        .iter()
        .map(|step| if *step == "CastLike" { "Cast" } else { step })
        .collect();
    assert_eq!(
        names(&replaced(17, &half, "RandomNormalLike", &["x"]).unwrap()),
        cast
    );
    // A shape of its own needs no other's.
    let own: Vec<&str> = without
        .iter()
        .copied()
        .filter(|step| *step != "Shape")
        .collect();
    assert_eq!(names(&replaced(17, &[], "RandomNormal", &[]).unwrap()), own);
    assert_eq!(
        names(&replaced(17, &single, "RandomUniform", &[]).unwrap()),
        own
    );
    assert_eq!(
        names(&replaced(17, &half, "RandomUniform", &[]).unwrap())
            .iter()
            .filter(|step| **step == "Cast")
            .count(),
        1
    );
}

#[test]
fn old_operators_are_refused() {
    let error = replaced(9, &[], "RandomNormalLike", &["x"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "it has random nodes and operator set 9; at least 10 is needed to feed them"
    );
    assert!(replaced(10, &[], "RandomNormalLike", &["x"]).is_ok());
    // Other nodes are none of ours, however old, nor are nodes of another's that are called the same.
    assert_eq!(names(&replaced(9, &[], "Relu", &["x"]).unwrap()), ["Relu"]);
    let mut node = made("RandomNormal", &[], "drawn", &[]);
    put_bytes(&mut node, 7, b"com.example");
    let mut feeder = Feeder {
        operators: 9,
        count: 0,
        depth: 0,
        uniform: false,
        normal: false,
    };
    let mut out = Vec::new();
    feeder.node(node.clone(), &mut out).unwrap();
    assert_eq!((out, feeder.count), (vec![node], 0));
}

#[test]
fn shapes_are_read_packed_or_not() {
    let with = |attribute: Vec<u8>| shape(&made("RandomNormal", &[], "y", &[attribute]));
    let mut single = Vec::new();
    put_bytes(&mut single, 1, b"shape");
    let mut packed = single.clone();
    for axis in [1, 300, 9] {
        put_number(&mut single, 8, axis);
    }
    put_bytes(&mut packed, 8, &[1, 0xAC, 2, 9]);
    assert_eq!(with(single), [1, 300, 9]);
    assert_eq!(with(packed), [1, 300, 9]);
    assert_eq!(with(whole_attribute("other", 1)), Vec::<i64>::new());
}

#[test]
fn noise_is_the_same_everywhere() {
    // SplitMix64's published first outputs for seed 1234567.
    let mut generator = Generator(1_234_567);
    assert_eq!(
        [generator.next(), generator.next(), generator.next()],
        [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423
        ]
    );
    for noise in [UNIFORM, NORMAL] {
        let values = noise.values();
        assert_eq!(values.len(), noise.length);
        assert_eq!(values, noise.values());
        let count = values.len() as f64;
        let mean = values.iter().map(|value| f64::from(*value)).sum::<f64>() / count;
        let variance = values
            .iter()
            .map(|value| (f64::from(*value) - mean).powi(2))
            .sum::<f64>()
            / count;
        let (expected, spread) = match noise.kind {
            NoiseKind::Uniform => (0.5, 1.0 / 12.0),
            NoiseKind::Normal => (0.0, 1.0),
        };
        assert!((mean - expected).abs() < 0.005, "{mean}");
        assert!((variance - spread).abs() < 0.005, "{variance}");
        // Neighbours, and harmonics nine apart, have nothing to do with each other.
        for lag in [1, 9] {
            let product: f64 = values
                .iter()
                .zip(&values[lag..])
                .map(|(a, b)| (f64::from(*a) - mean) * (f64::from(*b) - mean))
                .sum();
            assert!((product / count / variance).abs() < 0.01, "{lag}");
        }
    }
    assert!(
        UNIFORM
            .values()
            .iter()
            .all(|value| (0.0..1.0).contains(value))
    );
    assert!(!NORMAL.length.is_multiple_of(3));
}

/// A random node inside so many graphs, each the body of a node in the one around it.
fn nested(depth: usize) -> Vec<u8> {
    (0..depth).fold(made("RandomNormal", &[], "drawn", &[]), |node, _| {
        let [mut graph, mut attribute, mut outer] = [const { Vec::new() }; 3];
        put_bytes(&mut graph, 1, &node);
        put_bytes(&mut attribute, 6, &graph);
        put_bytes(&mut outer, 5, &attribute);
        outer
    })
}

#[test]
fn graphs_may_be_nested_but_not_without_end() {
    let fed = |depth| {
        let mut onnx = Onnx {
            nodes: vec![nested(depth)],
            ..Onnx::default()
        };
        put_bytes(&mut onnx.model, 8, &[2 << 3, 17]);
        onnx.feed_noise().map(<[Noise]>::to_vec)
    };
    assert_eq!(fed(0).unwrap(), [NORMAL]);
    assert_eq!(fed(16).unwrap(), [NORMAL]);
    for depth in [17, 20_000] {
        assert_eq!(
            fed(depth).unwrap_err().to_string(),
            "its graphs are nested more than 16 deep"
        );
    }
    // One after the other they are not one in the other.
    let mut onnx = Onnx {
        nodes: vec![nested(16); 2],
        ..Onnx::default()
    };
    put_bytes(&mut onnx.model, 8, &[2 << 3, 17]);
    assert_eq!(onnx.feed_noise().unwrap(), [NORMAL]);
}
