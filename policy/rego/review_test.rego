package caws.review_test

import data.caws.fixture
import data.caws.review

owners(rules) := {"path": "CODEOWNERS", "rules": [{"pattern": pattern, "owners": names, "line": 1} | some [pattern, names] in rules]}

all_owned := owners([["*", ["@team"]]])

commit(reviewers) := {"id": "0123456789abcdef0123", "author": "a@example.com", "reviewers": reviewers}

denied(manual, commits, codeowners) := fixture.codes(results) if {
	document := object.union(fixture.document, {
		"tier": {"manual_review": manual},
		"change": {"base": "main", "commits": commits},
		"codeowners": codeowners,
	})
	results := review.deny with input as document
}

test_other_tiers_need_no_review if denied(false, [commit([])], null) == set()

test_a_reviewed_commit_passes if denied(true, [commit(["b@example.com"])], all_owned) == set()

test_nobody_reviews_his_own_work if {
	denied(true, [commit([])], all_owned) == {"review-missing"}
	denied(true, [commit(["A@example.com"])], all_owned) == {"review-missing"}
}

test_each_commit_needs_a_review if {
	denied(true, [commit(["b@example.com"]), commit([])], all_owned) == {"review-missing"}
}

test_a_change_nobody_can_see_is_denied if {
	results := review.deny with input as object.union(
		fixture.document,
		{"tier": {"manual_review": true}, "codeowners": all_owned},
	)
	fixture.codes(results) == {"review-unknown"}
}

test_what_judges_has_owners if {
	denied(true, [], null) == {"owners-missing"}
	denied(true, [], owners([["/docs/", ["@team"]]])) == {"owners-missing"}
	denied(true, [], owners([["/.caws/", ["@a"]], [".github/", ["@a"]], ["/policy/**", ["@a"]]])) == set()
}

test_the_last_rule_counts if {
	denied(true, [], owners([["*", ["@team"]], ["/policy/", []]])) == {"owners-missing"}
}
