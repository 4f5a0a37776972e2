# METADATA
# title: Workflow steps
# description: >-
#   What must run in CI is in a workflow. `settings.workflows.required` lists it: `[{"run": "cargo caws gates",
#   "on": "pull_request"}]`. Without the setting, `caws gates` must run on pull requests.
package caws.workflows

required := object.get(
	object.get(input.settings, "workflows", {}),
	"required",
	[{"run": "caws gates", "on": "pull_request"}],
)

deny contains result if {
	some need in required
	not runs(need)
	result := {
		"code": "workflow-step-missing",
		"msg": sprintf("no workflow runs `%s` on %s", [need.run, need.on]),
		"place": {"path": ".github/workflows"},
		"help": "add a step that runs it to a workflow with that trigger",
	}
}

deny contains result if {
	some workflow in input.workflows
	workflow.error != null
	result := {
		"code": "workflow-unreadable",
		"msg": sprintf("%s cannot be read: %s", [workflow.path, workflow.error]),
		"place": {"path": workflow.path},
	}
}

# A step whose failure is swallowed checks nothing.
warn contains result if {
	some workflow in input.workflows
	some job in workflow.jobs
	some step in job.steps
	step.run != null
	some need in required
	contains(step.run, need.run)
	regex.match(`\|\|[ \t]*(true|:)([ \t\n]|$)`, step.run)
	result := {
		"code": "workflow-step-swallowed",
		"msg": sprintf("`%s` runs in a step that goes on after failures", [need.run]),
		"place": {"path": workflow.path, "line": step.line},
		"help": "take `|| true` away",
	}
}

runs(need) if {
	some workflow in input.workflows
	need.on in workflow.triggers
	some job in workflow.jobs
	some step in job.steps
	step.run != null
	contains(step.run, need.run)
}
