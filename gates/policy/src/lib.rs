//! Tiers, plans, waivers, verdicts and the trust score.
//!
//! In: a working spec, a tier policy, waivers, observations. Out: a plan (what will be measured and what
//! would pass), a verdict per gate, the trust score.
//! Never: files, processes, clocks. The runner and the verifier call the same functions.

pub mod applies;
pub mod component;
mod exact;
pub mod judge;
pub mod plan;
pub mod record;
pub mod rubric;
pub mod score;
pub mod tier;
pub mod waiver;

pub use component::{Asked, Held, asked, hold};
pub use judge::{Judgement, judge};
pub use plan::{
    DocumentRef, GatePlan, Plan, Requirement, SpecRef, Subject, Term, TermPolicy, TrustPolicy,
};
pub use score::{TermScore, TrustScore, trust_score};
pub use tier::{Feed, TierPolicy, TierRules};
pub use waiver::{Waiver, WaiverRules, Waivers};
