//! A bar on stderr while files come in.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kokoro_store::Progress;

/// How it looks; for a length nobody tells, without the bar.
const KNOWN: &str =
    "{msg}  {bar:24}  {decimal_bytes} of {decimal_total_bytes}  {decimal_bytes_per_sec}  {eta}";
const UNKNOWN: &str = "{msg}  {decimal_bytes}  {decimal_bytes_per_sec}";

/// The bar. There is none where stderr is no terminal; what is worth saying is said all the same, unless asked to be quiet.
#[derive(Debug)]
pub(super) struct Bar {
    bar: ProgressBar,
    quiet: bool,
}

impl Bar {
    pub(super) fn new(quiet: bool) -> Self {
        let target = if quiet || !std::io::stderr().is_terminal() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        Self {
            bar: ProgressBar::with_draw_target(None, target),
            quiet,
        }
    }

    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn begin(&self, file: &str, already: u64, total: Option<u64>) {
        let template = if total.is_some() { KNOWN } else { UNKNOWN };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.set_length(total.unwrap_or_default());
        self.bar.set_position(already);
        self.bar.reset_eta();
        self.bar.set_message(file.to_owned());
    }

    fn at(&self, bytes: u64) {
        self.bar.set_position(bytes);
    }

    fn note(&self, text: &str) {
        if !self.quiet {
            self.bar.suspend(|| eprintln!("kokoro: {text}"));
        }
    }
}
