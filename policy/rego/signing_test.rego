package caws.signing_test

import data.caws.fixture
import data.caws.signing

denied(jobs, settings) := results if {
	workflow := object.union(fixture.workflow("release.yml", ["push"], []), {"jobs": jobs})
	document := object.union(fixture.document, {"workflows": [workflow], "settings": settings})
	results := signing.deny with input as document
}

job(id, needs, steps) := {"id": id, "line": 3, "uses": null, "environment": null, "permissions": null, "needs": needs, "steps": steps}

signs := fixture.step(10, null, "cosign sign-blob --yes app.tar")

releases := fixture.step(20, null, "gh release create v1 app.tar")

publishes := fixture.step(20, "softprops/action-gh-release@v2", null)

test_a_job_that_does_not_release_needs_no_signature if count(denied([job("a", [], [signs])], {})) == 0

test_a_release_without_a_signature_is_denied if {
	some result in denied([job("a", [], [releases])], {})
	result.code == "release-unsigned"
	result.place.line == 20
}

test_an_action_that_releases_counts if count(denied([job("a", [], [publishes])], {})) == 1

test_signed_before_is_enough if count(denied([job("a", [], [signs, releases])], {})) == 0

test_signed_after_is_too_late if count(denied([job("a", [], [releases, signs])], {})) == 1

test_a_job_that_is_needed_may_sign if {
	count(denied([job("s", [], [signs]), job("r", ["s"], [releases])], {})) == 0
	count(denied([job("s", [], [signs]), job("r", [], [releases])], {})) == 1
}

test_a_workflow_that_is_needed_may_sign if {
	called := object.union(job("s", [], []), {"uses": "slsa-framework/slsa-github-generator/x.yml@v2"})
	count(denied([called, job("r", ["s"], [publishes])], {})) == 0
}

test_the_patterns_can_be_set if {
	settings := {"signing": {"sign": "make seal", "release": "make ship"}}
	count(denied([job("a", [], [fixture.step(1, null, "make ship")])], settings)) == 1
	count(denied([job("a", [], [fixture.step(1, null, "make seal"), fixture.step(2, null, "make ship")])], settings)) == 0
}
