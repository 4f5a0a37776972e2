# METADATA
# title: Signed before it is released
# description: >-
#   In a job that releases, a step that signs comes before the first step that publishes, or a job that signs is
#   needed by it. `settings.signing.sign` and `settings.signing.release` are regular expressions over `run` and `uses`.
package caws.signing

settings := object.get(input.settings, "signing", {})

sign := object.get(
	settings, "sign",
	`cosign sign|sigstore(/| )|caws provenance sign|gpg .*--detach-sign|attest-build-provenance|slsa-github-generator`,
)

release := object.get(
	settings, "release",
	`gh release (create|upload)|softprops/action-gh-release|cargo publish|npm publish|twine upload|gh-action-pypi-publish`,
)

deny contains result if {
	some workflow in input.workflows
	some job in workflow.jobs
	some index, step in job.steps
	matches(release, step)
	not signed_before(job, index)
	not signed_by_another(workflow, job)
	result := {
		"code": "release-unsigned",
		"msg": sprintf("the job `%s` releases without a step that signs before", [job.id]),
		"place": {"path": workflow.path, "line": step.line},
		"help": "sign what is released in an earlier step, or in a job that this one needs",
	}
}

signed_before(job, index) if {
	some earlier, step in job.steps
	earlier < index
	matches(sign, step)
}

signed_by_another(workflow, job) if {
	some other in workflow.jobs
	other.id in job.needs
	some step in other.steps
	matches(sign, step)
}

signed_by_another(workflow, job) if {
	some other in workflow.jobs
	other.id in job.needs
	other.uses != null
	regex.match(sign, other.uses)
}

matches(pattern, step) if {
	step.run != null
	regex.match(pattern, step.run)
}

matches(pattern, step) if {
	step.uses != null
	regex.match(pattern, step.uses)
}
