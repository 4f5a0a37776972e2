package caws.dependencies_test

import data.caws.dependencies
import data.caws.fixture

package_of(licence) := {
	"name": "one", "version": "1.0.0", "purl": null,
	"license": licence, "source": "registry", "hashed": true,
}

document(packages, sboms, settings) := object.union(fixture.document, {
	"locks": [{"path": "Cargo.lock", "sha256": "aa", "kind": "cargo", "error": null, "packages": packages}],
	"sboms": sboms,
	"settings": {"dependencies": settings},
})

sbom(packages) := {
	"path": "bom.json", "sha256": "00", "error": null,
	"format": "CycloneDX", "spec_version": "1.6", "lock_sha256": null, "packages": packages,
}

denied(packages, sboms, settings) := fixture.codes(results) if {
	results := dependencies.deny with input as document(packages, sboms, settings)
}

warned(packages, sboms) := results if {
	results := dependencies.warn with input as document(packages, sboms, {})
}

test_a_known_licence_from_a_registry_is_allowed if {
	denied([package_of("MIT")], [], {}) == set()
	count(warned([package_of("MIT")], [])) == 0
}

test_one_alternative_is_enough if {
	every licence in ["MIT OR GPL-3.0-only", "GPL-3.0-only OR Apache-2.0", "MIT/Apache-2.0", "(MIT OR GPL-2.0) AND Unicode-3.0"] {
		denied([package_of(licence)], [], {}) == set()
	}
}

test_every_part_must_be_allowed if {
	every licence in ["GPL-3.0-only", "MIT AND GPL-3.0-only", "(MIT OR Zlib) AND AGPL-3.0-only", "MIT WITH something"] {
		denied([package_of(licence)], [], {}) == {"dependency-licence"}
	}
}

test_an_exception_of_a_licence_is_part_of_it if {
	denied([package_of("Apache-2.0 WITH LLVM-exception OR GPL-2.0")], [], {}) == set()
}

test_the_sbom_says_the_licence_where_the_lock_file_does_not if {
	denied([package_of(null)], [sbom([package_of("GPL-3.0-only")])], {}) == {"dependency-licence"}
	denied([package_of(null)], [sbom([package_of("MIT")])], {}) == set()
	count(warned([package_of(null)], [sbom([package_of("MIT")])])) == 0
}

test_an_unknown_licence_is_told if {
	fixture.codes(warned([package_of(null)], [])) == {"dependency-licence-unknown"}
}

test_a_source_that_is_not_allowed_is_denied if {
	denied([object.union(package_of("MIT"), {"source": "git"})], [], {}) == {"dependency-source"}
	denied([object.union(package_of("MIT"), {"source": "git"})], [], {"sources": ["git"]}) == set()
}

test_a_package_without_a_digest_is_denied if {
	denied([object.union(package_of("MIT"), {"hashed": false})], [], {}) == {"dependency-without-digest"}
}

test_the_project_itself_is_no_dependency if {
	own := object.union(package_of(null), {"source": "project", "hashed": false})
	denied([own], [], {}) == set()
	count(warned([own], [])) == 0
}

test_the_licences_can_be_set if {
	denied([package_of("MIT")], [], {"licences": ["ISC"]}) == {"dependency-licence"}
}
