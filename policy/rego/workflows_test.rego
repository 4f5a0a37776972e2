package caws.workflows_test

import data.caws.fixture
import data.caws.workflows

gates(run, triggers) := fixture.workflow(".github/workflows/ci.yml", triggers, [
	fixture.step(7, "actions/checkout@v4", null),
	fixture.step(9, null, run),
])

denied(all, settings) := results if {
	results := workflows.deny with input as object.union(fixture.document, {"workflows": all, "settings": settings})
}

warned(all) := results if {
	results := workflows.warn with input as object.union(fixture.document, {"workflows": all})
}

test_without_a_workflow_the_gates_do_not_run if fixture.codes(denied([], {})) == {"workflow-step-missing"}

test_a_step_on_pull_requests_is_found if {
	count(denied([gates("cargo caws gates --base main", ["pull_request", "push"])], {})) == 0
}

test_a_step_on_another_trigger_is_not_enough if {
	fixture.codes(denied([gates("cargo caws gates", ["push"])], {})) == {"workflow-step-missing"}
}

test_what_is_required_can_be_set if {
	settings := {"workflows": {"required": [{"run": "make test", "on": "push"}]}}
	count(denied([gates("make test", ["push"])], settings)) == 0
	count(denied([gates("make lint", ["push"])], settings)) == 1
}

test_a_workflow_that_cannot_be_read_is_denied if {
	broken := object.union(gates("caws gates", ["pull_request"]), {"error": "line 3: a tab"})
	fixture.codes(denied([broken], {})) == {"workflow-unreadable"}
}

test_a_swallowed_failure_is_told if {
	fixture.codes(warned([gates("caws gates || true", ["pull_request"])])) == {"workflow-step-swallowed"}
	some result in warned([gates("caws gates || true", ["pull_request"])])
	result.place == {"path": ".github/workflows/ci.yml", "line": 9}
	count(warned([gates("caws gates || [ $? -eq 3 ]", ["pull_request"])])) == 0
}
