//! What is kept of a command's output: its last lines, and a digest of all of standard output.

use std::collections::VecDeque;

use caws_evidence::Sha256Stream;
use caws_evidence::command::OutputDigest;

use crate::mask::Mask;
use crate::process::{Stream, TAIL_LINES, plain};

/// How much of a line is looked at; a line in the record is shorter by far.
const LINE_LIMIT: usize = 64 << 10;

/// Takes output as it comes.
pub(super) struct KeyOutput {
    mask: Mask,
    stdout: Sha256Stream,
    bytes: u64,
    out: Vec<u8>,
    err: Vec<u8>,
    lines: VecDeque<String>,
}

impl KeyOutput {
    pub(super) fn new(mask: Mask) -> Self {
        Self {
            mask,
            stdout: Sha256Stream::default(),
            bytes: 0,
            out: Vec::new(),
            err: Vec::new(),
            lines: VecDeque::new(),
        }
    }

    pub(super) fn take(&mut self, stream: Stream, bytes: &[u8]) {
        if stream == Stream::Out {
            self.stdout.update(bytes);
            self.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        }
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let line = match stream {
                Stream::Out => &mut self.out,
                Stream::Err => &mut self.err,
            };
            let room = LINE_LIMIT.saturating_sub(line.len());
            line.extend(piece.iter().take(room));
            if piece.ends_with(b"\n") {
                let line = std::mem::take(line);
                self.line(&line);
            }
        }
    }

    /// Masked first: what is cut in the middle of a secret would show half of it. Then again, for one that had colours in it.
    fn line(&mut self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        // A bar that draws itself anew leaves its last state.
        let text = text.trim_end();
        let last = text.rsplit('\r').next().unwrap_or(text);
        let masked = plain(&self.mask.text(last));
        let line = self.mask.text(&masked);
        if line.is_empty() {
            return;
        }
        if self.lines.len() == TAIL_LINES {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }

    /// The last lines, the digest, and the mask with what it met.
    pub(super) fn finish(mut self) -> (Vec<String>, OutputDigest, Mask) {
        for rest in [std::mem::take(&mut self.out), std::mem::take(&mut self.err)] {
            self.line(&rest);
        }
        let digest = OutputDigest {
            sha256: self.stdout.hex(),
            bytes: self.bytes,
        };
        (self.lines.into(), digest, self.mask)
    }
}
