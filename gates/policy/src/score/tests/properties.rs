//! What holds for every run.

use caws_evidence::Verdict;
use proptest::prelude::*;

use super::Left::{self, Counts, NotApplicable, Nothing, Void, Waived};
use super::{GATES, TIER_2, run, score_of};
use crate::score::trust_score;

fn left() -> impl Strategy<Value = Left> {
    prop_oneof![
        1 => Just(NotApplicable),
        1 => Just(Nothing),
        6 => (0_u64..=40, 1_u64..=40).prop_map(|(met, more)| Counts(met.min(more), more)),
        1 => (0_u64..=4).prop_map(|met| Waived(met, 4)),
        1 => prop_oneof![Just(Verdict::Fail), Just(Verdict::Vacuous), Just(Verdict::Unmeasured), Just(Verdict::Error)].prop_map(Void),
    ]
}

fn six() -> impl Strategy<Value = [Left; 6]> {
    [left(), left(), left(), left(), left(), left()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_score_lies_between_0_and_100_and_so_do_the_worths(left in six()) {
        let score = score_of(TIER_2, left);
        prop_assert!(score.score <= 100);
        prop_assert!(score.cap.is_none_or(|cap| score.score <= cap));
        for term in &score.terms {
            prop_assert!(term.worth.numerator <= term.worth.denominator);
        }
        prop_assert_eq!(score.passed, score.score >= 80 && score.blocking.is_empty());
    }

    #[test]
    fn the_score_is_the_weighted_mean_of_the_worths_that_apply(left in six()) {
        let score = score_of(TIER_2, left);
        let applying = || score.terms.iter().filter(|term| term.not_applicable.is_none());
        let weights: f64 = applying().map(|term| f64::from(term.weight)).sum();
        let sum: f64 = applying()
            .map(|term| f64::from(term.weight) * term.worth.numerator as f64 / term.worth.denominator as f64)
            .sum();
        let mean = if weights > 0.0 { 100.0 * sum / weights } else { 0.0 };
        let capped = mean.min(score.cap.map_or(100.0, f64::from));
        prop_assert!((f64::from(score.score) - capped).abs() <= 0.5 + 1e-9, "{} for {capped}", score.score);
    }

    #[test]
    fn more_of_a_term_never_lowers_the_score(left in six(), term in 0_usize..6, of in 1_u64..200, less in 0_u64..200, more in 0_u64..200) {
        let (less, more) = (less.min(more).min(of), less.max(more).min(of));
        let with = |met: u64| {
            let mut left = left;
            left[term] = Counts(met, of);
            score_of(TIER_2, left).score
        };
        if term == 5 {
            prop_assert!(with(less) >= with(more), "a higher flake rate is no better");
        } else {
            prop_assert!(with(more) >= with(less));
        }
    }

    #[test]
    fn what_was_not_measured_never_raises_the_score(left in six(), term in 0_usize..6, lost in 0_usize..4) {
        prop_assume!(!matches!(left[term], NotApplicable | Waived(..)));
        let lost = [Nothing, Void(Verdict::Vacuous), Void(Verdict::Unmeasured), Void(Verdict::Error)][lost];
        let mut without = left;
        without[term] = lost;
        prop_assert!(score_of(TIER_2, without).score <= score_of(TIER_2, left).score);
        prop_assert!(score_of(TIER_2, without).blocking.contains(&GATES[term].0.to_owned()));
    }

    #[test]
    fn the_order_of_evidence_does_not_matter(left in six(), turn in 0_usize..6) {
        let (plan, mut records) = run(TIER_2, left);
        let score = trust_score(&plan, &records);
        let turn = turn.min(records.len());
        records.rotate_left(turn);
        prop_assert_eq!(trust_score(&plan, &records), score);
    }
}
