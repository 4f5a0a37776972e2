# METADATA
# title: No secret in a workflow
# description: >-
#   A workflow names secrets, it does not hold them; and what comes from outside is not pasted into a script, where it
#   could read them. Values of known shapes are looked for in every line.
package caws.secrets

shapes := {
	"an AWS access key": `(^|[^A-Z0-9])(AKIA|ASIA)[0-9A-Z]{16}($|[^A-Z0-9])`,
	"a GitHub token": `(^|[^A-Za-z0-9_])(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})`,
	"a Slack token": `xox[abprs]-[0-9A-Za-z-]{10,}`,
	"a private key": `-----BEGIN ([A-Z]+ )*PRIVATE KEY-----`,
	"a registry token": `(^|[^A-Za-z0-9_])(npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,})`,
	"a password in a URL": `[a-z]+://[^/ \t:@$]+:[^/ \t@$]{3,}@`,
}

deny contains result if {
	some workflow in input.workflows
	some index, line in split(workflow.text, "\n")
	some name, shape in shapes
	regex.match(shape, line)
	result := {
		"code": "secret-in-workflow",
		"msg": sprintf("the line holds what looks like %s", [name]),
		"place": {"path": workflow.path, "line": index + 1},
		"help": "revoke it, put it among the secrets of the repository, and write `${{ secrets.NAME }}`",
	}
}

# A name that says secret with a value that is written out.
deny contains result if {
	some workflow in input.workflows
	some job in workflow.jobs
	some step in job.steps
	some key, value in step.env
	regex.match(`(password|passphrase|secret|token|api_?key|private_?key)$`, lower(key))
	is_string(value)
	regex.match(`[^ \t]{6,}`, value)
	not contains(value, "${{")
	not startswith(value, "$")
	result := {
		"code": "secret-in-workflow",
		"msg": sprintf("`%s` has its value written out", [key]),
		"place": {"path": workflow.path, "line": step.line},
		"help": "write `${{ secrets.NAME }}`",
	}
}

strangers := `\$\{\{[^}]*github\.(head_ref|event\.(issue|pull_request|comment|review|discussion|head_commit)[^}]*\.(title|body|ref|label|message|name|email))[^}]*\}\}`

# What anybody can write into a pull request becomes part of a script.
deny contains result if {
	some workflow in input.workflows
	some job in workflow.jobs
	some step in job.steps
	step.run != null
	regex.match(strangers, step.run)
	result := {
		"code": "script-injection",
		"msg": "text of a stranger is pasted into a script",
		"place": {"path": workflow.path, "line": step.line},
		"help": "give it to the step as an environment variable, and read `$NAME` in the script",
	}
}
