# METADATA
# title: Sources and licences of dependencies
# description: >-
#   What is locked comes from a registry that is allowed, carries a digest, and has a licence that is allowed.
#   A licence is taken from the lock file, else from an SBOM. `settings.dependencies.licences` and
#   `settings.dependencies.sources` replace the lists below.
package caws.dependencies

settings := object.get(input.settings, "dependencies", {})

sources := object.get(settings, "sources", ["registry", "project"])

licences := object.get(settings, "licences", [
	"0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0",
	"CDLA-Permissive-2.0", "ISC", "MIT", "MIT-0", "PSF-2.0", "Python-2.0", "Unicode-3.0", "Unicode-DFS-2016",
	"Unlicense", "Zlib",
])

deny contains result if {
	some lock in input.locks
	some item in lock.packages
	not item.source in sources
	result := {
		"code": "dependency-source",
		"msg": sprintf("%s %s comes from `%s`, which is not allowed", [item.name, item.version, item.source]),
		"place": {"path": lock.path},
		"help": "take it from a registry, or allow the source under `settings.dependencies.sources`",
	}
}

deny contains result if {
	some lock in input.locks
	some item in lock.packages
	item.source == "registry"
	not item.hashed
	result := {
		"code": "dependency-without-digest",
		"msg": sprintf("%s %s is locked without a digest", [item.name, item.version]),
		"place": {"path": lock.path},
		"help": "lock it with its digest (npm: `integrity`; pip: `--hash`; cargo: `checksum`)",
	}
}

deny contains result if {
	some lock in input.locks
	some item in lock.packages
	item.source != "project"
	some licence in licences_of(item)
	not allowed(licence)
	result := {
		"code": "dependency-licence",
		"msg": sprintf("%s %s is under `%s`, which is not allowed", [item.name, item.version, licence]),
		"place": {"path": lock.path},
		"help": "replace it, or allow the licence under `settings.dependencies.licences`",
	}
}

warn contains result if {
	some lock in input.locks
	unknown := sort([item.name |
		some item in lock.packages
		item.source != "project"
		count(licences_of(item)) == 0
	])
	count(unknown) > 0
	result := {
		"code": "dependency-licence-unknown",
		"msg": sprintf("the licence of %d dependencies is not known, of %s first", [count(unknown), unknown[0]]),
		"place": {"path": lock.path},
		"help": "give an SBOM with licences under `gates.policy.sboms`",
	}
}

licences_of(item) := {item.license} if item.license != null

licences_of(item) := found if {
	item.license == null
	found := {licence |
		some sbom in input.sboms
		some other in sbom.packages
		other.name == item.name
		other.version == item.version
		licence := other.license
		licence != null
	}
}

# Every part that AND joins has an alternative that is allowed. Parentheses are left out, which is never laxer than
# the expression: what passes here also passes as it is written.
allowed(licence) if {
	plain := replace(replace(licence, "(", ""), ")", "")
	parts := split(plain, " AND ")
	met := [part |
		some part in parts
		some alternative in split(replace(part, "/", " OR "), " OR ")
		trim_space(alternative) in licences
	]
	count({part | some part in met}) == count({part | some part in parts})
}
