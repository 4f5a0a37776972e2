//! Reports of a run for terminals, people and other programs.
//!
//! In: a plan, evidence records, a manifest and a trust score, already judged.
//! Out: text in one of the formats below; every foreign string escaped for the format it enters.
//! Never: files, processes, clocks, or a judgement of its own. A report shows what is recorded and
//! where it lies; it computes only what a reader would (points of a term, the next best step).

pub mod applies;
pub mod codes;
pub mod excerpt;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod next;
pub mod number;
pub mod palette;
pub mod plan;
pub mod portfolio;
pub mod review;
pub mod sarif;
pub mod terminal;
pub mod text;
pub mod verification;
pub mod view;

pub use palette::Palette;
pub use view::{GateRow, Outcome, RunView, Seal};
