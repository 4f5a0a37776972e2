# METADATA
# title: Review in tier 1
# description: >-
#   Where the tier asks for manual review, every commit of the change names a reviewer who is not its author
#   (`Reviewed-by: Name <mail>`), and what judges the code has owners.
package caws.review

guarded := [".caws/", ".github/workflows/", "policy/"]

deny contains result if {
	input.tier.manual_review
	input.change == null
	result := {
		"code": "review-unknown",
		"msg": "the tier asks for review, and nobody said what the change is compared with",
		"help": "name the branch the work goes to: `cargo caws gates --base origin/main`",
	}
}

deny contains result if {
	input.tier.manual_review
	input.change != null
	some commit in input.change.commits
	count([reviewer | some reviewer in commit.reviewers; lower(reviewer) != lower(commit.author)]) == 0
	result := {
		"code": "review-missing",
		"msg": sprintf("commit %s by %s was reviewed by nobody else", [substring(commit.id, 0, 12), commit.author]),
		"help": "have a second person review it, and add `Reviewed-by: Name <mail>` to its message",
	}
}

deny contains result if {
	input.tier.manual_review
	input.codeowners == null
	result := {
		"code": "owners-missing",
		"msg": "the tier asks for review, and there is no CODEOWNERS file",
		"place": {"path": ".github/CODEOWNERS"},
		"help": "write one that gives `.caws/`, `.github/workflows/` and `policy/` to people",
	}
}

deny contains result if {
	input.tier.manual_review
	input.codeowners != null
	some folder in guarded
	not owned(folder)
	result := {
		"code": "owners-missing",
		"msg": sprintf("%s decides what passes, and nobody owns it", [folder]),
		"place": {"path": input.codeowners.path},
		"help": "add a line with its owners",
	}
}

# The last rule that matches counts, as the code host has it; one without owners gives to nobody.
owned(folder) if {
	matching := [rule | some rule in input.codeowners.rules; covers(rule.pattern, folder)]
	count(matching) > 0
	count(matching[count(matching) - 1].owners) > 0
}

covers("*", _) := true

covers(pattern, folder) if {
	pattern != "*"
	stem := trim_suffix(trim_suffix(trim_prefix(pattern, "/"), "**"), "*")
	stem != ""
	startswith(folder, concat("", [trim_suffix(stem, "/"), "/"]))
}
