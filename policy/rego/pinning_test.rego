package caws.pinning_test

import data.caws.fixture
import data.caws.pinning

denied(uses) := results if {
	workflow := fixture.workflow("ci.yml", ["push"], [fixture.step(7, uses, null)])
	results := pinning.deny with input as object.union(fixture.document, {"workflows": [workflow]})
}

sha := "3d3c42e5aac5ba805825da76410c181273ba90b1"

test_a_full_commit_is_pinned if count(denied(concat("@", ["actions/checkout", sha]))) == 0

test_an_action_in_a_folder_is_pinned_as_well if count(denied(concat("@", ["a/b/c", sha]))) == 0

test_a_tag_is_not if {
	some result in denied("actions/checkout@v4")
	result.code == "action-not-pinned"
	result.place == {"path": "ci.yml", "line": 7}
}

test_a_branch_a_short_commit_and_nothing_are_not if {
	every text in ["a/b@main", "a/b@3d3c42e", "a/b", "a/b@3D3C42E5AAC5BA805825DA76410C181273BA90B1"] {
		count(denied(text)) == 1
	}
}

test_a_local_action_needs_no_commit if count(denied("./.github/actions/build")) == 0

test_a_container_needs_its_digest if {
	count(denied("docker://alpine:3.20")) == 1
	count(denied(concat("", ["docker://alpine@sha256:", sha, "3d3c42e5aac5ba805825da76"]))) == 0
}

test_a_reusable_workflow_is_an_action if {
	job := {"id": "call", "line": 4, "uses": "a/b/.github/workflows/x.yml@v1", "environment": null, "permissions": null, "needs": [], "steps": []}
	workflow := object.union(fixture.workflow("ci.yml", ["push"], []), {"jobs": [job]})
	results := pinning.deny with input as object.union(fixture.document, {"workflows": [workflow]})
	fixture.codes(results) == {"action-not-pinned"}
}
