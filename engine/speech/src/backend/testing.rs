//! What the tests of both back ends share.

use std::path::PathBuf;

use std::time::Duration;

use super::{Feed, Prepared};
use crate::engine::Cancel;
use crate::kokoro::flavour::Flavour;
use crate::kokoro::onnx::Onnx;
use crate::kokoro::source::Source;
use crate::provider::Control;
use crate::testing::fixture;

/// A fixture, read and made ready for a back end.
pub(super) struct Looked {
    pub(super) path: PathBuf,
    pub(super) onnx: Onnx,
    pub(super) flavour: Flavour,
    pub(super) noise: Vec<Feed>,
}

/// All the time there is.
pub(super) fn control() -> Control {
    Control::new(Cancel::new(), Duration::MAX)
}

pub(super) fn looked(name: &str) -> Looked {
    let path = fixture(name);
    let mut onnx = Onnx::read(&path).unwrap();
    let flavour = Flavour::of(&onnx).unwrap();
    let noise = onnx
        .feed_noise()
        .unwrap()
        .iter()
        .map(|noise| Feed {
            name: noise.name,
            values: noise.values(),
        })
        .collect();
    Looked {
        path,
        onnx,
        flavour,
        noise,
    }
}

impl Looked {
    pub(super) fn prepared(&self) -> Prepared<'_> {
        Prepared {
            source: Source::from(&self.path),
            onnx: &self.onnx,
            flavour: &self.flavour,
            noise: &self.noise,
        }
    }
}
