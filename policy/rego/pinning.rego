# METADATA
# title: Actions pinned by commit
# description: >-
#   A tag can be moved, a commit cannot: every action and every reusable workflow is named by a full SHA, every
#   container by its digest. What lies in the repository itself needs none.
package caws.pinning

deny contains result if {
	some use in uses
	not local(use.text)
	not pinned(use.text)
	result := {
		"code": "action-not-pinned",
		"msg": sprintf("`%s` is not pinned by a full commit SHA", [use.text]),
		"place": {"path": use.path, "line": use.line},
		"help": "write `owner/action@SHA # version`, with the commit that the version's tag points to now",
	}
}

uses contains {"path": workflow.path, "line": step.line, "text": step.uses} if {
	some workflow in input.workflows
	some job in workflow.jobs
	some step in job.steps
	step.uses != null
}

uses contains {"path": workflow.path, "line": job.line, "text": job.uses} if {
	some workflow in input.workflows
	some job in workflow.jobs
	job.uses != null
}

local(text) if startswith(text, "./")

pinned(text) if regex.match(`^[^@ \t]+@([0-9a-f]{40}|[0-9a-f]{64})$`, text)

pinned(text) if regex.match(`^docker://[^@ \t]+@sha256:[0-9a-f]{64}$`, text)
