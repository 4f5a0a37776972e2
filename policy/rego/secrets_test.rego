package caws.secrets_test

import data.caws.fixture
import data.caws.secrets

denied(workflow) := results if {
	results := secrets.deny with input as object.union(fixture.document, {"workflows": [workflow]})
}

text(lines) := object.union(fixture.workflow("ci.yml", ["push"], []), {"text": concat("\n", lines)})

env(name, value) := fixture.workflow("ci.yml", ["push"], [object.union(fixture.step(8, null, "x"), {"env": {name: value}})])

run(script) := fixture.workflow("ci.yml", ["push"], [fixture.step(8, null, script)])

# Put together here, so that no scanner takes this file for one that holds secrets.
key := concat("", ["AK", "IA", "IOSFODNN7EXAMPLE"])

test_a_key_is_found_at_its_line if {
	some result in denied(text(["name: ci", concat("", ["  KEY: ", key])]))
	result.code == "secret-in-workflow"
	result.place == {"path": "ci.yml", "line": 2}
}

test_other_shapes_are_found if {
	every value in [
		concat("", ["ghp", "_", "abcdefghijklmnopqrstuvwxyz0123456789"]),
		concat("", ["xox", "b-1234567890-abc"]),
		concat("", ["-----BEGIN ", "EC PRIVATE KEY-----"]),
		concat("", ["https://user:", "hunter22", "@host/x"]),
	] {
		count(denied(text([value]))) == 1
	}
}

test_what_only_looks_alike_is_not if {
	every value in [
		"uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1",
		"url: https://example.com:8080/a@b",
		"password: ${{ secrets.PASSWORD }}",
		"https://x-access-token:${{ github.token }}@github.com/a/b",
	] {
		count(denied(text([value]))) == 0
	}
}

test_a_value_written_out_is_found if {
	fixture.codes(denied(env("DB_PASSWORD", "hunter22"))) == {"secret-in-workflow"}
}

test_a_reference_is_not if {
	count(denied(env("DB_PASSWORD", "${{ secrets.DB }}"))) == 0
	count(denied(env("TOKEN", "$OTHER"))) == 0
	count(denied(env("TOKEN", ""))) == 0
	count(denied(env("RETRIES", "1000000"))) == 0
}

test_text_of_a_stranger_in_a_script_is_found if {
	fixture.codes(denied(run("echo ${{ github.event.pull_request.title }}"))) == {"script-injection"}
	fixture.codes(denied(run("git checkout ${{ github.head_ref }}"))) == {"script-injection"}
}

test_what_github_itself_fills_in_is_not if {
	count(denied(run("echo ${{ github.sha }} ${{ github.event.pull_request.base.sha }}"))) == 0
}
