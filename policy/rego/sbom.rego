# METADATA
# title: Software bill of materials
# description: >-
#   Every lock file has an SBOM about exactly its content. Freshness is by content, never by file times:
#   the SBOM names the digest of the lock file, or lists every package that the lock file pins.
package caws.sbom

deny contains result if {
	some lock in input.locks
	lock.error == null
	not documented(lock)
	related(lock)
	result := {
		"code": "sbom-stale",
		"msg": sprintf("the SBOM about %s is of another version of it", [lock.path]),
		"place": {"path": lock.path},
		"help": "write the SBOM again from the lock file as it is now",
	}
}

deny contains result if {
	some lock in input.locks
	lock.error == null
	not documented(lock)
	not related(lock)
	result := {
		"code": "sbom-missing",
		"msg": sprintf("there is no SBOM about %s", [lock.path]),
		"place": {"path": lock.path},
		"help": "write a CycloneDX document of the lock file, and name it under `gates.policy.sboms`",
	}
}

deny contains result if {
	some document in array.concat(input.locks, input.sboms)
	document.error != null
	result := {
		"code": "sbom-unreadable",
		"msg": sprintf("%s cannot be read: %s", [document.path, document.error]),
		"place": {"path": document.path},
	}
}

# The SBOM says which bytes it was made of.
documented(lock) if {
	some sbom in input.sboms
	sbom.lock_sha256 == lock.sha256
}

# Another tool's SBOM says it by what it lists.
documented(lock) if {
	count(lock.packages) > 0
	some sbom in input.sboms
	sbom.lock_sha256 == null
	count(pinned(lock) - pinned(sbom)) == 0
}

# It lists some of what the lock file pins, in whatever version.
related(lock) if {
	some sbom in input.sboms
	names := {item.name | some item in lock.packages}
	some item in sbom.packages
	item.name in names
}

pinned(document) := {[item.name, item.version] | some item in document.packages}
