# What the tests of all policies start from: an input document in which there is nothing.
package caws.fixture

document := {
	"schema_version": 1,
	"spec": {"id": "APP-001", "risk_tier": 2, "profile": "library"},
	"tier": {"manual_review": false},
	"settings": {},
	"workflows": [],
	"locks": [],
	"sboms": [],
	"codeowners": null,
	"change": null,
}

# A workflow of one job with these steps.
workflow(path, triggers, steps) := {
	"path": path,
	"sha256": "",
	"error": null,
	"name": null,
	"triggers": triggers,
	"jobs": [{"id": "main", "line": 5, "uses": null, "environment": null, "permissions": null, "needs": [], "steps": steps}],
	"text": "",
}

step(line, uses, run) := {"line": line, "name": null, "id": null, "uses": uses, "run": run, "condition": null, "env": {}, "with": {}}

codes(results) := {result.code | some result in results}
